"""The folders of a source as they lie on the disk, for whoever may see the source.

They are told by the rows that scans keep of folders (:class:`media_index.models.Folder`). A folder is shown where a
picture or a video that can be found lies in it or below it; what lies below another one of a stack is shown as well, as
this is the view of what is on the disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote_from_bytes, unquote_to_bytes

from django.db import connection
from django.db.models import Exists, OuterRef

from media_index.models import Folder, Location, Media, Source
from media_index.models.media import MediaQuerySet
from media_index.scanning.fingerprint import path_hash

AFTER_SLASH = b"0"
"""The byte behind that of the slash."""
MOST_FOLDERS = 2_000
"""Sub-folders that one page shows. More in one folder is no order that people made."""

# The bounds of the path are such that the planner can tell how many folders lie between them: of a few it looks up the
# files of each, of many it reads all files.
BELOW = """
WITH below AS MATERIALIZED (
    SELECT path_hash, substring(raw_path FROM %(cut)s) AS rest
      FROM media_index_folder
     WHERE source_id = %(source)s AND raw_path > %(first)s AND (%(last)s IS NULL OR raw_path < %(last)s)),
counted AS (
    SELECT l.folder_hash, count(*) AS files, max(l.media_id) AS cover
      FROM below b
      JOIN media_index_location l
           ON l.source_id = %(source)s AND l.folder_hash = b.path_hash AND l.gone_at IS NULL
     WHERE l.media_id IS NOT NULL AND l.media_id NOT IN (UNSEEN)
     GROUP BY l.folder_hash),
named AS (
    SELECT files, cover, rest, position('\\x2f'::bytea IN rest) AS slash
      FROM counted JOIN below ON path_hash = folder_hash)
SELECT CASE WHEN slash = 0 THEN rest ELSE substring(rest FOR slash - 1) END AS name, sum(files)::bigint, max(cover)
  FROM named GROUP BY 1 ORDER BY 1 LIMIT %(most)s
"""

SOURCES = """
SELECT l.source_id, count(*), max(l.media_id)
  FROM media_index_location l
 WHERE l.source_id = ANY(%s) AND l.gone_at IS NULL AND l.media_id IS NOT NULL AND l.media_id NOT IN (UNSEEN)
 GROUP BY l.source_id
"""
# Few, and found by their indexes, so that the files are counted from an index as well and no media is read for it: a
# quarter of the time.
UNSEEN = """
SELECT id FROM media_index_media WHERE kind = 'other'
 UNION ALL SELECT id FROM media_index_media WHERE shelf IN ('hidden', 'trash')
"""


@dataclass(frozen=True, slots=True)
class Inside:
    """A folder within another: its path below the source, its name for people, how many pictures and videos lie in it
    and below it, and one that stands for them (0 for none)."""

    raw_path: bytes
    name: str
    files: int
    cover: int


def in_address(raw_path: bytes) -> str:
    """A path as it stands in an address; names that are no UTF-8 come through."""
    return quote_from_bytes(raw_path, safe="/")


def folder_at(source: Source, path: str) -> Folder | None:
    """The folder of a source at the path of an address; "" is the source's own. None where no scan has met it.

    What was no UTF-8 in the address reaches a view as it was written there, ``%E9``.
    """
    whole = path.strip("/")
    written = {whole.encode(), unquote_to_bytes(whole)}
    rows = {bytes(row.raw_path): row for row in Folder.objects.filter(
        source=source, path_hash__in=[path_hash(one) for one in written]
    )}  # fmt: skip
    return rows.get(whole.encode()) or rows.get(unquote_to_bytes(whole))


def folders_in(folder: Folder) -> list[Inside]:
    """Its sub-folders by name; one statement."""
    raw_path = bytes(folder.raw_path)
    prefix = raw_path + b"/" if raw_path else b""
    values: dict[str, int | bytes | None] = {
        "source": folder.source_id,
        "first": prefix,
        "last": raw_path + AFTER_SLASH if raw_path else None,
        "cut": len(prefix) + 1,
        "most": MOST_FOLDERS,
    }
    with connection.cursor() as cursor:
        cursor.execute(BELOW.replace("UNSEEN", UNSEEN), values)
        rows = [(bytes(name), files, cover or 0) for name, files, cover in cursor.fetchall()]
    return [Inside(prefix + name, readable(name), files, cover) for name, files, cover in rows]


def counts_of(source_ids: list[int]) -> dict[int, tuple[int, int]]:
    """For each source how many pictures and videos lie in it, and one that stands for them (0 for none); one
    statement."""
    with connection.cursor() as cursor:
        cursor.execute(SOURCES.replace("UNSEEN", UNSEEN), [source_ids])
        return {source: (files, cover or 0) for source, files, cover in cursor.fetchall()}


def media_in(folder: Folder) -> MediaQuerySet:
    """The pictures and videos that lie in this very folder. Whoever asks has made sure of the source."""
    here = Location.objects.filter(
        media=OuterRef("pk"), source=folder.source_id, folder_hash=bytes(folder.path_hash), gone_at__isnull=True
    )
    return Media.objects.filter(Exists(here)).found().exclude(kind=Media.Kind.OTHER)


def readable(raw_name: bytes) -> str:
    """A name of the disk for people; what is no UTF-8 is replaced, as in the paths of locations."""
    return raw_name.decode("utf-8", "replace")
