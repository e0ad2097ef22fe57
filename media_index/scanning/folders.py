"""The rows of folders: which are as they were, what a scan found, which were touched. Set-based SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from media_index.models import Folder, Scan
from media_index.scanning.fingerprint import path_hash
from media_index.scanning.lock import write_alone
from media_index.sources.base import Listing

# A digest counts only with as many live locations as there were files: what was taken out of the table is found again.
BEFORE = """
SELECT f.path_hash, f.digest,
       (SELECT count(*) FROM media_index_location l
         WHERE l.source_id = f.source_id AND l.folder_hash = f.path_hash AND l.gone_at IS NULL)
  FROM media_index_folder f
 WHERE f.source_id = %s AND f.path_hash = ANY(%s) AND f.digest <> ''
"""

KEEP = """
UPDATE media_index_folder SET seen_in = %s, kept_in = %s WHERE source_id = %s AND path_hash = ANY(%s)
"""

MEET = """
INSERT INTO media_index_folder AS f
       (source_id, raw_path, path_hash, digest, found, seen_in, kept_in, touched_at, due_at)
SELECT %(source)s, v.raw_path, v.path_hash, '', v.found, %(scan)s, 0,
       CASE WHEN v.again THEN %(now)s::timestamptz END, CASE WHEN v.again THEN %(due)s::timestamptz END
  FROM unnest(%(paths)s::bytea[], %(hashes)s::bytea[], %(found)s::bytea[], %(again)s::bool[])
       AS v (raw_path, path_hash, found, again)
ON CONFLICT (source_id, path_hash) DO UPDATE
   SET found = excluded.found, seen_in = excluded.seen_in,
       touched_at = coalesce(excluded.touched_at, f.touched_at), due_at = coalesce(excluded.due_at, f.due_at)
"""

TOUCH = """
INSERT INTO media_index_folder AS f
       (source_id, raw_path, path_hash, digest, found, seen_in, kept_in, touched_at, due_at)
SELECT %(source)s, v.raw_path, v.path_hash, '', '', 0, 0, %(at)s, %(due)s
  FROM unnest(%(paths)s::bytea[], %(hashes)s::bytea[]) AS v (raw_path, path_hash)
ON CONFLICT (source_id, path_hash) DO UPDATE
   SET touched_at = greatest(f.touched_at, excluded.touched_at), due_at = coalesce(f.due_at, excluded.due_at)
"""

# What was told after the scan had begun may have come too late for it.
FORGET = """
DELETE FROM media_index_folder
 WHERE source_id = %(source)s AND seen_in <> %(scan)s AND (touched_at IS NULL OR touched_at <= %(began)s)
"""
BELIEVE = """
UPDATE media_index_folder SET digest = found, found = ''
 WHERE source_id = %(source)s AND seen_in = %(scan)s AND kept_in <> %(scan)s
"""
MEET_GONE = """
UPDATE media_index_folder f
   SET seen_in = %(scan)s, kept_in = -%(scan)s, found = ''
  FROM unnest(%(paths)s::bytea[]) AS v (path)
 WHERE f.source_id = %(source)s
       AND (f.raw_path = v.path OR substring(f.raw_path FOR octet_length(v.path) + 1) = v.path || '\\x2f'::bytea)
"""
FORGET_GONE = """
DELETE FROM media_index_folder
 WHERE source_id = %(source)s AND kept_in = -%(scan)s AND (touched_at IS NULL OR touched_at <= %(began)s)
"""
LOOKED_AT = """
UPDATE media_index_folder SET touched_at = NULL, due_at = NULL
 WHERE source_id = %(source)s AND touched_at <= %(began)s AND seen_in = %(scan)s
"""


@dataclass(frozen=True, slots=True)
class Met:
    """A folder that a scan has dealt with. ``sure``: all its files are in the table as they were listed; ``again``:
    one of them is being written, so it wants another look."""

    listing: Listing
    sure: bool
    again: bool


def unchanged(source_id: int, listings: Sequence[Listing]) -> set[bytes]:
    """The paths of those folders that are what the table says; one statement."""
    hashes = [path_hash(listing.raw_path) for listing in listings]
    with connection.cursor() as cursor:
        cursor.execute(BEFORE, [source_id, hashes])
        before = {bytes(key): (bytes(digest), files) for key, digest, files in cursor.fetchall()}
    kept = set()
    for key, listing in zip(hashes, listings, strict=True):
        if key in before and not listing.unlisted and before[key] == (listing.digest, len(listing.files)):
            kept.add(listing.raw_path)
    return kept


def keep(scan: Scan, folders: Collection[bytes]) -> None:
    """Mark folders as met and unchanged, with all that lies in them."""
    if folders:
        with connection.cursor() as cursor:
            cursor.execute(KEEP, [scan.pk, scan.pk, scan.source_id, [path_hash(folder) for folder in folders]])


def meet(scan: Scan, folders: Sequence[Met]) -> None:
    """Mark folders as met, with what was found in them."""
    if not folders:
        return
    now = timezone.now()
    names: dict[str, Any] = {
        "source": scan.source_id,
        "scan": scan.pk,
        "now": now,
        "due": now + settle_time(),
        "paths": [met.listing.raw_path for met in folders],
        "hashes": [path_hash(met.listing.raw_path) for met in folders],
        "found": [met.listing.digest if met.sure else b"" for met in folders],
        "again": [met.again for met in folders],
    }
    with connection.cursor() as cursor:
        cursor.execute(MEET, names)


def meet_gone(scan: Scan, folders: Sequence[bytes]) -> None:
    """Mark folders that are not there any more, and all that were in them, as met: with nothing in them."""
    if folders:
        with connection.cursor() as cursor:
            cursor.execute(MEET_GONE, {"scan": scan.pk, "source": scan.source_id, "paths": list(folders)})


def close(scan: Scan) -> None:
    """The scan has ended and what it did not meet is gone: what it found is now what the table says."""
    names: dict[str, Any] = {"source": scan.source_id, "scan": scan.pk, "began": scan.started_at}
    with connection.cursor() as cursor:
        if scan.whole:
            cursor.execute(FORGET, names)
        cursor.execute(FORGET_GONE, names)
        cursor.execute(BELIEVE, names)
        cursor.execute(LOOKED_AT, names)


def settle_time() -> timedelta:
    """How long nothing may have been written to a file before it counts as whole."""
    return timedelta(seconds=settings.SETTLE_SECONDS)


def touch(source_id: int, folders: Iterable[bytes], *, at: datetime | None = None) -> None:
    """Note that something happened in these folders (now), so that a scan looks at them once it has settled.

    Of a folder that was never listed, the nearest one above it that was is noted: it is there that one decides
    whether it is looked into at all. Nothing is noted of a source that was never scanned.
    """
    wanted = set(folders)
    if not wanted:
        return
    listed = _listed(source_id, {above for folder in wanted for above in _lineage(folder)})
    nearest = {next((above for above in _lineage(folder) if above in listed), None) for folder in wanted}
    paths = sorted(path for path in nearest if path is not None)
    now = at or timezone.now()
    names: dict[str, Any] = {
        "source": source_id,
        "at": now,
        "due": now + settle_time(),
        "paths": paths,
        "hashes": [path_hash(path) for path in paths],
    }
    # Alone, as a chunk that is being written locks the same rows in another order.
    with transaction.atomic(), connection.cursor() as cursor:
        write_alone()
        cursor.execute(TOUCH, names)


def touch_new(scan: Scan, listings: Sequence[Listing]) -> None:
    """Have a scan of touched folders also look at the folders in these of which nothing is known yet."""
    below = {listing.path_of(name) for listing in listings for name in listing.folders}
    if not below:
        return
    rows = Folder.objects.filter(source=scan.source_id, path_hash__in=[path_hash(path) for path in below])
    known = {
        bytes(path)
        for path, digest, seen in rows.values_list("raw_path", "digest", "seen_in")
        if bytes(digest) or seen == scan.pk
    }
    paths = sorted(below - known)
    names: dict[str, Any] = {
        "source": scan.source_id,
        "at": scan.started_at,
        "due": scan.started_at,
        "paths": paths,
        "hashes": [path_hash(path) for path in paths],
    }
    with connection.cursor() as cursor:
        cursor.execute(TOUCH, names)


def touched(scan: Scan, most: int) -> list[bytes]:
    """Folders that were touched and that this scan has not met yet, sorted by their hash."""
    rows = Folder.objects.filter(source=scan.source_id, due_at__isnull=False).exclude(seen_in=scan.pk)
    return [bytes(path) for path in rows.order_by("path_hash").values_list("raw_path", flat=True)[:most]]


def _listed(source_id: int, paths: set[bytes]) -> set[bytes]:
    rows = Folder.objects.filter(source=source_id, path_hash__in=[path_hash(path) for path in paths], seen_in__gt=0)
    return {bytes(path) for path in rows.values_list("raw_path", flat=True)}


def _lineage(folder: bytes) -> list[bytes]:
    """The folder and all above it, the root last."""
    lineage = [folder]
    while folder:
        folder = folder.rpartition(b"/")[0]
        lineage.append(folder)
    return lineage
