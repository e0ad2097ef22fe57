"""What somebody does with albums. Each is one change that can be undone (:mod:`media_index.library.history`).

Whoever calls these has made sure that ``member`` sees the album and the media, and may do it
(:mod:`media_index.library.albums.rights`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from media_index.library.albums import places
from media_index.library.albums.order import ORDERS
from media_index.library.albums.rights import may_manage
from media_index.library.history import ChangeError, Recording, change
from media_index.models import Album, AlbumItem, Change

Kind = Change.Kind
LONGEST_TITLE = 200
LONGEST_DESCRIPTION = 5_000
LONGEST_NOTE = 2_000
MOST_ITEMS = 20_000
"""Media of an album: its page reads all ids at once (5,000 take some 20 ms)."""
BATCH = 2_000
"""Rows of one statement."""


@dataclass(frozen=True, slots=True)
class About:
    """What is told of an album. With a ``query`` it is a smart one."""

    title: str
    description: str = ""
    visibility: str = Album.Visibility.HOUSEHOLD
    order: str = Album.Order.OLDEST
    query: str = ""


def album_create(*, about: About, owner: Any, media_ids: Sequence[int] = ()) -> tuple[Album, Recording]:
    """A new album, with these media in their order."""
    with change(Kind.ALBUM, "", owner) as record:
        album = Album.objects.create(owner=owner, **_values(about))
        record.summary = _("Album “%(title)s” made") % {"title": album.title}
        record.made(album)
        _append(record, album, media_ids, owner)
    return album, record


def album_edit(*, album: Album, about: About, member: Any) -> Recording:
    """Change what is told of it. Put in order by hand, it begins in the order in which it was shown."""
    with change(Kind.ALBUM, "", member) as record:
        _read_again(record, album)
        if about.order == Album.Order.MANUAL != album.order and not about.query:
            _order_by_hand(record, album)
        for name, value in _values(about).items():
            setattr(album, name, value)
        album.save(update_fields=[*_values(about), "changed_at"])
        record.summary = _("Album “%(title)s” changed") % {"title": album.title}
    return record


def album_delete(*, album: Album, member: Any) -> Recording:
    """The photos stay where they are."""
    with change(Kind.ALBUM, _("Album “%(title)s” deleted") % {"title": album.title}, member) as record:
        record.watch([album], AlbumItem.objects.filter(album=album))
        Album.objects.filter(pk=album.pk).delete()
    return record


def album_add(*, album: Album, media_ids: Sequence[int], member: Any) -> Recording:
    """Put media at its end; those that are in it already stay where they are. The summary tells how many are new."""
    with change(Kind.ALBUM, "", member) as record:
        _read_again(record, album)
        count = _append(record, album, media_ids, member)
        album.save(update_fields=["changed_at"])
        text = ngettext("%(count)s photo added to “%(title)s”", "%(count)s photos added to “%(title)s”", count)
        record.summary = text % {"count": count, "title": album.title}
    return record


def album_remove(*, album: Album, media_ids: Collection[int], member: Any) -> Recording:
    """Take media out that the member may take out. :class:`ChangeError` where that is none."""
    with change(Kind.ALBUM, "", member) as record:
        items = AlbumItem.objects.filter(album=album, media__in=media_ids)
        if not may_manage(album, member):
            items = items.filter(added_by=member)
        count = items.count()
        if not count:
            raise ChangeError(_("none of these is in the album by you: ask its owner to take it out"))
        record.watch(items)
        items.delete()
        text = ngettext("%(count)s photo taken out of “%(title)s”", "%(count)s photos taken out of “%(title)s”", count)
        record.summary = text % {"count": count, "title": album.title}
    return record


def album_cover(*, album: Album, media_id: int | None, member: Any) -> Recording:
    """What stands for the album; None: its first one."""
    with change(Kind.ALBUM, _("Album “%(title)s”: another cover") % {"title": album.title}, member) as record:
        _read_again(record, album)
        album.cover_id = media_id
        album.save(update_fields=["cover", "changed_at"])
    return record


def items_move(*, album: Album, item_ids: Sequence[int], before: int | None, member: Any) -> Recording:
    """Put items, in this order, right before another one, or at the end. From then on it is in order by hand.

    :class:`ChangeError` where one of them is not in the album (any more).
    """
    with change(Kind.ALBUM, _("Album “%(title)s” put in order") % {"title": album.title}, member) as record:
        _read_again(record, album)
        if album.order != Album.Order.MANUAL:
            _order_by_hand(record, album)
            album.order = Album.Order.MANUAL
            album.save(update_fields=["order", "changed_at"])
        row = list(album.items.order_by("position", "pk").values_list("pk", "position"))
        there = {pk for pk, _position in row}
        wanted = list(dict.fromkeys(item_ids))
        if not wanted or not there.issuperset(wanted) or (before is not None and before not in there):
            raise ChangeError(_("the album has changed meanwhile: look at it again"))
        if before not in wanted:
            _number(record, places.moved(row, wanted, before))
    return record


def note_add(*, album: Album, text: str, before: int | None, member: Any) -> tuple[AlbumItem, Recording]:
    """A note before an item, or at the end. :class:`ChangeError` for an item that is not there."""
    with change(Kind.ALBUM, _("Album “%(title)s”: a note added") % {"title": album.title}, member) as record:
        row = list(album.items.order_by("position", "pk").values_list("pk", "position"))
        if before is not None and before not in dict(row):
            raise ChangeError(_("the album has changed meanwhile: look at it again"))
        note = AlbumItem.objects.create(album=album, note=_note(text), position=places.behind(row), added_by=member)
        record.made(note)
        if before is not None:
            _number(record, places.moved([*row, (note.pk, note.position)], [note.pk], before))
    return note, record


def note_change(*, note: AlbumItem, text: str, member: Any) -> Recording:
    """Other words; none at all take the note away."""
    album = note.album
    with change(Kind.ALBUM, _("Album “%(title)s”: a note changed") % {"title": album.title}, member) as record:
        record.watch([note])
        if text.strip():
            note.note = _note(text)
            note.save(update_fields=["note"])
        else:
            AlbumItem.objects.filter(pk=note.pk).delete()
            record.summary = _("Album “%(title)s”: a note taken away") % {"title": album.title}
    return record


def _read_again(record: Recording, album: Album) -> None:
    """As it is now that nobody else decides: somebody may have changed it since it was read."""
    album.refresh_from_db()
    record.watch([album])


def _values(about: About) -> dict[str, Any]:
    title = " ".join(about.title.replace("\0", "").split())
    if not title:
        raise ChangeError(_("an album needs a title"))
    if len(title) > LONGEST_TITLE:
        raise ChangeError(_("a title has at most %(most)s characters") % {"most": LONGEST_TITLE})
    if len(about.description) > LONGEST_DESCRIPTION:
        raise ChangeError(_("a description has at most %(most)s characters") % {"most": LONGEST_DESCRIPTION})
    return {
        "title": title,
        "description": about.description.replace("\0", "").strip(),
        "visibility": Album.Visibility(about.visibility),
        "order": Album.Order(about.order),
        "query": about.query.replace("\0", "").strip(),
    }


def _note(text: str) -> str:
    note = text.replace("\0", "").replace("\r\n", "\n").strip()
    if not note:
        raise ChangeError(_("write the note first"))
    if len(note) > LONGEST_NOTE:
        raise ChangeError(_("a note has at most %(most)s characters") % {"most": LONGEST_NOTE})
    return note


def _append(record: Recording, album: Album, media_ids: Sequence[int], member: Any) -> int:
    """How many were not in it before."""
    row = list(album.items.values_list("pk", "position"))
    there = set(album.items.filter(media__isnull=False).values_list("media_id", flat=True))
    fresh = [pk for pk in dict.fromkeys(media_ids) if pk not in there]
    if len(there) + len(fresh) > MOST_ITEMS:
        raise ChangeError(_("an album holds at most %(most)s photos: make another one") % {"most": MOST_ITEMS})
    numbers = places.numbered(fresh, places.behind(row))
    items = [AlbumItem(album=album, media_id=pk, position=numbers[pk], added_by=member) for pk in fresh]
    record.made(*AlbumItem.objects.bulk_create(items, batch_size=BATCH))
    return len(items)


def _order_by_hand(record: Recording, album: Album) -> None:
    """Number the items in the order in which they are shown to who sees them all; notes stay before what they stood
    before."""
    by_rule = album.items.filter(media__isnull=False).order_by(*ORDERS[album.order])  # type: ignore[arg-type]
    shown = list(by_rule.values_list("pk", flat=True))
    by_hand: list[tuple[int, int | None]] = list(album.items.order_by("position", "pk").values_list("pk", "media_id"))
    waiting: list[int] = []
    before: dict[int, list[int]] = {}
    for pk, media_id in by_hand:
        if media_id is None:
            waiting.append(pk)
        else:
            before[pk], waiting = waiting, []
    order = [pk for media_item in shown for pk in (*before[media_item], media_item)] + waiting
    _number(record, places.numbered(order))


def _number(record: Recording, numbers: dict[int, float]) -> None:
    items = AlbumItem.objects.filter(pk__in=numbers)
    record.watch(items)
    rows = [AlbumItem(pk=pk, position=number) for pk, number in numbers.items()]
    AlbumItem.objects.bulk_update(rows, ["position"], batch_size=BATCH)
