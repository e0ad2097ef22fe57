"""One cluster of the queue: starts pusher, worker and monitor, and sees to it that work goes through them.

It stands in the place of django-q's head and sentinel, which start a process again that has died and leave the others
be: one that is killed while it reads a queue takes the queue's lock with it, and the rest waits for ever.

1. A process that ends by itself (a recycled worker, a pusher whose broker failed) is started again alone: it has given
   back all locks. One that ends again and again (while the database is away) is so after a pause.
2. One that was killed, is stopped, or is not heard of any more: the whole cluster ends, with its reason, and whoever
   started it starts it again. All its processes are killed with it by their parent-death signals.
3. "Not heard of": an idle worker and the monitor must deal with an empty task, put into their queues now and then,
   within ``SILENT_SECONDS``; a pusher must look for tasks, while the worker waits for some; a busy worker must use
   processor time, itself, its children or the database, within ``STILL_SECONDS``, and end within the task's timeout.
4. At the start, and when the database was started anew, what a killed worker had claimed is taken up
   (:func:`scanpix.runtime.queue.take_up`), so that no wake-up call is lost.
5. On SIGTERM or SIGINT the worker ends its slice early; after ``WORKER_SECONDS`` it is killed. Either way the queue's
   rows tell what is left to do.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import queue as queues
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from types import FrameType

from django import db
from django_q.conf import Conf
from django_q.queues import Queue
from django_q.scheduler import scheduler

from scanpix.runtime import members, process, queue
from scanpix.runtime.pulse import Pulse

log = logging.getLogger("scanpix.queue")

CYCLE_SECONDS = 0.5
BEAT_SECONDS = 5.0
SILENT_SECONDS = 30.0
"""An empty task passes in milliseconds. On a machine that swaps it may take seconds; the pusher pauses for ten when its
broker fails."""
STILL_SECONDS = 120.0
"""A file may take 60 s to be decoded (``SCANPIX_DECODE_SECONDS``), which uses the processor; one that waits for a disk
that wakes up, or for the network, needs some of it now and then as well."""
STOPPED_SECONDS = 10.0
"""A process that was stopped (SIGSTOP) does nothing and says nothing; a debugger leaves another state."""
TREE_SECONDS = 5.0
SCHEDULE_SECONDS = 10.0
AWAY_SECONDS = 5.0
"""A guard that had no turn for so long (a machine that sleeps or swaps) cannot judge the others' silence."""
WORKER_SECONDS = 7.0
"""How long a slice may take to end: less than the supervisor's patience. A batch takes a second or two."""
KILL_SECONDS = 2.0
SETTLED_SECONDS = 10.0
"""Who has lived so long did not end over its start: it is started again at once."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 10.0
"""Seconds; doubled from the one to the other. Work must go on soon after the database is back."""

_FORK = multiprocessing.get_context("fork")


class ClusterBrokenError(Exception):
    """The cluster cannot go on as it is; the message says why."""


@dataclass(slots=True)
class Member:
    """One of the three processes."""

    role: str
    start: Callable[[], BaseProcess]
    process: BaseProcess | None = None
    started_at: float = 0.0
    stopped_at: float = 0.0
    pause: float = 0.0
    due_at: float = 0.0
    """When it is to be started again; 0 while it runs."""

    def begin(self, now: float) -> None:
        db.connections.close_all()
        self.process, self.started_at, self.due_at = self.start(), now, 0.0

    @property
    def pid(self) -> int:
        return 0 if self.process is None or self.process.pid is None else self.process.pid

    def check(self, now: float) -> None:
        """Start it again if it ended by itself; raise :class:`ClusterBrokenError` if it was killed or is stopped."""
        if self.due_at:
            if now >= self.due_at:
                self.begin(now)
            return
        assert self.process is not None
        if not self.process.is_alive():
            code = self.process.exitcode
            if code is None or code < 0:
                raise ClusterBrokenError(f"its {self.role} was killed (exit code {code})")
            settled = now - self.started_at > SETTLED_SECONDS
            self.pause = 0.0 if settled else min(max(2 * self.pause, FIRST_PAUSE), LONGEST_PAUSE)
            log.info("the %s ended with code %s and is started again in %.0f s", self.role, code, self.pause)
            self.due_at = now + self.pause
            if not self.pause:
                self.begin(now)
            return
        seen = process.look_at(self.pid)
        if seen is None or seen.state != "T":
            self.stopped_at = 0.0
        elif not self.stopped_at:
            self.stopped_at = now
        elif now - self.stopped_at > STOPPED_SECONDS:
            raise ClusterBrokenError(f"its {self.role} is stopped")


@dataclass(slots=True)
class Busy:
    """Whether a worker that is at a task still gets on, told by the processor time of all that come from it."""

    ticks: dict[int, int] = field(default_factory=dict)
    moved_at: float = 0.0
    looked_at: float = 0.0
    stopped: dict[int, float] = field(default_factory=dict)

    def check(self, pid: int, since: float, now: float) -> None:
        if now - self.looked_at >= TREE_SECONDS:
            self.looked_at = now
            tree = process.tree_of(pid)
            self._end_stopped(pid, tree, now)
            ticks = {one.pid: one.ticks for one in tree}
            if not ticks or ticks != self.ticks:
                self.ticks, self.moved_at = ticks, now
        if now - max(self.moved_at, since) > STILL_SECONDS and not _database_works():
            raise ClusterBrokenError(f"its worker has done nothing for {STILL_SECONDS:.0f} s")
        if now - since > Conf.TIMEOUT + SILENT_SECONDS:
            raise ClusterBrokenError(f"its worker did not end its task within {Conf.TIMEOUT} s")

    def _end_stopped(self, pid: int, tree: Sequence[process.Running], now: float) -> None:
        """Kill the worker's own children that somebody stopped: it waits for them, and knows what to do without."""
        self.stopped = {one.pid: self.stopped.get(one.pid, now) for one in tree if one.state == "T" and one.pid != pid}
        for child, since in self.stopped.items():
            if now - since > STOPPED_SECONDS:
                log.warning("a child of the worker is stopped and is killed")
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)


class Guard:
    """The cluster ``Conf.CLUSTER_NAME``, with one worker. ``tell`` is called in every turn: a sign of our own life."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self.tell = tell
        self.name = str(Conf.CLUSTER_NAME)
        self.tasks, self.results = Queue(maxsize=Conf.QUEUE_LIMIT), Queue()
        self.leaving = _FORK.Event()
        self.pulse = Pulse()
        self.pusher = Member("pusher", self._start_pusher)
        self.worker = Member("worker", self._start_worker)
        self.monitor = Member("monitor", self._start_monitor)
        process.call_me(f"{self.name} guard")
        self.stopping = False
        self._busy = Busy()
        self._turned_at = self._awake_since = time.monotonic()
        self._beat_at = self._scheduled_at = 0.0
        self._busy_at = 0.0
        self._database: object = None
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)

    def run(self) -> None:
        """Until a stop is asked for. Raises :class:`ClusterBrokenError`; the processes are gone in either case."""
        db.connections.close_all()
        for member in self._members:
            member.begin(time.monotonic())
        try:
            while not self.stopping:
                self._turn()
                time.sleep(CYCLE_SECONDS)
            self._end_work()
        finally:
            for member in self._members:
                if member.process is not None:
                    member.process.kill()
                    # Not for ever: one that hangs in a disk's driver is gone only when the driver lets go of it.
                    member.process.join(KILL_SECONDS)
            for one in (self.tasks, self.results):
                # What could not be passed on any more must not keep this process.
                one.cancel_join_thread()

    @property
    def _members(self) -> tuple[Member, ...]:
        return self.pusher, self.worker, self.monitor

    def _start_pusher(self) -> BaseProcess:
        self.pulse.pusher_looked()
        return self._fork("pusher", members.push, self.tasks, self.leaving, self.pulse)

    def _start_worker(self) -> BaseProcess:
        self.pulse.worker_ended()
        return self._fork("worker", members.work, self.tasks, self.results, _FORK.Value("f", -1), self.pulse)

    def _start_monitor(self) -> BaseProcess:
        self.pulse.monitor_noted()
        return self._fork("monitor", members.note, self.results, self.pulse)

    def _fork(self, role: str, target: Callable[..., None], *arguments: object) -> BaseProcess:
        def run() -> None:
            process.call_me(f"{self.name} {role}")
            target(*arguments)

        started = _FORK.Process(target=run, name=role, daemon=True)
        started.start()
        return started

    def _stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self.stopping = True

    def _turn(self) -> None:
        now = time.monotonic()
        if now - self._turned_at > AWAY_SECONDS:
            self._awake_since = now
        self._turned_at = now
        self.tell()
        for member in self._members:
            member.check(now)
        self._check_silence(now)
        if now - self._beat_at >= BEAT_SECONDS:
            self._beat_at = now
            self._put_beats()
        if now - self._scheduled_at >= SCHEDULE_SECONDS:
            self._look_at_the_clock()
            # What the database made us wait for is no silence of the others.
            self._turned_at = self._scheduled_at = time.monotonic()

    def _check_silence(self, now: float) -> None:
        def silent(member: Member, mark: float) -> bool:
            return not member.due_at and now - max(mark, self._awake_since) > SILENT_SECONDS

        if silent(self.monitor, self.pulse.monitor):
            raise ClusterBrokenError(f"its monitor was not heard of for {SILENT_SECONDS:.0f} s")
        if since := self.pulse.busy_since:
            self._busy_at = now
            self._busy.check(self.worker.pid, max(since, self._awake_since), now)
            return
        if silent(self.worker, self.pulse.worker):
            raise ClusterBrokenError(f"its worker was not heard of for {SILENT_SECONDS:.0f} s")
        # Before a busy worker the queue may be full, and the pusher waits with what it has in its hand.
        if silent(self.pusher, self.pulse.pusher) and now - self._busy_at > BEAT_SECONDS:
            raise ClusterBrokenError(f"its pusher was not heard of for {SILENT_SECONDS:.0f} s")

    def _put_beats(self) -> None:
        self.results.put(members.beat_task())
        if not self.pulse.busy_since:
            try:
                self.tasks.put_nowait(members.beat_task())
            except queues.Full:
                log.debug("the worker has tasks before it")

    def _look_at_the_clock(self) -> None:
        """Queue what is due, and take up what was left when the database is new to us."""
        try:
            started = queue.database_started_at()
            if started != self._database:
                queue.take_up(self.name)
                self._database = started
        except db.Error as error:
            log.warning("the queue cannot be looked at: %s", error)
            return
        scheduler()

    def _end_work(self) -> None:
        """Let the worker end its slice and the monitor note what came of it."""
        self.leaving.set()
        deadline = time.monotonic() + WORKER_SECONDS
        while self.worker.process and self.worker.process.is_alive() and time.monotonic() < deadline:
            # Again, for the first may have come in the moment before it waits for its next task.
            self.worker.process.terminate()
            self.worker.process.join(0.5)
            self.tell()
        self.results.put("STOP")
        if self.monitor.process:
            self.monitor.process.join(1)


def _database_works() -> bool:
    """Whether the worker may be waiting for the database, which works for it: an index of vectors takes minutes."""
    try:
        return queue.database_is_working()
    except db.Error:
        return False


def sign_of_life(descriptor: int | None) -> Callable[[], None]:
    """A function that writes one byte to this pipe, whose reader is the supervisor; without one it does nothing."""
    if descriptor is None:
        return lambda: None
    os.set_blocking(descriptor, False)

    def tell() -> None:
        try:
            os.write(descriptor, b".")
        except (BlockingIOError, BrokenPipeError):
            return  # a supervisor that is slow to read has signs enough, and one that is gone takes us with it

    return tell
