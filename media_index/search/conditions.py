"""What a query tree keeps: its filters as one condition on media, and what each part of it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from media_index.models import Media
from media_index.search.asking import Asker
from media_index.search.filters import spoken
from media_index.search.filters.base import Filter, Scope
from media_index.search.looks import Looks
from media_index.search.query.ast import And, Condition, Node, Not, Or, Query, Text

LABEL = "label"
"""The filter that stands in for words where they are one side of an "or" with filters, and beside what pictures look
like where they are taken away."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A part of the query that filters: its condition on ``Media``, and the sentence that it means."""

    node: Node
    q: Q
    sentence: str


@dataclass(slots=True)
class Conditions:
    """The filters of a search, each asked once for one value within ``scope``; ``looks`` knows what words look like
    that are taken away."""

    filters: Mapping[str, Filter]
    scope: Scope
    looks: Looks = field(default_factory=lambda: Looks(Asker()))
    _known: dict[tuple[str, str], Q] = field(default_factory=dict)

    def check(self, key: str, value: str) -> None:
        """Raises :class:`ValueError` with what is wrong where the filter cannot take the value."""
        if not value.strip():
            raise ValueError(gettext("wants a value, like %(example)s") % {"example": self.filters[key].example})
        if (key, value) not in self._known:
            self._known[key, value] = self.filters[key].to_q(value, self.scope)

    def of(self, tree: Query) -> list[Kept]:
        """What filters in a tree that was parsed with :meth:`check`, part by part; words alone do not."""
        kept = []
        for part in tree.parts:
            if not _only_ranks(part) and (LABEL in self.filters or not _has_text(part)):
                q, sentence = self._kept(part)
                kept.append(Kept(part, self._standing_alone(part) or q, sentence))
        return kept

    def _standing_alone(self, part: Node) -> Q | None:
        """What a filter that orders the results keeps of them."""
        rank_q = self.filters[part.key].rank_q if isinstance(part, Condition) else None
        return rank_q(part.value, self.scope) if rank_q and isinstance(part, Condition) else None

    def _kept(self, node: Node, negated: bool = False) -> tuple[Q, str]:
        if isinstance(node, Not):
            q, sentence = self._kept(node.part, not negated)
            said = gettext("without %(what)s") if self._is_look(node.part) else gettext("not %(what)s")
            return ~q, self._denied(node.part) or said % {"what": sentence}
        if isinstance(node, And | Or):
            inner = [self._kept(part, negated) for part in node.parts]
            joint, say = (Q.AND, spoken.each_of) if isinstance(node, And) else (Q.OR, spoken.any_of)
            return Q(*(q for q, _ in inner), _connector=joint), f"({say([text for _, text in inner])})"
        key, value = (node.key, node.value) if isinstance(node, Condition) else (LABEL, node.text)
        self.check(key, value)
        labelled, sentence = self._known[key, value], self.filters[key].sentence(value)
        look = self.looks.like(node.text) if isinstance(node, Text) and negated else None
        return (labelled, sentence) if look is None else (look, gettext("what looks like %(words)s") % {"words": value})

    def _is_look(self, node: Node) -> bool:
        return isinstance(node, Text) and node.text in self.looks.asked

    def _denied(self, node: Node) -> str:
        """What a filter itself says where it is taken away."""
        denied = self.filters[node.key].denied if isinstance(node, Condition) else None
        return denied(node.value) if denied and isinstance(node, Condition) else ""


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
