"""What the changes of a decision are about: media, albums, or the one who decides alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from media_index.models import Album, AlbumItem, Capture, Edited, Media
from media_index.recording import Row, table_of

BY_MEDIA = {table_of(model) for model in (Media, Capture, Edited)}
"""Tables whose rows have the number of their media."""
ALBUM, ITEM = table_of(Album), table_of(AlbumItem)


def media(changes: Sequence[Row]) -> set[int]:
    """The ids of all media that something changes of."""
    found = {one["id"] for one in changes if one["table"] in BY_MEDIA}
    # A link that is only changed has another place in its album: that is about the album.
    return found | {row["media_id"] for _, row in _states(changes) if row.get("media_id") is not None}


def albums(changes: Sequence[Row]) -> set[int]:
    """The ids of all albums that something changes of."""
    found = {one["id"] for one in changes if one["table"] == ALBUM}
    found |= {row["album_id"] for table, row in _states(changes) if table == ITEM and "album_id" in row}
    items = [one["id"] for one in changes if one["table"] == ITEM and one["before"] and one["after"]]
    return found | set(AlbumItem.objects.filter(pk__in=items).values_list("album_id", flat=True))


def is_private(changes: Sequence[Row], albums: Collection[int]) -> bool:
    """Favourites and private albums are their member's own, and so is what was done to them."""
    private = Album.Visibility.PRIVATE
    if any(table == "favourite" or row.get("visibility") == private for table, row in _states(changes)):
        return True
    return Album.objects.filter(pk__in=albums, visibility=private).exists()


def _states(changes: Sequence[Row]) -> Iterator[tuple[str, Row]]:
    """What rows were, and what they are."""
    for one in changes:
        yield from ((one["table"], row) for row in (one["before"], one["after"]) if row is not None)
