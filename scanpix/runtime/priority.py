"""Makes way for everything else on the machine: a lower share of the processor and of the disks."""

from __future__ import annotations

import ctypes
import os
import platform
import sys

IOPRIO_SET = {"x86_64": 251, "aarch64": 30, "riscv64": 30, "armv7l": 314, "armv6l": 314, "i686": 289}
"""The number of the system call ``ioprio_set``, for which the C library has no function; from each <asm/unistd.h>."""
WHO_PROCESS = 1
CLASS_IDLE = 3 << 13
"""Served when nobody else asks for the disk. From <linux/ioprio.h>; schedulers that know no classes ignore it."""


def make_way(niceness: int) -> None:
    """Lower this thread, and the threads and processes that it starts from now on, to ``niceness`` (1 to 19), and its
    reading and writing below all others'. 0 leaves all as it is; what is lower already stays."""
    if not niceness:
        return
    if niceness > os.getpriority(os.PRIO_PROCESS, 0):
        os.setpriority(os.PRIO_PROCESS, 0, niceness)
    call = IOPRIO_SET.get(platform.machine())
    if sys.platform == "linux" and call is not None:
        # Where it is forbidden (a sandbox), the disk is shared as before: only the wish is lost.
        ctypes.CDLL(None, use_errno=True).syscall(call, WHO_PROCESS, 0, CLASS_IDLE)
