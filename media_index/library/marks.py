"""Marks on media: favourites (each member's own), rating, and the shelf on which it stands. Each is one change."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from media_index.library.history import ChangeError, change
from media_index.library.tops import stacks_end
from media_index.models import Change, Favourite, Media

RATINGS = range(1, 6)
Shelf = Media.Shelf


def favourite_set(*, media_ids: Collection[int], liked: bool, member: Any) -> Change | None:
    """They are the member's favourites, or are no longer."""
    with change(Change.Kind.FAVOURITE, "", member) as record:
        own = Favourite.objects.filter(member=member, media__among=media_ids)
        count = len(media_ids)
        if liked:
            new = set(media_ids) - set(own.values_list("media_id", flat=True))
            count = len(new)
            record.made(*Favourite.objects.bulk_create(Favourite(member=member, media_id=pk) for pk in sorted(new)))
            text = ngettext("%(count)s photo is a favourite", "%(count)s photos are favourites", count)
        else:
            record.watch(own)
            count, _by_table = own.delete()
            text = ngettext(
                "%(count)s photo is no favourite any more", "%(count)s photos are no favourites any more", count
            )
        record.summary = text % {"count": count}
    return record.change


def rating_set(*, media_ids: Collection[int], rating: int | None, member: Any) -> Change | None:
    """1 to 5, or None for none. :class:`ChangeError` for anything else."""
    with change(Change.Kind.RATING, "", member) as record:
        rows = Media.objects.filter(pk__among=media_ids)
        record.watch(rows)
        rows.update(rating=checked_rating(rating))
        count = len(media_ids)
        if rating is None:
            text = ngettext("%(count)s photo is not rated any more", "%(count)s photos are not rated any more", count)
        else:
            text = ngettext("%(count)s photo rated %(rating)s", "%(count)s photos rated %(rating)s", count)
        record.summary = text % {"count": count, "rating": rating}
    return record.change


def checked_rating(rating: int | None) -> int | None:
    if rating is not None and rating not in RATINGS:
        raise ChangeError(_("a rating is 1 to 5 stars, or none"))
    return rating


def shelf_set(*, media_ids: Collection[int], shelf: str, member: Any) -> Change | None:
    """Puts them there, and with what lies on top of a stack all that the member may see of what lies below it."""
    if shelf not in Shelf.values:
        raise ChangeError(_("there is no such shelf: %(shelf)s") % {"shelf": shelf})
    with change(Change.Kind.SHELF, "", member) as record:
        rows = Media.objects.filter(pk__among=with_stacks(media_ids, member)).exclude(shelf=shelf)
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        rows = Media.objects.filter(pk__among=ids)
        stacks = set(rows.filter(stack__isnull=False).values_list("stack", flat=True))
        record.watch(rows, Media.objects.filter(stack__in=stacks))
        rows.update(shelf=shelf)
        stacks_end(record, stacks)
        record.summary = _moved(shelf, len(ids))
    return record.change


def _moved(shelf: str, count: int) -> str:
    texts = {
        Shelf.LIBRARY: ngettext(
            "%(count)s photo is back in the library", "%(count)s photos are back in the library", count
        ),
        Shelf.ARCHIVE: ngettext("%(count)s photo archived", "%(count)s photos archived", count),
        Shelf.HIDDEN: ngettext("%(count)s photo hidden", "%(count)s photos hidden", count),
        Shelf.TRASH: ngettext("%(count)s photo moved to the trash", "%(count)s photos moved to the trash", count),
    }
    return texts[Shelf(shelf)] % {"count": count}


def with_stacks(media_ids: Collection[int], member: Any) -> Sequence[int]:
    """These and what lies below those of them that are on top of a stack, as far as ``member`` may see it: a grid shows
    only the one on top. None for ``member``: a command of this machine."""
    tops = Media.objects.filter(pk__among=media_ids, stack__isnull=False, below=False)
    rows = Media.objects.filter(below=True, stack__in=tops.order_by().values("stack"))
    seen = rows if member is None else rows.visible_to(member)
    return sorted({*media_ids, *seen.values_list("pk", flat=True)})
