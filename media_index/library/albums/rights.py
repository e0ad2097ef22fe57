"""Who may do what with an album that they see.

The household's: everyone adds photos and notes, and takes out what they added. Its owner and the administrators order
it, take out anything, change and delete it. A private one is its owner's in all.
"""

from __future__ import annotations

from typing import Any

from media_index.models import Album, AlbumItem


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
