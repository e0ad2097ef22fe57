"""What people say of media over what the files say: title, caption, when and where. Each is one change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Max, Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from media_index.library.history import ChangeError, Recording, change
from media_index.library.marks import checked_rating, with_stacks
from media_index.library.spots import Spot, place_id_of
from media_index.library.standing import edited_begin, file_word_return
from media_index.models import Capture, Change, Edited, Media

FIRST_YEAR, LAST_YEAR = 1800, 2199
"""From before the first photograph (1826); the end is only there against slips."""
LONGEST_CAPTION = 10_000
OFFSETS = range(-12 * 60, 14 * 60 + 1)
"""Minutes east of UTC: from Baker Island to Kiribati (IANA time zone database)."""
LONGEST_SHIFT = timedelta(days=366 * 200)


class Said:
    """What may be said of a value beside a new one."""

    AS_IT_IS = "as it is"
    BY_FILE = "as the file says"


@dataclass(frozen=True, slots=True)
class Taken:
    """Wall time, and minutes east of UTC if known."""

    at: datetime
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class Edits:
    """What is said of one media; None leaves it as it is. ``rating`` 0 takes the rating away, ``Said.BY_FILE`` people's
    word."""

    title: str | None = None
    caption: str | None = None
    rating: int | None = None
    taken: Taken | str | None = None
    place: Spot | str | None = None


def media_edit(*, media: Media, edits: Edits, member: Any) -> Change | None:
    """All of it as one change. :class:`ChangeError` where something cannot be."""
    with change(Change.Kind.EDIT, "", member) as record:
        rows = Media.objects.filter(pk=media.pk)
        record.watch(rows)
        plain = _plain(edits)
        if plain:
            rows.update(**plain)
        if edits.taken is not None:
            _take(record, [media.pk], edits.taken)
        if edits.place is not None:
            _put(record, [media.pk], edits.place)
        media.refresh_from_db()
        record.summary = _("“%(name)s” edited") % {"name": media.title} if media.title else _("a photo edited")
    return record.change


def _plain(edits: Edits) -> dict[str, Any]:
    """The columns of the media itself that get another value."""
    values: dict[str, Any] = {}
    if edits.title is not None:
        values["title"] = _checked_text(" ".join(edits.title.split()), Media._meta.get_field("title").max_length or 0)
    if edits.caption is not None:
        values["caption"] = _checked_text(edits.caption.strip().replace("\r\n", "\n"), LONGEST_CAPTION)
    if edits.rating is not None:
        values["rating"] = checked_rating(edits.rating or None)
    return values


def _checked_text(text: str, longest: int) -> str:
    if len(text) > longest:
        raise ChangeError(
            _("that is too long: %(length)s characters, and %(most)s fit") % {"length": len(text), "most": longest}
        )
    if "\x00" in text:
        raise ChangeError(_("that holds a sign that no text may hold: type it anew"))
    return text


def taken_set(*, media_ids: Collection[int], taken: Taken | str, member: Any) -> Change | None:
    """All were taken then, or when their files say."""
    with change(Change.Kind.DATE, "", member) as record:
        ids = with_stacks(media_ids, member)
        _take(record, ids, taken)
        record.summary = _dated(len(ids))
    return record.change


def taken_begin(*, media_ids: Collection[int], first: datetime, member: Any) -> Change | None:
    """The earliest of them was taken then, and the others as long after it as they are now."""
    _refuse_strange_dates(first)
    earliest = Media.objects.filter(pk__among=media_ids).aggregate(at=Min("taken_at"))["at"]
    return taken_shift(media_ids=media_ids, by=first - earliest if earliest else timedelta(), member=member)


def taken_shift(*, media_ids: Collection[int], by: timedelta, member: Any) -> Change | None:
    """All were taken so much later than it says (or earlier): the clock of the camera was wrong."""
    if abs(by) > LONGEST_SHIFT:
        raise ChangeError(_("that is too far: dates move by 200 years at most"))
    with change(Change.Kind.DATE, "", member) as record:
        ids = with_stacks(media_ids, member)
        rows = _begun(record, ids)
        _refuse_strange_dates(*_moved(by, *rows.aggregate(first=Min("taken_at"), last=Max("taken_at")).values()))
        rows.update(taken_at=F("taken_at") + by, taken_from=Media.TakenFrom.PERSON)
        Edited.objects.filter(pk__among=ids).update(taken=True)
        record.summary = _dated(len(ids))
    return record.change


def place_set(*, media_ids: Collection[int], place: Spot | str, member: Any) -> Change | None:
    """All were taken there; :attr:`Spot.NOWHERE` for no place, ``Said.BY_FILE`` for what their files say."""
    with change(Change.Kind.PLACE, "", member) as record:
        ids = with_stacks(media_ids, member)
        _put(record, ids, place)
        count = len(ids)
        text = ngettext("%(count)s photo has another place", "%(count)s photos have another place", count)
        record.summary = text % {"count": count}
    return record.change


def _dated(count: int) -> str:
    return ngettext("%(count)s photo has another date", "%(count)s photos have another date", count) % {"count": count}


def _begun(record: Recording, ids: Collection[int]) -> Any:
    """The media, locked and watched, with what their files say put aside."""
    rows = Media.objects.filter(pk__among=ids)
    record.watch(rows)
    edited_begin(ids)
    record.watch(Edited.objects.filter(pk__among=ids), Capture.objects.filter(pk__among=ids))
    return rows


def _take(record: Recording, ids: Collection[int], taken: Taken | str) -> None:
    rows = _begun(record, ids)
    said = Edited.objects.filter(pk__among=ids)
    if not isinstance(taken, Taken):
        said.update(taken=False)
        file_word_return(ids)
        return
    _refuse_strange_dates(taken.at)
    if taken.offset is not None and taken.offset not in OFFSETS:
        raise ChangeError(_("no place on earth has that time zone: it is from -12:00 to +14:00"))
    said.update(taken=True)
    rows.update(taken_at=taken.at, taken_offset=taken.offset, taken_from=Media.TakenFrom.PERSON)


def _moved(by: timedelta, *moments: datetime | None) -> list[datetime]:
    """The moments so much later. What no calendar holds any more becomes its end, which no photo may have either."""
    made = []
    for one in moments:
        if one is not None:
            try:
                made.append(one + by)
            except OverflowError:
                made.append(datetime.max if by > timedelta() else datetime.min)
    return made


def _refuse_strange_dates(*moments: datetime | None) -> None:
    for one in moments:
        if one is not None and not FIRST_YEAR <= one.year <= LAST_YEAR:
            raise ChangeError(
                _("that is the year %(year)s: photos are from %(first)s to %(last)s")
                % {"year": one.year, "first": FIRST_YEAR, "last": LAST_YEAR}
            )


def _put(record: Recording, ids: Collection[int], place: Spot | str) -> None:
    _begun(record, ids)
    said = Edited.objects.filter(pk__among=ids)
    if isinstance(place, Spot):
        named = place_id_of(place)
        said.update(place=True, latitude=place.latitude, longitude=place.longitude, named=named)
    else:
        said.update(place=False, latitude=None, longitude=None, named=None)
    file_word_return(ids)
