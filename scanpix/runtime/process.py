"""What Linux tells of processes, and how they end together. On other systems these tell nothing and do nothing."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
"""From <linux/prctl.h>."""
NAME_BYTES = 15
KEEPER = b"scanpix.runtime.keeper"
"""In the command of the process that owns the embedded server: it outlives whoever started it, on purpose."""

_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Running:
    """A process: its parent, its state (a letter of proc(5), ``T`` is stopped) and its processor time in ticks."""

    pid: int
    parent: int
    state: str
    ticks: int


def die_with_parent(number: signal.Signals, *, parent: int | None = None) -> None:
    """Have the kernel send ``number`` to this process when the thread that started it ends. Linux; elsewhere nothing.

    To be called in the child, after any change of user (which would clear it). With ``parent``, the process that it
    came from, it ends at once where that one is gone already.
    """
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if parent is not None and os.getppid() != parent:
            os._exit(1)


def call_me(name: str) -> None:
    """Show this process as ``name`` (its first 15 bytes) in ``top`` and ``ps -o comm``."""
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_NAME, ctypes.create_string_buffer(name.encode()[:NAME_BYTES]), 0, 0, 0)


def forks_die_with_us() -> None:
    """From here on every fork of this process, and every fork of these, is killed when the one it came from ends."""
    origin = 0

    def before() -> None:
        nonlocal origin
        origin = os.getpid()

    os.register_at_fork(before=before, after_in_child=lambda: die_with_parent(signal.SIGKILL, parent=origin))


def look_at(pid: int) -> Running | None:
    """This process as it is now; None where it is gone, or nothing is told of it."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return None
    return Running(pid, int(fields[1]), fields[0], int(fields[11]) + int(fields[12]))


def forks_of(pid: int) -> list[int]:
    """What the main thread of this process has started and not yet waited for. None where the kernel does not tell."""
    try:
        return [int(word) for word in (_PROC / str(pid) / "task" / str(pid) / "children").read_text().split()]
    except OSError:
        return []


def tree_of(pid: int) -> list[Running]:
    """The process and all that come from it, whatever their groups and sessions, without the keeper of the database."""
    if not _PROC.is_dir():
        return []
    everything = [seen for entry in _PROC.iterdir() if entry.name.isdigit() and (seen := look_at(int(entry.name)))]
    children: dict[int, list[Running]] = {}
    for one in everything:
        children.setdefault(one.parent, []).append(one)
    tree = [one for one in everything if one.pid == pid]
    for one in tree:
        tree += [child for child in children.get(one.pid, []) if not _is_keeper(child.pid)]
    return tree


def kill_tree(pid: int) -> None:
    """Kill the group that ``pid`` leads and all that come from it."""
    pids = [one.pid for one in tree_of(pid)]
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    for one in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


def _is_keeper(pid: int) -> bool:
    try:
        return KEEPER in (_PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return False
