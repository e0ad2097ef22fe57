"""Reads the files of a chunk in threads, in order, until the time is up."""

from __future__ import annotations

import errno
import logging
import os
import time
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO

from media_index.scanning.diff import ToRead
from media_index.scanning.fingerprint import Fingerprint, TooSlowError, fingerprint
from media_index.sources.base import Entry, SourceReader
from media_index.sources.patience import Call, Progress, give_up, hanging

log = logging.getLogger("media_index.scanning")

THREADS = 4
"""Reading and hashing give up the interpreter's lock; beyond four a single disk only seeks more."""
STUCK_SECONDS = 60.0
"""A file of which no block came for so long hangs: a disk that sleeps is up within some 10 s."""
AHEAD = 4 * THREADS
LOOK_SECONDS = 0.1


class Later(Enum):
    """Why a file is left for another look: somebody is writing it, or it went while it was being read."""

    BEING_WRITTEN = "being written"
    WENT = "went"


Read = Fingerprint | str | Later
"""A file's fingerprint, or the code (:mod:`media_index.reasons`) of why it could not be read, or that it must wait."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``until``: no file is begun once ``time.monotonic()`` is beyond it. ``file_seconds``: what takes longer to read
    counts as unreadable. ``settle_seconds``: what was written to within that time may be half a file."""

    until: float = float("inf")
    file_seconds: float = float("inf")
    settle_seconds: float = 0.0


def read_files(reader: SourceReader, files: Sequence[ToRead], limits: Limits, *, place: str) -> Iterator[Read]:
    """What each of the first files is, in order; the first always, so that every call gets on.

    ``place`` names the source. Raises :class:`media_index.sources.patience.HangingError` when it does not answer.
    """
    waiting: deque[tuple[Call[Read], Progress]] = deque()
    following = iter(files)
    begun = 0
    while True:
        while _has_room(waiting) and (not begun or time.monotonic() < limits.until):
            file = next(following, None)
            if file is None:
                break
            waiting.append(_begin(reader, file, limits))
            begun += 1
        if not waiting:
            return
        call, progress = waiting[0]
        if call.wait(LOOK_SECONDS):
            waiting.popleft()
            yield call.result()
        elif time.monotonic() - progress.at > STUCK_SECONDS or hanging(place):
            errors = [give_up(place, left) for left, _ in waiting if not left.done]
            if errors:
                raise errors[0]


def _has_room(waiting: Collection[tuple[Call[Read], Progress]]) -> bool:
    """Whether another file may be begun: a long one does not keep the others waiting, but for so many."""
    return len(waiting) < AHEAD and sum(not call.done for call, _ in waiting) < THREADS


def _begin(reader: SourceReader, file: ToRead, limits: Limits) -> tuple[Call[Read], Progress]:
    progress = Progress()
    return Call(lambda: _read(reader, file.entry, limits, progress), name="scan"), progress


def _read(reader: SourceReader, entry: Entry, limits: Limits, progress: Progress) -> Read:
    if _is_fresh(entry.mtime_ns, limits.settle_seconds):
        return Later.BEING_WRITTEN
    try:
        with reader.open(entry.raw_path) as handle:
            found = fingerprint(handle, give_up_at=time.monotonic() + limits.file_seconds, tell=progress.tell)
            return found if _is_still(handle, entry, found.size) else Later.BEING_WRITTEN
    except TooSlowError:
        log.warning("%r takes longer than %.0f s to read", entry.path, limits.file_seconds)
        return "unreadable"
    except OSError as error:
        log.info("%r cannot be read: %s", entry.path, error.strerror or error)
        return Later.WENT if error.errno in (errno.ENOENT, errno.ENOTDIR) else "unreadable"


def _is_fresh(mtime_ns: int, seconds: float) -> bool:
    """Whether the file was written to just now. The clock of a NAS may be a little ahead; what is dated far in the
    future was so by a camera."""
    return abs(time.time_ns() - mtime_ns) < seconds * 1e9


def _is_still(handle: BinaryIO, entry: Entry, size: int) -> bool:
    """Whether the file is the one that was listed, after all of it was read."""
    try:
        found = os.fstat(handle.fileno())
    except (AttributeError, OSError):  # no file of this machine
        return size == entry.size
    return found.st_size == entry.size == size and found.st_mtime_ns == entry.mtime_ns
