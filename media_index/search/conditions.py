"""What a query tree keeps: its filters as one condition on media, and what each part of it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from media_index.models import Media
from media_index.search.ast import And, Condition, Node, Not, Or, Query, Text
from media_index.search.filters import Filter, Scope

LABEL = "label"
"""The filter that stands in for words where they are taken away, or are one side of an "or" with filters."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A part of the query that filters: its condition on ``Media``, and the sentence that it means."""

    node: Node
    q: Q
    sentence: str


@dataclass(slots=True)
class Conditions:
    """The filters of a search, each asked once for one value within ``scope``."""

    filters: Mapping[str, Filter]
    scope: Scope
    _known: dict[tuple[str, str], Q] = field(default_factory=dict)

    def check(self, key: str, value: str) -> None:
        """Raises :class:`ValueError` with what is wrong where the filter cannot take the value."""
        if not value.strip():
            raise ValueError(f"wants a value, like {self.filters[key].example}")
        if (key, value) not in self._known:
            self._known[key, value] = self.filters[key].to_q(value, self.scope)

    def of(self, tree: Query) -> list[Kept]:
        """What filters in a tree that was parsed with :meth:`check`, part by part; words alone do not."""
        kept = []
        for part in tree.parts:
            if not _only_ranks(part) and (LABEL in self.filters or not _has_text(part)):
                q, sentence = self._kept(part)
                kept.append(Kept(part, q, sentence))
        return kept

    def _kept(self, node: Node) -> tuple[Q, str]:
        if isinstance(node, Not):
            q, sentence = self._kept(node.part)
            return ~q, f"not {sentence}"
        if isinstance(node, And | Or):
            inner = [self._kept(part) for part in node.parts]
            joint = Q.AND if isinstance(node, And) else Q.OR
            between = " and " if isinstance(node, And) else " or "
            return Q(*(q for q, _ in inner), _connector=joint), f"({between.join(text for _, text in inner)})"
        key, value = (node.key, node.value) if isinstance(node, Condition) else (LABEL, node.text)
        self.check(key, value)
        return self._known[key, value], self.filters[key].sentence(value)


def _only_ranks(node: Node) -> bool:
    """Whether a part is words, or one of several words."""
    return isinstance(node, Text) or (isinstance(node, And | Or) and all(_only_ranks(part) for part in node.parts))


def _has_text(node: Node) -> bool:
    if isinstance(node, Not):
        return _has_text(node.part)
    return isinstance(node, Text) or (isinstance(node, And | Or) and any(_has_text(part) for part in node.parts))


def kept_by(media: QuerySet[Media], kept: list[Kept]) -> QuerySet[Media]:
    """The media that meet all of it."""
    for one in kept:
        media = media.filter(one.q)
    return media
