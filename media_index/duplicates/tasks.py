"""What the queue calls for duplicates. A task takes no more than its time; what is left is done by the next one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from django.core.cache import cache

from media_index import pausing
from media_index.duplicates.machine import duplicates_refresh, tops_refresh
from media_index.duplicates.parts import parts_refresh
from scanpix.runtime import queue

FIND = "media_index.duplicates.tasks.find_duplicates"
SECONDS = 8.0
"""A task of the queue is to take about ten."""
ASKED = "duplicates:asked"
GOES_ON = "duplicates:goes_on"
SETTLE = 60
"""Seconds in which many batches of extraction ask only once."""


def find_duplicates() -> None:
    """Deal with new fingerprints, with stacks that have lost what lay on top, and with copies that were cut, which
    takes hours for a library that is new."""
    if pausing.scans_rest():
        return
    until = time.monotonic() + SECONDS
    if _worked_off(duplicates_refresh, until):
        tops_refresh()
        if _worked_off(parts_refresh, until):
            return
    # One goes on, though the clock and what is stored meanwhile have asked for others.
    if cache.add(GOES_ON, True, max(1, int(SECONDS))):
        queue.enqueue(FIND)


def _worked_off(refresh: Callable[[], int], until: float) -> bool:
    """Whether nothing is left to do before the time is up."""
    while refresh():
        if time.monotonic() > until:
            return False
    return True


def fingerprints_stored(media_ids: Sequence[int]) -> None:  # noqa: ARG001 (the hook's shape)
    """There is something to compare: at most one task a minute."""
    if cache.add(ASKED, True, SETTLE):
        queue.enqueue(FIND)
