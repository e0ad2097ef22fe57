"""Scans in the queue: one task a step, and a mark that tells a scan at work from one that a worker has left."""

from __future__ import annotations

from django.core.cache import cache

from media_index.models import Scan
from scanpix.runtime import queue

SCAN_SOURCE = "media_index.tasks.scan_source"
ALIVE_SECONDS = 600
"""A running scan of which nothing was heard for so long was left: the queue ends a task after this time
(settings.Q_CLUSTER)."""


def scan_continue(scan: Scan) -> None:
    """Have the worker do the next step. Call it after the commit."""
    tell_alive(scan)
    queue.enqueue(SCAN_SOURCE, scan.source_id, scan.pk)


def scan_wake(scan: Scan) -> None:
    """The same, unless a step of it waits or runs already: each call beside that would be one more task in turn."""
    if not is_alive(scan):
        scan_continue(scan)


def tell_alive(scan: Scan) -> None:
    cache.set(_key(scan), True, ALIVE_SECONDS)


def tell_left(scan: Scan) -> None:
    """Its step was not done: whoever looks for scans that were left may take it up at once."""
    cache.delete(_key(scan))


def is_alive(scan: Scan) -> bool:
    """Whether a step of this scan waits or runs, as far as anybody can tell."""
    return bool(cache.get(_key(scan)))


def _key(scan: Scan) -> str:
    return f"media_index.scan_alive.{scan.pk}"
