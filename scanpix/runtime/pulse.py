"""Signs of life that the processes of a queue cluster leave for the one that guards them, in memory they share."""

from __future__ import annotations

import time
from multiprocessing.sharedctypes import RawArray

_BUSY_SINCE, _WORKER, _PUSHER, _MONITOR = range(4)


class Pulse:
    """Moments by ``time.monotonic()``, which is the same clock in all processes. Written without locks: a process that
    is killed must not keep one, and each number has one writer."""

    def __init__(self) -> None:
        self._moments = RawArray("d", 4)
        self.reset()

    def reset(self) -> None:
        """As if all of them had just been heard, and the worker were idle."""
        now = time.monotonic()
        self._moments[_BUSY_SINCE] = 0.0
        for position in (_WORKER, _PUSHER, _MONITOR):
            self._moments[position] = now

    def worker_began(self) -> None:
        self._moments[_BUSY_SINCE] = self._moments[_WORKER] = time.monotonic()

    def worker_ended(self) -> None:
        self._moments[_WORKER] = time.monotonic()
        self._moments[_BUSY_SINCE] = 0.0

    def pusher_looked(self) -> None:
        self._moments[_PUSHER] = time.monotonic()

    def monitor_noted(self) -> None:
        self._moments[_MONITOR] = time.monotonic()

    @property
    def busy_since(self) -> float:
        """When the worker began with its task; 0 while it has none."""
        return float(self._moments[_BUSY_SINCE])

    @property
    def worker(self) -> float:
        """When the worker last began or ended a task."""
        return float(self._moments[_WORKER])

    @property
    def pusher(self) -> float:
        """When the pusher last looked for tasks."""
        return float(self._moments[_PUSHER])

    @property
    def monitor(self) -> float:
        """When the monitor last dealt with a result."""
        return float(self._moments[_MONITOR])
