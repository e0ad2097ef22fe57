"""What is in an album, in its order, as one member sees it.

Notes have places of their own among the items, and in every order they stay before the media that follows them by hand.
An album of some thousand photos is read as ids in one statement; what is shown of it is read part by part.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db.models import F, QuerySet
from django.db.models.functions import Lower

from media_index.library.albums.following import followed
from media_index.models import Album, AlbumItem
from media_index.search.filters.base import Scope

ORDERS: dict[str, tuple[object, ...]] = {
    Album.Order.MANUAL: ("position", "pk"),
    Album.Order.OLDEST: ("media__taken_at", "media_id"),
    Album.Order.NEWEST: ("-media__taken_at", "-media_id"),
    Album.Order.TITLE: (Lower("media__title"), "media__taken_at", "media_id"),
    Album.Order.RATING: (F("media__rating").desc(nulls_last=True), "media__taken_at", "media_id"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in an album: a media, or a note. ``item_id`` is 0 in a smart album."""

    item_id: int
    media_id: int | None
    note: str = ""


def entries(album: Album, scope: Scope) -> list[Entry]:
    """All of it that the scope holds. Two statements, or those of a search."""
    if album.query:
        return [Entry(0, media_id) for media_id in followed(album, scope)]
    try:
        rows = list(_media_items(album, scope).values_list("pk", "media_id", "position"))
    except EmptyResultSet:
        rows = []
    notes = list(album.items.filter(media=None).order_by("position", "pk"))
    before = _anchored(notes, sorted((position, pk) for pk, _, position in rows))
    return list(_woven(rows, before))


def album_media_ids(album: Album, scope: Scope) -> list[int]:
    """The media of an album, in its order. One statement, or those of a search."""
    if album.query:
        return followed(album, scope)
    try:
        return list(_media_items(album, scope).values_list("media_id", flat=True))
    except EmptyResultSet:
        return []


def _media_items(album: Album, scope: Scope) -> QuerySet[AlbumItem]:
    there = album.items.filter(media__in=scope.media.order_by().values("pk"))
    return there.order_by(*ORDERS[album.order])  # type: ignore[arg-type]


def _anchored(notes: Sequence[AlbumItem], by_hand: Sequence[tuple[float, int]]) -> dict[int | None, list[AlbumItem]]:
    """The notes by the item of media that follows them by hand, None at the end."""
    found: defaultdict[int | None, list[AlbumItem]] = defaultdict(list)
    for note in notes:
        at = bisect_right(by_hand, (note.position, note.pk))
        found[by_hand[at][1] if at < len(by_hand) else None].append(note)
    return found


def _woven(rows: Sequence[tuple[int, int | None, float]], before: dict[int | None, list[AlbumItem]]) -> Iterator[Entry]:
    for pk, media_id, _ in rows:
        yield from (Entry(note.pk, None, note.note) for note in before.get(pk, ()))
        yield Entry(pk, media_id)
    yield from (Entry(note.pk, None, note.note) for note in before.get(None, ()))
