"""What the queue calls. A task takes ids, is short, and returns when its row is gone."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

from media_index.models import Scan, Source
from media_index.runner import RUNNER
from media_index.scanning.lock import SourceBusyError
from media_index.scanning.queueing import is_alive, scan_continue, tell_alive
from media_index.scanning.scan import scan_start, scan_step
from scanpix.runtime import queue

log = logging.getLogger("media_index.tasks")

FILE_SECONDS = 420.0
"""Reading one file must end well before the queue takes the task for hanging (600 s, settings.Q_CLUSTER)."""


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
    tell_alive(scan)
    try:
        more = scan_step(scan, file_seconds=FILE_SECONDS)
    except SourceBusyError:
        return
    except Exception:
        # The edge of a task: the log needs the id; the queue counts the failure.
        log.exception("scanning source %s failed", source_id)
        raise
    if more:
        scan_continue(scan if scan.state == Scan.State.RUNNING else scan_start(source))


def scan_due() -> None:
    """By the clock: begin the scans that are due, and take up those that a worker has left."""
    if settings.SCAN_MINUTES:
        before = timezone.now() - timedelta(minutes=settings.SCAN_MINUTES)
        running = Scan.objects.filter(source=OuterRef("pk"), state=Scan.State.RUNNING)
        sources = Source.objects.filter(~Exists(running)).annotate(last=Max("scans__finished_at"))
        for source in sources.filter(Q(last=None) | Q(last__lt=before)):
            scan_continue(scan_start(source))
    for scan in Scan.objects.filter(state=Scan.State.RUNNING):
        if not is_alive(scan):
            scan_continue(scan)


def extract() -> None:
    """A slice of extraction, and the next one into the queue while there is work. Called every minute as well."""
    if RUNNER.step():
        queue.wake_extraction()
    else:
        RUNNER.unload_when_idle()
