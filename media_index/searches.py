"""What a member searched for and keeps: recent and saved searches, each member's own."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext

from media_index.models import RecentSearch, SavedSearch, SearchHistory
from media_index.models.asked import LONGEST

MOST_RECENT = 200
"""Searches that are remembered of one member; the oldest go."""
LONGEST_NAME = 100


class NameTakenError(ValueError):
    """The member has a saved search of that name already."""


def search_remember(*, member_id: int, query: str) -> None:
    """Note that a member sent this query off, unless they want no history or it is too long to be typed again."""
    query = " ".join(query.split())
    if not query or len(query) > LONGEST or not history_is_kept(member_id):
        return
    now = timezone.now()
    RecentSearch.objects.bulk_create(
        [RecentSearch(member_id=member_id, query=query, used_at=now, count=0)], ignore_conflicts=True
    )
    RecentSearch.objects.filter(member_id=member_id, query=query).update(used_at=now, count=F("count") + 1)
    kept = RecentSearch.objects.filter(member_id=member_id).order_by("-used_at", "-pk")
    oldest = list(kept.values_list("pk", flat=True)[MOST_RECENT : MOST_RECENT + 50])
    if oldest:
        RecentSearch.objects.filter(pk__in=oldest).delete()


def is_new_to_search(member_id: int) -> bool:
    """Whether the member has never searched, as far as they let that be remembered. Two statements at most."""
    return not RecentSearch.objects.filter(member_id=member_id).exists() and history_is_kept(member_id)


def history_is_kept(member_id: int) -> bool:
    return not SearchHistory.objects.filter(member_id=member_id, is_kept=False).exists()


def history_keep(*, member_id: int, is_kept: bool) -> None:
    """Remember searches from now on, or not, in which case those of before are forgotten as well."""
    SearchHistory.objects.update_or_create(member_id=member_id, defaults={"is_kept": is_kept})
    if not is_kept:
        history_clear(member_id=member_id)


def history_clear(*, member_id: int) -> None:
    RecentSearch.objects.filter(member_id=member_id).delete()


def saved_search_add(*, member_id: int, name: str, query: str) -> SavedSearch:
    """Raises :class:`NameTakenError`."""
    try:
        with transaction.atomic():
            return SavedSearch.objects.create(member_id=member_id, name=name, query=query)
    except IntegrityError:
        raise NameTakenError(
            gettext("you have a saved search called %(name)s already: choose another name") % {"name": name}
        ) from None


def saved_search_rename(*, search: SavedSearch, name: str) -> None:
    """Raises :class:`NameTakenError`."""
    search.name = name
    try:
        with transaction.atomic():
            search.save(update_fields=["name"])
    except IntegrityError:
        raise NameTakenError(
            gettext("you have a saved search called %(name)s already: choose another name") % {"name": name}
        ) from None
