"""A query as it is understood within a scope: the tree, and what its filters keep."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.db.models import QuerySet
from django.utils import timezone

from media_index import plugins
from media_index.models import Media
from media_index.search.asking import Asker
from media_index.search.conditions import Conditions, kept_by
from media_index.search.filters.base import Scope
from media_index.search.filters.shelves import widened
from media_index.search.languages import languages
from media_index.search.looks import Looks
from media_index.search.naming.vocabulary import vocabulary_of
from media_index.search.query.ast import Query
from media_index.search.query.narrowing import Parse
from media_index.search.query.parser import parse


@dataclass(frozen=True, slots=True)
class Understood:
    """``scope``: of what the query looks at (``in:``). ``ranks``: words or a picture decide which results are the best
    ones; else the newest come first."""

    tree: Query
    conditions: Conditions

    @property
    def scope(self) -> Scope:
        return self.conditions.scope

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
        languages=languages(),
        check=conditions.check,
    )
    return read, conditions


def understood(query: str, scope: Scope) -> Understood:
    tree, conditions = read(query, scope)
    return Understood(tree, conditions)


def read(query: str, scope: Scope, looks: Looks | None = None) -> tuple[Query, Conditions]:
    """The tree of a query, and its conditions within the scope that the query looks at (:func:`widened`)."""
    conditions = Conditions(plugins.filters(), scope, looks or Looks(Asker()))
    found = looking(_parsed(query, scope, conditions), conditions)
    return found.tree, found.conditions


def looking(tree: Query, conditions: Conditions) -> Understood:
    """A tree that was read within the scope of whoever asks, within that which it looks at."""
    scope = conditions.scope
    wide = widened(tree, scope)
    if wide is scope:
        return Understood(tree, conditions)
    wider = Conditions(conditions.filters, wide, conditions.looks)
    return Understood(_parsed(tree.source, scope, wider), wider)


def _parsed(query: str, scope: Scope, conditions: Conditions) -> Query:
    """The names are those of whoever asks, whichever shelves are looked at."""
    today, names = timezone.localdate(), vocabulary_of(scope)
    return parse(query, conditions.filters, names, today=today, languages=languages(), check=conditions.check)
