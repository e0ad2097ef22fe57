"""The groups of copies that somebody may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from media_index.duplicates.grouping import EXACT, groups
from media_index.models import Alike, Different, Media
from media_index.search.filters.base import Scope


@dataclass(frozen=True, slots=True)
class Group:
    """Media that look alike, by ascending ids, and what all but the largest take, in bytes."""

    media: tuple[int, ...]
    saving: int


def groups_of(scope: Scope, *, exact: bool = False) -> list[Group]:
    """All groups within the scope, the largest saving first; ``exact``: only of what is surely a copy. What lies below
    another one is dealt with already. Three statements; reads a row for each pair that looks alike."""
    pairs = _pairs(scope)
    if exact:
        pairs = pairs.filter(distance__lte=EXACT)
    near = list(pairs.values_list("one_id", "other_id", "distance"))
    ids = {pk for one, other, _ in near for pk in (one, other)}
    told = Different.objects.filter(one__in=ids, other__in=ids).values_list("one_id", "other_id")
    found = groups(near, set(told))
    sizes = dict(Media.objects.filter(pk__in=ids).values_list("pk", "size"))
    made = [Group(members, _saving(members, sizes)) for members in found]
    return sorted(made, key=lambda group: (-group.saving, group.media))


def has_copy(scope: Scope) -> Q:
    """Media that look like another one within the scope, of which nobody said that it is different."""
    pairs = _pairs(scope).filter(~Exists(Different.objects.filter(one=OuterRef("one"), other=OuterRef("other"))))
    # By lists of ids, as a condition on each media would ask for the scope twice for each.
    return Q(pk__in=pairs.values("one")) | Q(pk__in=pairs.values("other"))


def _pairs(scope: Scope) -> QuerySet[Alike]:
    shown = scope.media.filter(below=False).order_by()
    return Alike.objects.filter(Exists(shown.filter(pk=OuterRef("one"))), Exists(shown.filter(pk=OuterRef("other"))))


def _saving(members: tuple[int, ...], sizes: Mapping[int, int]) -> int:
    all_of_it = [sizes[pk] for pk in members if pk in sizes]
    return sum(all_of_it) - max(all_of_it, default=0)
