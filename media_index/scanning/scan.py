"""The scan of a source, in short steps: walk on, compare, read, mark; at the end, sweep.

1. ``scan_start`` makes a scan *running*, one for each source at a time: a *whole* one, or one of the folders that were
   touched (:class:`media_index.models.Folder`). The cursor of a whole one is the last folder dealt with.
2. ``scan_step`` takes the walk up behind the cursor. A folder whose files have the names, sizes and times of the last
   time is marked and passed over; the files of any other are compared, in chunks of one transaction each, and marked
   with the scan's id. Whatever ends a step, the next one goes on behind the last folder that was written.
3. When the walk ends, live locations that bear no mark and lie in no folder that was passed over are *gone* (of a scan
   of touched folders: only those in the folders it met), and the scan is *finished*.
4. A source that does not answer, cannot be listed, or is empty though files were there, is *offline*: the scan has
   *failed*, and nothing is taken for gone. A source that was mounted anew half-way is begun anew.
5. A file that somebody is writing is left alone, and its folder touched, so that a later scan looks at it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from media_index import presence
from media_index.errors import SourceError
from media_index.models import Folder, Scan, Source
from media_index.readers import reader_for
from media_index.scanning import folders
from media_index.scanning.chunk import take_listings
from media_index.scanning.lock import ScanGoneError, SourceBusyError, source_lock
from media_index.scanning.reading import Limits
from media_index.scanning.statistics import statistics_begin
from media_index.scanning.sweep import scan_end, scan_finish
from media_index.sources.base import Listing, RemountedError, SourceReader

STEP_SECONDS = 10.0
"""A task of the queue is short (design), so that one big source does not keep the others waiting."""
FOLDERS_TOGETHER = 1_000
FILES_TOGETHER = 5_000
"""Listings that are compared by one statement and, where nothing changed, marked by one."""
TOUCHED_TOGETHER = 100
BUSY_SECONDS = 0.5
WHOLE_SECONDS = 60.0
"""A command that scans waits so long for files that are being written."""

Readers = Callable[[Source, dict[str, str]], SourceReader]


def scan_start(source: Source, *, whole: bool = True) -> Scan:
    """The running scan of the source, made if there is none; one of touched folders becomes a whole one on request."""
    followed = {} if whole else _followed(source)
    scan, made = Scan.objects.get_or_create(
        source=source, state=Scan.State.RUNNING, defaults={"whole": whole, "followed": followed}
    )
    if whole and not made and not scan.whole:
        Scan.objects.filter(pk=scan.pk, state=Scan.State.RUNNING).update(whole=True, cursor=b"")
        scan.refresh_from_db()
    return scan


def _followed(source: Source) -> dict[str, str]:
    """Which links the last whole scan followed: one of touched folders decides as that did."""
    last = Scan.objects.filter(source=source, whole=True, state=Scan.State.FINISHED).order_by("-pk").first()
    return last.followed if last else {}


def scan_step(
    scan: Scan,
    *,
    seconds: float = STEP_SECONDS,
    file_seconds: float = float("inf"),
    readers: Readers = reader_for,
) -> bool:
    """Go on for about ``seconds``; True if there is more to do. ``scan`` is brought up to date.

    A file that takes longer than ``file_seconds`` to read counts as unreadable. Raises
    :class:`media_index.scanning.lock.SourceBusyError` when another process is at a step of this source.
    """
    limits = Limits(time.monotonic() + seconds, file_seconds, settings.SETTLE_SECONDS)
    with source_lock(scan.source_id):
        try:
            scan.refresh_from_db()
            if scan.state != Scan.State.RUNNING:
                return False
            more = _walk_on(scan, readers(scan.source, dict(scan.followed)), limits)
            statistics_begin()
            return more
        except (Scan.DoesNotExist, Source.DoesNotExist, ScanGoneError):
            return False
        except RemountedError as error:
            scan_end(scan, Scan.State.FAILED, str(error))
            return True
        except SourceError as error:
            with transaction.atomic():
                scan_end(scan, Scan.State.FAILED, str(error))
                presence.source_away(scan.source_id, error)
            return False


def scan_run(source: Source, *, told: Callable[[Scan], None] | None = None, readers: Readers = reader_for) -> Scan:
    """Scan to the end, in this process, and return the scan, which sees all that was there when it was called.

    ``told`` hears of every step. One that runs already is ended first; steps of other processes are waited for, and so
    are, for a minute, files that are being written: what became of these is counted in the scan that is returned.
    """
    under_way = Scan.objects.filter(source=source).exclude(state=Scan.State.RUNNING, whole=True, cursor=b"", seen=0)
    before = under_way.order_by("-pk").values_list("pk", flat=True).first() or 0
    whole = _run(source, True, before, told, readers)
    patience = time.monotonic() + WHOLE_SECONDS
    while whole.state == Scan.State.FINISHED and time.monotonic() < patience:
        due = Folder.objects.filter(source=source).order_by("due_at").exclude(due_at=None).first()
        if due is None or due.due_at is None:
            break
        time.sleep(max((due.due_at - timezone.now()).total_seconds(), 0))
        later = _run(source, False, whole.pk, told, readers)
        if later.state != Scan.State.FINISHED:
            return later
        for count in ("added", "changed", "moved", "gone"):
            setattr(whole, count, getattr(whole, count) + getattr(later, count))
        whole.seen += later.added
    return whole


def _run(source: Source, whole: bool, before: int, told: Callable[[Scan], None] | None, readers: Readers) -> Scan:
    """To the end of a scan that is later than ``before``, or of one that failed."""
    while True:
        scan = scan_start(source, whole=whole)
        try:
            more = scan_step(scan, readers=readers)
        except SourceBusyError:
            time.sleep(BUSY_SECONDS)
            continue
        if told and whole:
            told(scan)
        if not more and (scan.pk > before or scan.state != Scan.State.FINISHED):
            return scan


def _walk_on(scan: Scan, reader: SourceReader, limits: Limits) -> bool:
    presence.check(scan.source, reader)
    took = _take_whole if scan.whole else _take_touched
    if not took(scan, reader, limits):
        return True
    presence.check(scan.source, reader)
    return not scan_finish(scan)


def _take_whole(scan: Scan, reader: SourceReader, limits: Limits) -> bool:
    """Go on behind the cursor; True at the end of the source."""
    cursor = bytes(scan.cursor)
    walk = reader.listings(cursor.removesuffix(b"/") if cursor else None)
    while True:
        batch, last = _batch(walk)
        if not take_listings(scan, reader, batch, limits):
            return False
        if last:
            return True
        if time.monotonic() >= limits.until:
            return False


def _batch(walk: Iterator[Listing]) -> tuple[list[Listing], bool]:
    """What is dealt with together, and whether nothing comes after it."""
    batch: list[Listing] = []
    files = 0
    for listing in islice(walk, FOLDERS_TOGETHER):
        batch.append(listing)
        files += len(listing.files)
        if files >= FILES_TOGETHER:
            break
    return batch, files < FILES_TOGETHER and len(batch) < FOLDERS_TOGETHER


def _take_touched(scan: Scan, reader: SourceReader, limits: Limits) -> bool:
    """Look at the folders that were touched, and at those in them of which nothing is known; True if none is left."""
    while paths := folders.touched(scan, TOUCHED_TOGETHER):
        found = [reader.listing(path) for path in paths]
        gone = [path for path, listing in zip(paths, found, strict=True) if listing is None]
        folders.meet_gone(scan, gone)
        there = [listing for listing in found if listing is not None]
        if there and not take_listings(scan, reader, there, limits):
            return False
        if time.monotonic() >= limits.until:
            return False
    return True
