"""The supervisor: starts web and workers, starts again what dies or hangs, and stops all of it.

1. Each child runs in a process group of its own, with a parent-death signal; so do its own children (the queue's
   processes, the web server's worker, the decoders): no orphan, whichever of them is killed.
2. A child that ends is started again after a pause that doubles from one second to a minute, and is short again once
   the child has lived for a while. Before that all that is left of it is killed.
3. A child that is stopped, or is not heard of (:mod:`scanpix.runtime.watches`), hangs: it and all that come from it are
   killed, and it is started again. What goes on inside a cluster of the queue its own guard watches
   (:mod:`scanpix.runtime.guard`).
4. On SIGINT or SIGTERM each head is asked to stop, and after a while killed with all that come from it.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import IO

import psycopg

from scanpix.runtime.child import Child
from scanpix.runtime.env import ConfigurationError
from scanpix.runtime.watches import HttpWatch, PipeWatch

log = logging.getLogger("scanpix.serve")

STOP_SECONDS = 10
"""How long children may take to finish what they are at: a slice of extraction ends early, within a second or two."""
KILL_SECONDS = 5.0
"""A process that hangs in a disk's driver cannot be killed before the driver lets go of it; it is not waited for."""
CHECK_SECONDS = 5.0
PARTS = ("web", "workers")
"""What may run apart, each in a container of its own."""
AWAY_SECONDS = 5.0
"""A supervisor that had no turn for so long (Ctrl-Z, a machine that sleeps or swaps) cannot judge others' silence."""


class Supervisor:
    """Keeps children running until it is told to stop. ``check`` is called every few seconds beside that."""

    def __init__(self, children: Sequence[Child], check: Callable[[], None]) -> None:
        self.children = children
        self.check = check
        self.stopping = False
        self._turned_at = self._checked_at = time.monotonic()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)

    def _stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self.stopping = True

    def tend(self) -> None:
        away = time.monotonic() - self._turned_at > AWAY_SECONDS
        for child in self.children:
            if away:
                child.forgive()
            child.tend()
        if time.monotonic() - self._checked_at > CHECK_SECONDS:
            self._checked_at = time.monotonic()
            try:
                self.check()
            except (ConfigurationError, OSError, psycopg.Error) as error:
                # Whatever keeps the database away may pass; the children wait for it, and so does this process.
                log.error("%s", error)
        self._turned_at = time.monotonic()

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
            child.kill_tree()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(KILL_SECONDS)


@contextlib.contextmanager
def only_one(data: Path, part: str | None = None) -> Iterator[None]:
    """The right to serve a data folder, or a part of that right. The parts run beside each other, and nothing that
    wants the whole runs beside a part.

    Raises :class:`ConfigurationError` where another process has it.
    """
    with contextlib.ExitStack() as held:
        _take(held, data, "serve.lock", fcntl.LOCK_SH if part else fcntl.LOCK_EX)
        if part:
            lock = _take(held, data, _lock_of(part), fcntl.LOCK_EX)
            with contextlib.suppress(OSError):  # of a full disk: only the doctor misses it
                lock.truncate(0)
                lock.write(f"{socket.gethostname()}\n")
                lock.flush()
        yield


def parts_running(data: Path) -> dict[str, str]:
    """The parts that run on a data folder, each with the name of the machine or container that it runs on: "" for a
    whole ``serve``, whose machine is this one unless it shares the folder with others."""
    with (data / "serve.lock").open("a") as whole:
        if _is_free(whole, fcntl.LOCK_EX):
            return {}
        if not _is_free(whole, fcntl.LOCK_SH):
            return dict.fromkeys(PARTS, "")
    found = {}
    for part in PARTS:
        with (data / _lock_of(part)).open("a+") as lock:
            if not _is_free(lock, fcntl.LOCK_EX):
                lock.seek(0)
                found[part] = lock.read().strip()
    return found


def _lock_of(part: str) -> str:
    return f"serve-{part}.lock"


def _is_free(lock: IO[str], way: int) -> bool:
    try:
        fcntl.flock(lock, way | fcntl.LOCK_NB)
    except OSError:
        return False
    fcntl.flock(lock, fcntl.LOCK_UN)
    return True


def _take(held: contextlib.ExitStack, data: Path, name: str, way: int) -> IO[str]:
    lock = held.enter_context((data / name).open("a"))
    try:
        fcntl.flock(lock, way | fcntl.LOCK_NB)
    except OSError:
        raise ConfigurationError(
            f"scanpix already runs on SCANPIX_DATA={data}: stop it, or name another folder"
        ) from None
    return lock


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


def children(project: Path, host: str, port: int, part: str | None = None) -> list[Child]:
    """Web, which answers at ``host`` and ``port``, and the workers; or of these only a part."""
    manage = [sys.executable, str(project / "manage.py")]
    gunicorn = [sys.executable, "-m", "gunicorn", "scanpix.wsgi", "--config", "python:scanpix.runtime.web"]
    everyone = [
        Child("web", gunicorn, watch=HttpWatch(host, port)),
        Child("worker", [*manage, "qcluster"], {"Q_CLUSTER_NAME": "default"}, PipeWatch()),
        Child("ml worker", [*manage, "qcluster"], {"Q_CLUSTER_NAME": "ml"}, PipeWatch()),
    ]
    return [child for child in everyone if part in {None, "web" if child.name == "web" else "workers"}]
