"""A query as a tree of plain data.

``str(node)`` is its canonical text, which is itself a query that parses to the same tree: ``~words`` are words that
rank, ``="words"`` a phrase in quotes, ``key:value`` a filter, ``-x`` not x, ``(a | b)`` a or b, ``a b`` a and b.
Offsets count characters in the query and take no part in comparison.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from media_index.errors import QueryError

PLAIN = re.compile(r'[^\s"()|&,;]+')
"""Words that stand without quotes in the canonical text."""
MEDIA = "type"
"""The filter of kinds of media."""
SAID = re.compile(r"[\w\s,]*")
"""Words without signs."""
PLAIN_VALUE = re.compile(r'[^\s"()]*[^\s"(),;]')


@dataclass(frozen=True, slots=True)
class Text:
    """Words to search by what they mean, or, ``quoted``, these very words. ``spoken`` are the words with their commas
    and the article that stood before them, as an encoder of sentences wants them."""

    text: str
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)
    quoted: bool = False
    spoken: str = field(default="", compare=False)

    def __str__(self) -> str:
        if self.quoted:
            return f'="{self.text}"'
        return f"~{self.text}" if PLAIN.fullmatch(self.text) else f'~"{self.text}"'


@dataclass(frozen=True, slots=True)
class Condition:
    """``key:value``. A value of several parts keeps their quotes: ``only:"Grandma Rose",Ben``."""

    key: str
    value: str
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def __str__(self) -> str:
        plain = '"' in self.value or PLAIN_VALUE.fullmatch(self.value)
        return f"{self.key}:{self.value}" if plain else f'{self.key}:"{self.value}"'


@dataclass(frozen=True, slots=True)
class Not:
    """What ``part`` excludes."""

    part: Node
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"-({self.part})" if isinstance(self.part, And) else f"-{self.part}"


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more parts; ``grouped`` where brackets stood around them."""

    parts: tuple[Node, ...]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)
    grouped: bool = False

    def __str__(self) -> str:
        return " ".join(f"({part})" if isinstance(part, And) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of two or more parts."""

    parts: tuple[Node, ...]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def __str__(self) -> str:
        parts = (f"({part})" if isinstance(part, And) and part.grouped else str(part) for part in self.parts)
        return f"({' | '.join(parts)})"


Node: TypeAlias = Text | Condition | Not | And | Or


@dataclass(frozen=True, slots=True)
class Reading:
    """Words of the query that were taken for filters: ``node`` is what they were taken for."""

    node: Node
    start: int
    end: int


@dataclass(frozen=True)
class Query:
    """What was typed, its tree (None where nothing is left to search), which of its words were read as filters, and
    what could not be read."""

    source: str
    root: Node | None = None
    readings: tuple[Reading, ...] = ()
    problems: tuple[QueryError, ...] = ()
    language: str = ""
    """The code of the language that its words were read in, where no other knows as much of them."""

    def __str__(self) -> str:
        return "" if self.root is None else str(self.root)

    @property
    def parts(self) -> tuple[Node, ...]:
        """What must hold together: the parts of the outermost "and"."""
        if self.root is None:
            return ()
        return self.root.parts if isinstance(self.root, And) else (self.root,)

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """The words that rank, in their order: those that are not taken away."""
        return tuple(leaf for leaf, negated in _leaves(self.root) if isinstance(leaf, Text) and not negated)

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """The filters, in their order, wherever they stand."""
        return tuple(leaf for leaf, _ in _leaves(self.root) if isinstance(leaf, Condition))

    @cached_property
    def spoken(self) -> tuple[tuple[str, bool], ...]:
        """The texts as they were said, and whether each was in quotes. Where only small words or one for a kind of
        media stand between two of them, they stay one sentence: "a blurry photo of a girl", "cats or dogs"."""
        said: list[tuple[str, bool]] = []
        before: Text | None = None
        for text in self.texts:
            if before is not None and not before.quoted and not text.quoted and self._is_one(before.end, text.start):
                said[-1] = (f"{said[-1][0]}{self.source[before.end : text.start]}{text.text}", False)
            else:
                said.append((text.spoken or text.text, text.quoted))
            before = text
        return tuple(said)

    def _is_one(self, start: int, end: int) -> bool:
        """Whether a part of the query says nothing by itself, or one kind of media."""
        between = [leaf for leaf, _ in _leaves(self.root) if start <= leaf.start and leaf.end <= end]
        media = all(isinstance(leaf, Condition) and leaf.key == MEDIA and leaf in self.parts for leaf in between)
        return media and len(between) < 2 and SAID.fullmatch(self.source, start, end) is not None

    @property
    def text(self) -> str:
        """What an encoder is asked, without what is taken away."""
        return " ".join(text for text, _ in self.spoken)

    def without(self, part: Node | Reading) -> str:
        """The query when this part is taken away."""
        return " ".join((self.source[: part.start] + " " + self.source[part.end :]).split())

    def undo(self, reading: Reading) -> str:
        """The query with these words in quotes, so that they are searched as they stand."""
        words = re.sub(r'["“”„«»]', "", self.source[reading.start : reading.end])
        return f'{self.source[: reading.start]}"{words}"{self.source[reading.end :]}'


def _leaves(root: Node | None) -> Iterator[tuple[Text | Condition, bool]]:
    """Every leaf from left to right, and whether it is taken away."""
    waiting: list[tuple[Node, bool]] = [] if root is None else [(root, False)]
    while waiting:
        node, negated = waiting.pop()
        if isinstance(node, Not):
            waiting.append((node.part, not negated))
        elif isinstance(node, And | Or):
            waiting.extend((part, negated) for part in reversed(node.parts))
        else:
            yield node, negated
