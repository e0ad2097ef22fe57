"""The contract of an extractor: context in, outcome out. No ORM and no settings inside."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, TypeVar

from media_index.decoding.decoded import Decoded
from media_index.errors import ExtractError

T = TypeVar("T")


class Lane(StrEnum):
    """Cheap work comes first and reads the original; ml work comes after it and reads the cached preview."""

    CHEAP = "cheap"
    ML = "ml"


@dataclass(frozen=True, slots=True)
class Needs:
    """What an extractor wants of a file. ``pixels`` is the longest side in pixels it can make use of, 0 for none.

    An extractor that can still say something of a file nobody can open sets ``decoded`` to False.
    """

    pixels: int = 0
    decoded: bool = True


@dataclass(frozen=True, slots=True)
class Context:
    """One file as an extractor sees it. ``decoded`` is None only for those that do not need it; ``problem`` is why."""

    media_id: int
    name: str
    size: int
    modified: datetime
    kind: str
    mime: str
    decoded: Decoded | None = None
    problem: ExtractError | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The facts of one file. Every extractor brings a frozen subclass of its own."""


@dataclass(slots=True)
class Batch:
    """The files of one call, and a place for what several extractors of a lane compute only once."""

    contexts: Sequence[Context]
    _shared: dict[Hashable, Any] = field(default_factory=dict)

    def once(self, key: Hashable, compute: Callable[[], T]) -> T:
        """``compute()``, run at the first call with ``key`` in this batch and remembered for the next ones."""
        if key not in self._shared:
            self._shared[key] = compute()
        result: T = self._shared[key]
        return result

    def narrowed(self, keep: Sequence[int]) -> Batch:
        """The batch of the contexts at the positions ``keep``; shares nothing unless it is the whole batch."""
        if len(keep) == len(self.contexts):
            return self
        return Batch([self.contexts[position] for position in keep])


@dataclass(frozen=True, slots=True)
class ExtractorOptions:
    """All that a factory of extractors is told: never the settings themselves.

    ``encoders`` names the encoders whose vectors are wanted, the active one first, as ``NAME`` or ``NAME@VERSION``.
    ``models`` is the folder for weights
    that are made or added on this machine. ``device`` is a torch device or ``auto``; ``threads`` is 0 for the library's
    own choice.
    """

    models: Path
    encoders: tuple[str, ...] = ()
    device: str = "auto"
    threads: int = 0


class Extractor(Protocol):
    """Turns files into facts. A new ``version`` has every file done again."""

    name: str
    version: str
    lane: Lane
    needs: Needs

    def accepts(self, kind: str, mime: str) -> bool:
        """Whether files of this kind and type are its business at all."""
        ...

    def extract(self, batch: Batch) -> Sequence[Outcome | ExtractError]:
        """One outcome, or the reason why there is none, for each context of the batch, in its order."""
        ...

    def unload(self) -> None:
        """Give back what memory can be given back; the next ``extract`` loads it again."""
        ...
