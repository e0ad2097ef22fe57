"""Reads the files of a chunk in threads, in order, until the time is up."""

from __future__ import annotations

import errno
import logging
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from media_index.scanning.diff import ToRead
from media_index.scanning.fingerprint import Fingerprint, TooSlowError, fingerprint
from media_index.sources.base import SourceReader

log = logging.getLogger("media_index.scanning")

THREADS = 4
"""Reading and hashing give up the interpreter's lock; beyond four a single disk only seeks more."""
AHEAD = 2 * THREADS

Read = Fingerprint | str
"""A file's fingerprint, or the code (:mod:`media_index.reasons`) of why it could not be read."""


def read_files(
    reader: SourceReader, files: Sequence[ToRead], *, until: float, file_seconds: float = float("inf")
) -> Iterator[Read]:
    """What each of the first files is, in order. None is begun once ``time.monotonic()`` is beyond ``until``, but the
    first always is, so that every call gets on. A file that takes longer than ``file_seconds`` counts as unreadable."""
    waiting: deque[Future[Read]] = deque()
    following = iter(files)
    begun = 0
    with ThreadPoolExecutor(THREADS, thread_name_prefix="scan") as threads:
        while True:
            while len(waiting) < AHEAD and (not begun or time.monotonic() < until):
                file = next(following, None)
                if file is None:
                    break
                waiting.append(threads.submit(_read, reader, file, file_seconds))
                begun += 1
            if not waiting:
                return
            yield waiting.popleft().result()


def _read(reader: SourceReader, file: ToRead, seconds: float) -> Read:
    try:
        with reader.open(file.entry.raw_path) as handle:
            return fingerprint(handle, give_up_at=time.monotonic() + seconds)
    except TooSlowError:
        log.warning("%r takes longer than %.0f s to read", file.entry.path, seconds)
        return "unreadable"
    except OSError as error:
        log.info("%r cannot be read: %s", file.entry.path, error.strerror or error)
        return "vanished" if error.errno in (errno.ENOENT, errno.ENOTDIR) else "unreadable"
