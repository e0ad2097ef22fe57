"""Wakes what is done with faces in the background. The queue only wakes: what is to do is read from the tables."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.cache import cache

from scanpix.runtime import queue

GROUP = "people.tasks.group_faces"
DESCRIBE = "people.tasks.describe_faces"
TOLD_SECONDS = 60
"""A worker that was told and has not begun within this time is told again."""


def wake_grouping() -> None:
    """Have a worker group the faces that grouping has not looked at, unless it has been told already."""
    _wake(GROUP, queue.DEFAULT)


def wake_describing() -> None:
    """Have the ml worker look at the faces that somebody drew."""
    _wake(DESCRIBE, queue.ML)


def begun(task: str) -> None:
    """The worker is at it: what comes from now on needs another call."""
    cache.delete(_key(task))


def _wake(task: str, cluster: str) -> None:
    if cache.add(_key(task), True, TOLD_SECONDS):
        queue.enqueue(task, cluster=cluster)


def _key(task: str) -> str:
    return f"told:{task}"


def faces_stored(_media_ids: Sequence[int]) -> None:
    """Told of each batch of photos that was looked through."""
    wake_grouping()
