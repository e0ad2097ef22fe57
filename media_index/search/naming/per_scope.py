"""What is made of the names within a scope, kept as long as these are true.

1. What is kept belongs to a member and the very sources that they may see now, which are asked each time: who loses
   access to a source gets other names with the next query.
2. It holds for one version of the names (:func:`names_changed` makes the next one, for all processes), and for
   :data:`LIFE` in any case: names also come and go with files, which nobody tells of.
3. Where the names turn out to be the same, what was made of them stays: making it takes some 20 microseconds a name,
   asking for them a few statements.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import ClassVar, Generic, TypeVar

from django.db import transaction
from django.db.models import F, Subquery

from media_index.models import NamesVersion
from media_index.search.filters.base import Scope

LIFE = 60.0
"""Seconds after which names are asked for again. A photo with a new place is indexed by then at the earliest."""
MOST_KEPT = 32
"""Scopes in memory: a few for each member of a household."""
Row = tuple[str, str, str]
"""What people type, and the key and value of the filter that it means."""
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class _Key:
    member_id: int | None
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Kept(Generic[Made]):
    version: int
    until: float
    rows: tuple[Row, ...]
    made: Made


class PerScope(Generic[Made]):
    """``make`` of the ``rows`` of a scope, kept as the module says."""

    _all: ClassVar[list[PerScope[object]]] = []

    def __init__(self, rows: Callable[[Scope], Iterable[Row]], make: Callable[[tuple[Row, ...]], Made]) -> None:
        self._rows, self._make = rows, make
        self._kept: dict[_Key, _Kept[Made]] = {}
        self._lock = Lock()
        self._all.append(self)  # type: ignore[arg-type]

    def of(self, scope: Scope) -> Made:
        """One statement where it is known, a constant number where it is not."""
        version, sources = _state(scope)
        if not sources:
            return self._make(())
        key, now = _Key(scope.member_id, sources), time.monotonic()
        with self._lock:
            known = self._kept.get(key)
        if known is not None and known.version == version and now < known.until:
            return known.made
        rows = tuple(dict.fromkeys(self._rows(scope)))
        made = known.made if known is not None and known.rows == rows else self._make(rows)
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = _Kept(version, now + LIFE, rows, made)
            while len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        return made

    @classmethod
    def forget(cls) -> None:
        """Drop what this process keeps, of all kinds."""
        for one in cls._all:
            with one._lock:
                one._kept.clear()


def names_changed() -> None:
    """Call it where a name comes, goes or changes: every process asks for the names again, once this transaction
    stands. In this process they count at once."""
    PerScope.forget()
    transaction.on_commit(_next_version)


def _next_version() -> None:
    PerScope.forget()
    if not NamesVersion.objects.update(version=F("version") + 1):
        NamesVersion.objects.bulk_create([NamesVersion(version=0)], ignore_conflicts=True)
        NamesVersion.objects.update(version=F("version") + 1)


def _state(scope: Scope) -> tuple[int, tuple[int, ...]]:
    """The version of the names, and the sources of the scope; one statement."""
    version = Subquery(NamesVersion.objects.filter(pk=NamesVersion.ONE).values("version")[:1])
    found = list(scope.sources.order_by("pk").annotate(names=version).values_list("pk", "names"))
    return (found[0][1] or 0 if found else 0), tuple(pk for pk, _ in found)
