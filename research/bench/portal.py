"""A portal of its own for a measurement: real processes on a data folder that goes away again."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
READY = re.compile(r"scanpix is ready: (\S+)")
CODE = re.compile(r"enter this code: (\S+)")


@dataclass
class Portal:
    """A running ``manage.py serve``. ``ready_at`` is the moment of its ready line, by ``time.monotonic()``."""

    data: Path
    process: subprocess.Popen[str]
    address: str = ""
    code: str = ""
    ready_at: float = 0.0
    lines: list[str] = field(default_factory=list)
    _ready: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line.rstrip())
            if found := READY.search(line):
                self.address, self.ready_at = found[1], time.monotonic()
            if found := CODE.search(line):
                self.code = found[1]
            if "Ctrl-C stops it" in line:
                self._ready.set()
        self._ready.set()

    def wait(self, seconds: float) -> None:
        if not self._ready.wait(seconds) or not self.address:
            raise RuntimeError("the portal did not start:\n" + "\n".join(self.lines[-20:]))

    def scalar(self, sql: str) -> int:
        """One number from its database."""
        from scanpix.runtime import postgres

        with postgres.connect(self.data) as connection:
            row = connection.execute(sql).fetchone()
        return int(row[0]) if row and row[0] is not None else 0


@contextmanager
def serving(data: Path, *arguments: str, port: int | None = None, **environment: str) -> Iterator[Portal]:
    """``manage.py serve`` until the block ends."""
    number = port or free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", *arguments],
        cwd=PROJECT,
        env={**os.environ, "SCANPIX_DATA": str(data), "SCANPIX_PORT": str(number), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    portal = Portal(data, process)
    threading.Thread(target=portal.read, daemon=True).start()
    try:
        portal.wait(300)
        yield portal
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_of(data: Path) -> list[int]:
    """All processes that work on a data folder: those that name it in environment or command, and their children."""
    marks = (f"SCANPIX_DATA={data}".encode(), os.fsencode(data))
    found = set()
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            text = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
        except (OSError, IndexError):
            continue
        if any(mark in text for mark in marks):
            found.add(int(folder.name))
    grown = True
    while grown:
        children = {pid for pid, parent in parents.items() if parent in found} - found
        grown = bool(children)
        found |= children
    return sorted(found - {os.getpid()})


def pss(pids: list[int]) -> dict[int, int]:
    """Proportional set size of each process, in bytes: shared pages are divided among those who share them."""
    sizes = {}
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        sizes[pid] = 1024 * int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)[1])  # type: ignore[index]
    return sizes


class PeakMemory:
    """The largest sum of PSS over these processes and all their children, looked at twice a second."""

    def __init__(self, data: Path, *, own: bool) -> None:
        self.data, self.own, self.peak = data, own, 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.5):
            pids = processes_of(self.data) + ([os.getpid()] if self.own else [])
            self.peak = max(self.peak, sum(pss(pids).values()))
