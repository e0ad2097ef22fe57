"""Opens files in several child processes at once."""

from __future__ import annotations

import os
import queue
import tempfile
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from types import TracebackType

from media_index.decoding.child import DecoderChild
from media_index.decoding.decoded import Decoded
from media_index.errors import ExtractError

AHEAD = 2
"""Files worked on or waiting to be fetched per child: one being decoded while another is being looked at."""

MIN_MEMORY_MB = 256
"""A child takes 46 MB of address space after a JPEG of 12 megapixels and 168 MB after such a HEIC; with less, all files
would seem too large."""

_Job = tuple["Future[Decoded]", bytes, int]


class DecoderPool:
    """``size`` long-lived children, each with a thread that talks to it. Children start with the first file they get.

    They are made by ``subprocess``, so that a daemonic worker, which may not have children of multiprocessing, can use
    the pool; create it after a fork, not before. ``seconds`` is the time for one file, ``memory_mb`` the address space
    of a child, ``max_pixels`` the width times height from which on a picture is not opened. Pictures that take much
    memory are decoded one at a time, whatever ``size`` is.
    """

    def __init__(self, size: int, *, seconds: float, memory_mb: int, max_pixels: int) -> None:
        if size < 1 or seconds <= 0 or max_pixels < 1:
            raise ValueError("size, seconds and max_pixels must be positive")
        if memory_mb < MIN_MEMORY_MB:
            raise ValueError(f"memory_mb must be at least {MIN_MEMORY_MB}, not {memory_mb}")
        self.size = size
        self._owner = os.getpid()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._turn = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the pool)
        self._children = [
            DecoderChild(
                seconds=seconds,
                memory_mb=memory_mb,
                max_pixels=max_pixels,
                turn=self._turn.fileno(),
                patience=seconds * size,
            )
            for _ in range(size)
        ]
        self._threads = [
            threading.Thread(target=self._serve, args=(child,), name=f"decoder-{number}", daemon=True)
            for number, child in enumerate(self._children)
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> DecoderPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pids(self) -> list[int]:
        """The children that run now."""
        return [pid for child in self._children if (pid := child.pid) is not None]

    def submit(self, path: bytes | str | os.PathLike[str], pixels: int) -> Future[Decoded]:
        """Opens the file at ``path``, its longest side at most ``pixels``; with 0, only its header and tags.

        The future's error is an ExtractError, with the reasons of :func:`media_index.decoding.images.open_picture` or
        ``too_slow``, ``out_of_memory``, ``crashed``, ``unknown``, and a DecodeError where the file told something of
        itself all the same; or a DecoderUnavailableError if no child can be
        started. Raises RuntimeError when the pool is closed or was made before a fork, ValueError for negative
        ``pixels``.
        """
        if pixels < 0:
            raise ValueError(f"pixels must not be negative: {pixels}")
        if os.getpid() != self._owner:
            raise RuntimeError("the pool of decoders was made before a fork: its threads are not here")
        future: Future[Decoded] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the pool of decoders is closed")
            self._jobs.put((future, os.fsencode(path), pixels))
        return future

    def decode(self, requests: Iterable[tuple[bytes, int]]) -> Iterator[Decoded | ExtractError]:
        """For each ``(path, pixels)`` the picture or the reason why there is none, in their order.

        Works at most ``AHEAD`` files per child ahead of whoever consumes it, and takes no more of ``requests`` either.
        Raises DecoderUnavailableError if no child can be started.
        """
        window: deque[Future[Decoded]] = deque()
        try:
            for path, pixels in requests:
                if len(window) >= AHEAD * self.size:
                    yield _result(window.popleft())
                window.append(self.submit(path, pixels))
            while window:
                yield _result(window.popleft())
        finally:
            for future in window:
                future.cancel()

    def close(self) -> None:
        """Drops what waits, lets the files being opened finish (at most ``seconds``), and ends the children."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            for future in self._waiting():
                future.cancel()
            for _ in self._threads:
                self._jobs.put(None)
        for thread in self._threads:
            thread.join()
        self._turn.close()

    def _waiting(self) -> Iterator[Future[Decoded]]:
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return
            if job is not None:
                yield job[0]

    def _serve(self, child: DecoderChild) -> None:
        try:
            while (job := self._jobs.get()) is not None:
                future, path, pixels = job
                if not future.set_running_or_notify_cancel():
                    continue
                try:
                    future.set_result(child.decode(path, pixels))
                except Exception as error:  # the edge of the thread: whoever waits for the future gets it
                    future.set_exception(error)
        finally:
            child.close()


def _result(future: Future[Decoded]) -> Decoded | ExtractError:
    try:
        return future.result()
    except ExtractError as error:
        return error
