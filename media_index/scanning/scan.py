"""The scan of a source, in short steps: walk on, compare, read, mark; at the end, sweep.

1. ``scan_start`` makes a scan *running*, one for each source at a time. Its cursor is the last path dealt with.
2. ``scan_step`` takes the walk up behind the cursor, in chunks of one transaction each. Every file met is marked with
   the scan's id. Whatever ends a step, the next one goes on behind the last chunk that was written.
3. When the walk ends, live locations that bear no mark are *gone*, and the scan is *finished*.
4. A source that cannot be listed, or is empty though files were there, is *offline*: the scan has *failed*, and nothing
   is taken for gone. A source that was mounted anew half-way is begun anew.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from media_index.errors import SourceError
from media_index.models import Location, Scan, Source
from media_index.readers import reader_for
from media_index.scanning.chunk import take_chunk
from media_index.scanning.lock import ScanGoneError, SourceBusyError, lock_running, source_lock
from media_index.sources.base import RemountedError, SourceReader

log = logging.getLogger("media_index.scanning")

STEP_SECONDS = 10.0
"""A task of the queue is short (design), so that one big source does not keep the others waiting."""
FIRST_CHUNK = 50
"""The first pictures are there a moment after a folder was linked."""
CHUNK = 500
BUSY_SECONDS = 0.5
SCANS_KEPT = 20

Readers = Callable[[Source, dict[str, str]], SourceReader]

# A media moved as often as one of its files came and one went.
SWEEP = """
WITH swept AS (
    UPDATE media_index_location SET gone_at = %(now)s
     WHERE source_id = %(source)s AND gone_at IS NULL AND seen_in <> %(scan)s
    RETURNING media_id),
went AS (SELECT media_id, count(*) AS files FROM swept GROUP BY media_id),
came AS (
    SELECT media_id, count(*) AS files FROM media_index_location
     WHERE source_id = %(source)s AND gone_at IS NULL AND seen_in = %(scan)s AND created_at >= %(began)s
           AND media_id IN (SELECT media_id FROM went)
     GROUP BY media_id)
SELECT coalesce(sum(went.files), 0)::int, coalesce(sum(least(went.files, coalesce(came.files, 0))), 0)::int
  FROM went LEFT JOIN came USING (media_id)
"""


def scan_start(source: Source) -> Scan:
    """The running scan of the source, made if there is none."""
    scan, _ = Scan.objects.get_or_create(source=source, state=Scan.State.RUNNING)
    return scan


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
    until = time.monotonic() + seconds
    with source_lock(scan.source_id):
        try:
            scan.refresh_from_db()
            if scan.state != Scan.State.RUNNING:
                return False
            return _walk_on(scan, readers(scan.source, scan.followed), until, file_seconds)
        except (Scan.DoesNotExist, Source.DoesNotExist, ScanGoneError):
            return False
        except RemountedError as error:
            _end(scan, Scan.State.FAILED, str(error))
            return True
        except SourceError as error:
            _go_offline(scan, error)
            return False


def scan_run(source: Source, *, told: Callable[[Scan], None] | None = None, readers: Readers = reader_for) -> Scan:
    """Scan to the end, in this process, and return the scan, which sees all that was there when it was called.

    ``told`` hears of every step. One that runs already is ended first; steps of other processes are waited for.
    """
    under_way = Scan.objects.filter(source=source).exclude(state=Scan.State.RUNNING, cursor=b"")
    before = under_way.order_by("-pk").values_list("pk", flat=True).first() or 0
    while True:
        scan = scan_start(source)
        try:
            more = scan_step(scan, readers=readers)
        except SourceBusyError:
            time.sleep(BUSY_SECONDS)
            continue
        if told:
            told(scan)
        if not more and (scan.pk > before or scan.state != Scan.State.FINISHED):
            return scan


def _walk_on(scan: Scan, reader: SourceReader, until: float, file_seconds: float) -> bool:
    _check(scan, reader)
    entries = reader.entries(bytes(scan.cursor))
    while True:
        size = CHUNK if scan.seen else FIRST_CHUNK
        chunk = list(islice(entries, size))
        last = len(chunk) < size
        whole = take_chunk(scan, reader, chunk, last=last, until=until, file_seconds=file_seconds)
        if whole and last:
            _check(scan, reader)
            _finish(scan)
            return False
        if not whole or time.monotonic() >= until:
            return True


def _check(scan: Scan, reader: SourceReader) -> None:
    """Raise ``SourceError`` where the source is not what it was: away, exchanged, or an empty mount point."""
    reader.check()
    if reader.is_empty() and Location.objects.filter(source=scan.source_id, gone_at__isnull=True).exists():
        raise SourceError(f"{scan.source.root} is empty, though there were files: is its disk mounted?")


@transaction.atomic
def _finish(scan: Scan) -> None:
    lock_running(scan)
    live = Location.objects.filter(source=scan.source_id, gone_at__isnull=True)
    if not live.filter(seen_in=scan.pk).exists() and live.exists():
        raise SourceError(
            f"{scan.source.root} holds none of its files any more: is its disk mounted, do the patterns fit?"
        )
    with connection.cursor() as cursor:
        names: dict[str, Any] = {
            "now": timezone.now(),
            "source": scan.source_id,
            "scan": scan.pk,
            "began": scan.started_at,
        }
        cursor.execute(SWEEP, names)
        went, scan.moved = cursor.fetchone()
    scan.gone = went - scan.moved
    scan.added -= scan.moved
    scan.save(update_fields=["moved", "gone", "added"])
    _end(scan, Scan.State.FINISHED, scan.detail)
    told = "Some folders could not be listed; what was known of them is kept." if scan.detail else ""
    Source.objects.filter(pk=scan.source_id).update(
        state=Source.State.ONLINE, state_detail=told, scanned_at=scan.finished_at
    )


@transaction.atomic
def _go_offline(scan: Scan, error: SourceError) -> None:
    log.warning("source %s is offline: %s", scan.source_id, error)
    _end(scan, Scan.State.FAILED, str(error))
    Source.objects.filter(pk=scan.source_id).update(state=Source.State.OFFLINE, state_detail=str(error))


def _end(scan: Scan, state: Scan.State, detail: str) -> None:
    scan.state = state
    scan.detail = detail
    scan.finished_at = timezone.now()
    Scan.objects.filter(pk=scan.pk).update(state=scan.state, detail=scan.detail, finished_at=scan.finished_at)
    kept = Scan.objects.filter(source=scan.source_id).order_by("-pk").values("pk")[:SCANS_KEPT]
    Scan.objects.filter(source=scan.source_id).exclude(pk__in=kept).delete()
