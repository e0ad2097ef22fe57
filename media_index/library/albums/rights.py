"""Who may do what with an album that they see.

The household's: everyone adds photos and notes, and takes out what they added. Its owner and the administrators order
it, take out anything, change and delete it. A private one is its owner's in all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from media_index.models import Album, AlbumItem
from media_index.recording import Row, table_of


def may_manage(album: Album, member: Any) -> bool:
    """Order it, change and delete it. ``member`` sees the album, or is None for a command of this machine."""
    if member is None or album.owner_id == member.pk:
        return True
    return bool(member.is_staff) and album.visibility == Album.Visibility.HOUSEHOLD


def may_add(album: Album, member: Any) -> bool:
    """A smart album holds what its search finds, and takes nothing by hand."""
    if album.query:
        return False
    return album.visibility == Album.Visibility.HOUSEHOLD or may_manage(album, member)


def may_take_out(album: Album, item: AlbumItem, member: Any) -> bool:
    return may_manage(album, member) or item.added_by_id == member.pk


def may_undo(changes: Sequence[Row], member: Any) -> bool:
    """Whether ``member``, who sees the albums, may put back what somebody else changed of them: by the same rights by
    which they might change it so. What was put in is taken out again, what was taken out is put in."""
    rows = [one for one in changes if one["table"] == table_of(Album)]
    managed = {one["id"] for one in rows}
    items = [one for one in changes if one["table"] == table_of(AlbumItem)]
    now = {
        item.pk: item
        for item in AlbumItem.objects.filter(pk__among=[one["id"] for one in items if one["after"]]).select_related(
            "album"
        )
    }
    albums = Album.objects.in_bulk(managed | {one["before"]["album_id"] for one in items if one["after"] is None})
    return all(may_manage(albums.get(one["id"]) or _as_it_was(one), member) for one in rows) and all(
        _may_put_back(one, now, albums, member) for one in items if _album_of(one, now) not in managed
    )


def _as_it_was(change: Row) -> Album:
    """Of an album that is not there any more; where too little is known of it, nobody's."""
    was = change["before"] or change["after"]
    return Album(owner_id=was.get("owner_id"), visibility=was.get("visibility", Album.Visibility.PRIVATE))


def _album_of(change: Row, now: dict[int, AlbumItem]) -> int | None:
    if change["after"] is None:
        album_id: int = change["before"]["album_id"]
        return album_id
    return now[change["id"]].album_id if change["id"] in now else None


def _may_put_back(change: Row, now: dict[int, AlbumItem], albums: dict[int, Album], member: Any) -> bool:
    if change["after"] is None:
        album = albums.get(change["before"]["album_id"])
        return album is None or may_add(album, member)
    item = now.get(change["id"])
    if item is None:  # gone since: there is nothing to put back
        return True
    if change["before"] is None or set(change["before"]) == {"note"}:
        return may_take_out(item.album, item, member)
    return may_manage(item.album, member)
