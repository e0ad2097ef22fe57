"""A query as a tree of plain data."""

from __future__ import annotations

from dataclasses import dataclass

from media_index.errors import QueryError


@dataclass(frozen=True, slots=True)
class Text:
    """Words to search by what they mean. ``start`` and ``end`` are offsets in the query, as everywhere here."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Condition:
    """``key:value``, or ``-key:value`` for its opposite."""

    key: str
    value: str
    negated: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, its conditions, the text that is left to rank by, and what could not be read."""

    source: str
    texts: tuple[Text, ...]
    conditions: tuple[Condition, ...]
    problems: tuple[QueryError, ...] = ()

    @property
    def text(self) -> str:
        return " ".join(part.text for part in self.texts)

    def without(self, part: Text | Condition) -> str:
        """The query when this part is taken away."""
        return " ".join((self.source[: part.start] + " " + self.source[part.end :]).split())
