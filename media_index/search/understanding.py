"""A query as it is understood within a scope: the tree, and what its filters keep."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.db.models import QuerySet
from django.utils import timezone

from media_index import plugins
from media_index.models import Media
from media_index.search.conditions import Conditions, kept_by
from media_index.search.filters.base import Scope
from media_index.search.naming.vocabulary import vocabulary_of
from media_index.search.query.ast import Query
from media_index.search.query.narrowing import Parse
from media_index.search.query.parser import parse


@dataclass(frozen=True, slots=True)
class Understood:
    """``ranks``: words or a picture decide which results are the best ones; else the newest come first."""

    tree: Query
    conditions: Conditions
    scope: Scope

    @property
    def ranks(self) -> bool:
        filters = self.conditions.filters
        return bool(self.tree.text) or any(filters[one.key].rank_q is not None for one in self.tree.conditions)

    @property
    def media(self) -> QuerySet[Media]:
        """What the filters keep."""
        return kept_by(self.scope.media, self.conditions.of(self.tree))


def reader(scope: Scope) -> tuple[Parse, Conditions]:
    """Reads any number of queries within a scope, and the conditions that it checks their values by."""
    conditions = Conditions(plugins.filters(), scope)
    read = partial(
        parse,
        keys=conditions.filters,
        vocabulary=vocabulary_of(scope),
        today=timezone.localdate(),
        check=conditions.check,
    )
    return read, conditions


def understood(query: str, scope: Scope) -> Understood:
    read, conditions = reader(scope)
    return Understood(read(query), conditions, scope)
