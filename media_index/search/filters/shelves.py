"""Which shelves a query looks at: what is hidden or in the trash is searched only where ``in:`` names it."""

from __future__ import annotations

from django.utils.translation import gettext

from media_index.models import Media
from media_index.search.filters.base import Scope
from media_index.search.query import values
from media_index.search.query.ast import Condition, Node, Or, Query

IN = "in"


def shelf_of(part: str) -> str:
    """The shelf of this name; ``ValueError`` with what there are."""
    shelf = part.strip().lower()
    if shelf not in Media.Shelf.values:
        raise ValueError(gettext("wants one of %(list)s") % {"list": ", ".join(Media.Shelf.values)})
    return shelf


def widened(tree: Query, scope: Scope) -> Scope:
    """The scope of the query: that of whoever asks, or where a part of it is nothing but ``in:`` the shelves that this
    names. An ``in:`` beside other conditions in an "or", or taken away, only narrows."""
    wanted: set[str] = set()
    for part in tree.parts:
        wanted |= _named(part)
    return scope.on_shelves(sorted(wanted)) if wanted else scope


def _named(part: Node) -> set[str]:
    if isinstance(part, Condition) and part.key == IN:
        return {shelf_of(one) for one in values.parts(part.value, "|") or (part.value,)}
    if isinstance(part, Or) and all(isinstance(one, Condition) and one.key == IN for one in part.parts):
        return set().union(*(_named(one) for one in part.parts))
    return set()
