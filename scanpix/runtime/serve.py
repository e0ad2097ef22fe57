"""The supervisor: starts web and workers, starts again what dies, and stops all of it.

1. Each child runs in a process group of its own, with a parent-death signal: no orphan when this process is killed.
2. A child that ends is started again after a pause that doubles from one second to a minute, and is short again once
   the child has lived for a minute. Before that the rest of its group is killed: the queue's head leaves orphans.
3. On SIGINT or SIGTERM each head is asked to stop, and after a while its group is killed.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import psycopg

from scanpix.runtime.env import ConfigurationError
from scanpix.runtime.process import die_with_parent

log = logging.getLogger("scanpix.serve")

STOP_SECONDS = 25
"""How long children may take to finish what they are at: a slice of extraction takes about ten seconds."""
LONGEST_PAUSE = 60.0
SETTLED_SECONDS = 60.0
CHECK_SECONDS = 5.0


@dataclass(slots=True)
class Child:
    """A process to keep running."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = 1.0
    due_at: float = 0.0

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            process_group=0,
            # Called in the child before any thread of its own; this process runs no threads.
            preexec_fn=lambda: die_with_parent(signal.SIGTERM),
        )
        self.started_at = time.monotonic()

    def tend(self) -> None:
        """Start it, or start it again when its time has come."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.kill_group()
        if now - self.started_at > SETTLED_SECONDS:
            self.pause = 1.0
        log.error("%s ended with code %s; it is started again in %.0f s", self.name, code, self.pause)
        self.process, self.due_at = None, now + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def kill_group(self) -> None:
        """End what is left of its process group."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Supervisor:
    """Keeps children running until it is told to stop. ``check`` is called every few seconds beside that."""

    def __init__(self, children: Sequence[Child], check: Callable[[], None]) -> None:
        self.children = children
        self.check = check
        self.stopping = False
        self._checked_at = time.monotonic()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)

    def _stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self.stopping = True

    def tend(self) -> None:
        for child in self.children:
            child.tend()
        if time.monotonic() - self._checked_at > CHECK_SECONDS:
            self._checked_at = time.monotonic()
            try:
                self.check()
            except (ConfigurationError, OSError, psycopg.Error) as error:
                # Whatever keeps the database away may pass; the children wait for it, and so does this process.
                log.error("%s", error)

    def wait_for(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Tend the children until ``ready``; False when that took too long or a stop was asked for."""
        deadline = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < deadline:
            self.tend()
            if ready():
                return True
            time.sleep(0.1)
        return False

    def run(self) -> None:
        while not self.stopping:
            self.tend()
            time.sleep(0.25)

    def stop(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                log.warning("%s did not stop in time and is killed", child.name)
            child.kill_group()
            child.process.wait()


@contextlib.contextmanager
def only_one(data: Path) -> Iterator[None]:
    """The right to serve a data folder. Raises :class:`ConfigurationError` where another process has it."""
    with (data / "serve.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConfigurationError(
                f"scanpix already runs on SCANPIX_DATA={data}: stop it, or name another folder"
            ) from None
        yield


def check_port(bind: str, port: int) -> None:
    """Raise :class:`ConfigurationError` where the web server could not listen."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as error:
            raise ConfigurationError(
                f"cannot listen on {bind} port {port} ({error.strerror}): set SCANPIX_PORT or SCANPIX_BIND"
            ) from None


def children(project: Path) -> list[Child]:
    """Web and the two workers."""
    manage = [sys.executable, str(project / "manage.py")]
    gunicorn = [sys.executable, "-m", "gunicorn", "scanpix.wsgi", "--config", "python:scanpix.runtime.web"]
    return [
        Child("web", gunicorn),
        Child("worker", [*manage, "qcluster"], {"Q_CLUSTER_NAME": "default"}),
        Child("ml worker", [*manage, "qcluster"], {"Q_CLUSTER_NAME": "ml"}),
    ]
