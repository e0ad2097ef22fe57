"""Making way, in a process of its own: there is no way back."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

OURS = os.getpriority(os.PRIO_PROCESS, 0)
"""The whole run may have made way already."""
PROGRAM = """
import ctypes, os, platform, subprocess, sys, threading
from scanpix.runtime.priority import make_way
for niceness in map(int, sys.argv[1:]):
    make_way(niceness)
def tell():
    get = {"x86_64": 252, "aarch64": 31}.get(platform.machine())
    disk = ctypes.CDLL(None).syscall(get, 1, 0) >> 13 if get else 3
    print(os.getpriority(os.PRIO_PROCESS, 0), disk, flush=True)
tell()
thread = threading.Thread(target=tell); thread.start(); thread.join()
subprocess.run([sys.executable, "-c", "import os; print(os.getpriority(os.PRIO_PROCESS, 0))"], check=True)
"""


def told(*niceness: int) -> list[str]:
    command = [sys.executable, "-c", PROGRAM, *map(str, niceness)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.skipif(sys.platform != "linux", reason="reads it back by a system call of Linux")
def test_threads_and_processes_inherit_it() -> None:
    lowered, idle = max(10, OURS), 3
    assert told(10) == [f"{lowered} {idle}", f"{lowered} {idle}", f"{lowered}"]


def test_zero_changes_nothing() -> None:
    assert told(0) == told()


def test_never_up_again() -> None:
    assert told(12, 5)[-1] == str(max(12, OURS))
