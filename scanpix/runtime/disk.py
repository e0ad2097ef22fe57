"""Whether there is room on the disk, and which errors mean that there is none."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psycopg

MB = 1_000_000
SMALL_DISK_SHARE = 0.1
"""Of a disk so small that what is kept free would be most of it, only so much is kept."""
LEAST_FILES = 1_000
"""A batch of thumbnails makes some thirty files, the database a few; a disk may be out of these before it is full."""
OUT_OF_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class Shortage:
    """A folder on whose file system too little is free. Sizes are in bytes; ``files`` tells that it takes no more
    files, whatever their size."""

    folder: Path
    free: int
    needed: int
    files: bool = False

    def __str__(self) -> str:
        if self.files:
            return f"the disk of {self.folder} takes no more files (it is out of inodes)"
        return (
            f"the disk of {self.folder} is nearly full: {self.free // MB} MB are free, {self.needed // MB} MB are kept"
        )


def shortage(folders: Iterable[Path], least_mb: int) -> Shortage | None:
    """The first of ``folders`` with less than ``least_mb`` MB free (on a small disk, a tenth of it); those that do not
    exist yet are where they would be made. 0 switches the check off. A file system that tells no size has room."""
    for folder in folders if least_mb else ():
        try:
            found = os.statvfs(_existing(folder))
        except OSError:
            # Whatever is wrong with it is told by who uses it.
            continue
        free, whole = found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize
        needed = _kept(whole, least_mb)
        if whole and free < needed:
            return Shortage(folder, free, needed)
        if found.f_files and found.f_favail < min(LEAST_FILES, found.f_files * SMALL_DISK_SHARE):
            return Shortage(folder, free, needed, files=True)
    return None


def room(folder: Path, least_mb: int) -> tuple[int, int]:
    """Bytes that are free for us on the disk of ``folder``, and how many of them are kept. Raises ``OSError``."""
    found = os.statvfs(_existing(folder))
    return found.f_bavail * found.f_frsize, _kept(found.f_blocks * found.f_frsize, least_mb)


def _kept(whole: int, least_mb: int) -> int:
    return int(min(least_mb * MB, whole * SMALL_DISK_SHARE))


def _existing(folder: Path) -> Path:
    return next((one for one in (folder, *folder.parents) if one.exists()), Path("/"))


def is_full(error: BaseException) -> bool:
    """Whether an error, or what caused it, says that a disk or a quota is full: the system's or PostgreSQL's."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, psycopg.errors.DiskFull) or (isinstance(cause, OSError) and cause.errno in OUT_OF_ROOM):
            return True
        cause = cause.__cause__
    return False
