"""The three processes of a queue cluster, as functions that run in a fork of the guard.

They are django-q's own loops, which tell the guard of their life on the way:

1. The *pusher* takes tasks from the broker. It marks each look, also one that finds nothing.
2. The *worker* runs them. It marks the begin and the end of each. On SIGTERM it ends: at once while it has nothing to
   do, else as soon as its task returns, which asks :mod:`scanpix.runtime.stopping`.
3. The *monitor* tells the broker what is done. It marks each result.

SIGINT reaches all processes of a terminal and is for the guard alone, and so is a SIGTERM that the whole group gets.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from multiprocessing.synchronize import Event
from types import FrameType
from typing import Any

from django_q.brokers import get_broker
from django_q.conf import Conf
from django_q.monitor import monitor
from django_q.pusher import pusher
from django_q.queues import Queue
from django_q.signals import post_execute, post_execute_in_worker, pre_execute
from django_q.worker import worker

from scanpix.runtime import stopping
from scanpix.runtime.pulse import Pulse

BEAT = "scanpix.runtime.members.beat"
Task = dict[str, Any]


def beat() -> None:
    """The task that does nothing: that it is run is what the guard wants to know."""


def beat_task() -> Task:
    """What the guard puts before worker and monitor. Without an ``ack_id`` it never touches the broker."""
    return {"id": "beat", "name": "beat", "func": BEAT, "args": (), "kwargs": {}, "success": True, "result": None}


def push(tasks: Queue, leaving: Event, pulse: Pulse) -> None:
    """The pusher, until ``leaving`` is set or the broker fails."""
    _leave_signals_to_the_guard()
    broker = get_broker()
    look: Callable[[], Any] = broker.dequeue

    def dequeue() -> Any:
        pulse.pusher_looked()
        return look()

    broker.dequeue = dequeue
    pusher(tasks, leaving, broker)


def work(tasks: Queue, results: Queue, timer: Any, pulse: Pulse) -> None:
    """The worker, until it is told to stop or has run ``Q_CLUSTER["recycle"]`` tasks."""

    def began(**_: object) -> None:
        if stopping.requested():
            raise SystemExit(0)
        pulse.worker_began()

    def ended(**_: object) -> None:
        pulse.worker_ended()

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        stopping.request()
        if not pulse.busy_since:
            raise SystemExit(0)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, stop)
    pre_execute.connect(began, weak=False)
    post_execute_in_worker.connect(ended, weak=False)
    worker(tasks, results, timer, Conf.TIMEOUT)


def note(results: Queue, pulse: Pulse) -> None:
    """The monitor, until it finds ``STOP``."""

    def noted(**_: object) -> None:
        pulse.monitor_noted()

    _leave_signals_to_the_guard()
    post_execute.connect(noted, weak=False)
    monitor(results, get_broker())


def _leave_signals_to_the_guard() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
