"""What the queue calls. A task takes ids, is short, and returns when its row is gone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, connection
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

from media_index import pausing, watching
from media_index.encoder_service import encoder_settle
from media_index.forgetting import BATCH, gone_purge
from media_index.models import Folder, Scan, Source
from media_index.presence import sources_check
from media_index.runner import RUNNER
from media_index.sample_looking import look_at_waiting
from media_index.samples import samples_forget
from media_index.scanning.lock import SourceBusyError
from media_index.scanning.queueing import scan_continue, scan_wake, tell_alive, tell_left
from media_index.scanning.scan import scan_start, scan_step
from scanpix.runtime import disk, logs, queue
from scanpix.runtime.priority import make_way

log = logging.getLogger("media_index.tasks")

PURGE = "media_index.tasks.purge_gone"
FILE_SECONDS = 420.0
"""Reading one file must end well before the queue takes the task for hanging (600 s, settings.Q_CLUSTER)."""

DATABASE_AWAY = (OperationalError, InterfaceError, psycopg.OperationalError)
"""The server ended under the task; another may run by now."""


def _woken(wake: Callable[[], None]) -> bool:
    """Have the work go on over a new connection. False if there is none yet: the queue's guard looks when there is."""
    connection.close()
    try:
        wake()
    except DATABASE_AWAY:
        return False
    return True


def scan_source(source_id: int, scan_id: int | None = None) -> None:
    """One step of the scan of a source, and the next one into the queue. Begins a scan only without a ``scan_id``, so
    that tasks that are doubled end together."""
    source = Source.objects.filter(pk=source_id).first()
    if source is None:
        return
    if scan_id is None:
        scan = scan_start(source)
    else:
        found = Scan.objects.filter(pk=scan_id, state=Scan.State.RUNNING).first()
        if found is None:
            return
        scan = found
    if pausing.scans_rest():
        tell_left(scan)
        return
    tell_alive(scan)
    with logs.bound(source=source_id, scan=scan.pk):
        more = _step(scan)
    if more:
        scan_continue(scan if scan.state == Scan.State.RUNNING else scan_start(source))


def _step(scan: Scan) -> bool:
    try:
        return scan_step(scan, file_seconds=FILE_SECONDS)
    except SourceBusyError:
        return False
    except Exception as error:
        if disk.is_full(error):
            # The chunk was rolled back and is done again from where the scan stands.
            log.error("the scan waits for room: %s", error)
            tell_left(scan)
            return False
        if isinstance(error, DATABASE_AWAY) and not _woken(lambda: scan_continue(scan)):
            tell_left(scan)
        # The edge of a task: the log needs the ids; the queue counts the failure.
        log.exception("scanning failed")
        raise


def scan_due() -> None:
    """By the clock: begin the scans that are due, and take up those that a worker has left or that a rest held up."""
    if pausing.scans_rest():
        return
    if settings.SCAN_MINUTES:
        before = timezone.now() - timedelta(minutes=settings.SCAN_MINUTES)
        running = Scan.objects.filter(source=OuterRef("pk"), state=Scan.State.RUNNING)
        last = Max("scans__finished_at", filter=Q(scans__whole=True))
        sources = Source.objects.filter(~Exists(running)).annotate(last=last)
        for source in sources.filter(Q(last=None) | Q(last__lt=before)):
            scan_continue(scan_start(source))
    # Where nobody watches, a file that was being written is looked at again here.
    due = Folder.objects.filter(due_at__lte=timezone.now()).order_by()
    for source_id in due.values_list("source", flat=True).distinct():
        watching.scan_touched(source_id)
    for scan in Scan.objects.filter(state=Scan.State.RUNNING):
        scan_wake(scan)


def check_sources() -> None:
    """Each minute: which sources are there; those that are back are scanned. Until that ends they count as offline."""
    back = sources_check()
    if pausing.scans_rest():
        return
    for source in back:
        scan_wake(scan_start(source))


def watch_sources() -> None:
    """Each minute: have this process notice changes, unless it or another one does."""
    watching.watch_on()


def purge_gone() -> None:
    """Forget what has been gone for long; the rest of it by the next task. Old failures of tasks and sessions that have
    expired go with it: nobody else ever deletes them."""
    queue.failures_forget()
    call_command("clearsessions", verbosity=0)
    if gone_purge() >= BATCH:
        queue.enqueue(PURGE)


def look_at_samples() -> None:
    """Look at the pictures that members brought to search with; paused or not, as somebody waits for the answer."""
    make_way(settings.NICE)
    look_at_waiting(lambda: RUNNER.pipeline.pool)


def forget_samples() -> None:
    """Each ten minutes: what members brought to search with goes within the hour."""
    samples_forget()


def extract() -> None:
    """A slice of extraction, and the next one into the queue while there is work. Called every minute as well."""
    make_way(settings.NICE)
    try:
        more = RUNNER.step()
    except DATABASE_AWAY:
        _woken(queue.wake_extraction)
        raise
    if more:
        queue.wake_extraction()
    else:
        encoder_settle()
        RUNNER.unload_when_idle()
