"""One step at a time for each source, over all processes and machines: Postgres advisory locks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from media_index.models import Scan
from scanpix.runtime.locks import ProcessLock

SCAN_LOCKS = 0x5CA9
"""Names our locks among all advisory locks; the lower part of the number is the source's id."""
WRITE_LOCK = 0
"""No source has this id: the lock under which one chunk at a time is written."""


class SourceBusyError(Exception):
    """Another process is at a step of this source."""


class ScanGoneError(Exception):
    """The scan's row is gone or no longer running: the source was unlinked meanwhile."""


@contextmanager
def source_lock(source_id: int) -> Iterator[None]:
    """Holds the source for this process, which gives it up however it ends; raises :class:`SourceBusyError`."""
    lock = ProcessLock(source_key(source_id))
    if not lock.hold():
        raise SourceBusyError
    try:
        yield
    finally:
        lock.release()


def source_key(source_id: int) -> int:
    """The number of a source's lock, apart from all others."""
    return SCAN_LOCKS << 40 | source_id


def write_alone() -> None:
    """Wait until no other process writes a chunk, for the rest of this transaction.

    Two sources that meet the same contents at the same moment would deadlock or disagree about whose media is new.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [source_key(WRITE_LOCK)])


def lock_running(scan: Scan) -> None:
    """Write for this scan until the transaction ends; raises :class:`ScanGoneError`."""
    write_alone()
    if not Scan.objects.select_for_update().filter(pk=scan.pk, state=Scan.State.RUNNING).values_list("pk").first():
        raise ScanGoneError
