"""A process that the supervisor keeps running."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scanpix.runtime import process
from scanpix.runtime.watches import Watch

log = logging.getLogger("scanpix.serve")

LONGEST_PAUSE = 60.0
SETTLED_SECONDS = 15.0
"""Who has lived so long did not die of its start, which takes 1 to 5 s on a PC: the next pause is short again."""
START_SECONDS = 180.0
"""Patience with one that has not been heard of since its start: a NAS reads its libraries from a sleeping disk."""
SILENT_SECONDS = 30.0
"""Then it counts as hanging. A cluster's guard tells of itself twice a second, the web server is asked every five."""
LOOK_SECONDS = 1.0
STOPPED_SECONDS = 10.0
"""A process that was stopped (SIGSTOP) says nothing either; this is seen sooner."""


@dataclass(slots=True)
class Child:
    """What to run, and what is known of it since. Moments are by ``time.monotonic()``."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    watch: Watch | None = None
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = 1.0
    due_at: float = 0.0
    heard_at: float = 0.0
    looked_at: float = 0.0
    stopped_at: float = 0.0
    killed: bool = False

    def start(self) -> None:
        words, descriptors = self.watch.begin() if self.watch else ((), ())
        supervisor = os.getpid()
        self.process = subprocess.Popen(
            [*self.command, *words],
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            process_group=0,
            pass_fds=descriptors,
            # Called in the child before any thread of its own; this process runs no threads.
            preexec_fn=lambda: process.die_with_parent(signal.SIGKILL, parent=supervisor),
        )
        if self.watch:
            self.watch.started()
        self.started_at = time.monotonic()
        self.heard_at = self.stopped_at = 0.0
        self.killed = False

    def tend(self) -> None:
        """Start it, or start it again when its time has come; end it when it hangs."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due_at:
                self._try_to_start(now)
            return
        code = self.process.poll()
        if code is None:
            # Not waited for: one that hangs in a disk's driver is gone only when the driver lets go of it.
            if not self.killed and (trouble := self._trouble(now)):
                log.error("%s %s and is killed", self.name, trouble)
                self.killed = True
                self.kill_tree()
            return
        self.kill_tree()
        if now - self.started_at > SETTLED_SECONDS:
            self.pause = 1.0
        log.error("%s ended with code %s; it is started again in %.0f s", self.name, code, self.pause)
        self.process, self.due_at = None, now + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)

    def _try_to_start(self, now: float) -> None:
        try:
            self.start()
        except (OSError, subprocess.SubprocessError) as error:
            # No memory, no more processes: the others run on, and it may pass.
            log.error("%s cannot be started (%s); it is tried again in %.0f s", self.name, error, self.pause)
            self.due_at = now + self.pause
            self.pause = min(self.pause * 2, LONGEST_PAUSE)

    def forgive(self) -> None:
        """Count silence from now on: it was the supervisor that had no turn."""
        now = time.monotonic()
        self.started_at = now if self.started_at and not self.heard_at else self.started_at
        self.heard_at = now if self.heard_at else 0.0
        self.stopped_at = 0.0

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def kill_tree(self) -> None:
        """End its process group, and whatever comes from it in groups and sessions of its own."""
        if self.process is not None:
            process.kill_tree(self.process.pid)

    def _trouble(self, now: float) -> str:
        """Why it has to be ended, or nothing."""
        assert self.process is not None
        if now - self.looked_at >= LOOK_SECONDS:
            self.looked_at = now
            self.stopped_at = (self.stopped_at or now) if self._is_stopped() else 0.0
        if self.stopped_at and now - self.stopped_at > STOPPED_SECONDS:
            return "is stopped"
        if self.watch is None:
            return ""
        if self.watch.heard():
            self.heard_at = now
        patience = SILENT_SECONDS if self.heard_at else START_SECONDS
        silent = now - (self.heard_at or self.started_at)
        return f"was not heard of for {silent:.0f} s" if silent > patience else ""

    def _is_stopped(self) -> bool:
        """Whether it is, or one that it started itself: the web server's worker, the processes of a queue."""
        assert self.process is not None
        pids = [self.process.pid, *process.forks_of(self.process.pid)]
        return any(seen.state == "T" for pid in pids if (seen := process.look_at(pid)))
