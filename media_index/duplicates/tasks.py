"""What the queue calls for duplicates. A task takes no more than its time; what is left is done by the next one."""

from __future__ import annotations

import time
from collections.abc import Sequence

from django.core.cache import cache

from media_index import pausing
from media_index.duplicates.machine import duplicates_refresh, tops_refresh
from scanpix.runtime import queue

FIND = "media_index.duplicates.tasks.find_duplicates"
SECONDS = 8.0
"""A task of the queue is to take about ten."""
ASKED = "duplicates:asked"
SETTLE = 60
"""Seconds in which many batches of extraction ask only once."""


def find_duplicates() -> None:
    """Deal with new fingerprints, and with stacks that have lost what lay on top."""
    if pausing.scans_rest():
        return
    until = time.monotonic() + SECONDS
    while duplicates_refresh():
        if time.monotonic() > until:
            queue.enqueue(FIND)
            return
    tops_refresh()


def fingerprints_stored(media_ids: Sequence[int]) -> None:  # noqa: ARG001 (the hook's shape)
    """There is something to compare: at most one task a minute."""
    if cache.add(ASKED, True, SETTLE):
        queue.enqueue(FIND)
