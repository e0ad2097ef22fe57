"""One child process of the pool, started when it is needed and started anew when it has died."""

from __future__ import annotations

import fcntl
import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from media_index.decoding.decoded import Decoded, DecodeError, Pixels
from media_index.decoding.protocol import LENGTH, MAX_HEADER_BYTES, Limits, Request
from media_index.errors import ExtractError

START_SECONDS = 60.0
"""Patience with a child that starts: 0.1 s on a PC, some seconds on a NAS that reads its disk for the first time."""
PIPE_BYTES = 1_048_576
"""Linux allows this without privileges (fs.pipe-max-size); 9 MB of pixels then pass in ten pieces, not in 140."""
_STOP_SECONDS = 5.0
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV")
"""All else stays away from a process that opens hostile files: keys and passwords sit in the environment."""
_ROOT = Path(__file__).resolve().parents[2]


class DecoderUnavailableError(RuntimeError):
    """The child cannot be started at all; that is no file's fault."""


class _LateError(Exception):
    pass


class _GoneError(Exception):
    pass


class DecoderChild:
    """Opens files in a process of its own. Not thread-safe; the thread that calls must live as long as the child,
    for Linux sends the parent-death signal when that *thread* ends.
    """

    def __init__(
        self,
        *,
        seconds: float,
        memory_mb: int,
        max_pixels: int,
        turn: int | None = None,
        patience: float = 0.0,
        output: int | None = None,
    ) -> None:
        """``turn`` is the file by which large pictures take turns, ``patience`` the seconds to wait for one's own.
        With ``output``, the descriptor of a file, pictures are written there as JPEG, and what :meth:`decode` answers
        has no pixels."""
        self._seconds = seconds
        self._memory_mb = memory_mb
        self._max_pixels = max_pixels
        self._turn = turn
        self._patience = patience
        self._output = output
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process that runs now, if one does."""
        return None if self._process is None else self._process.pid

    def decode(self, path: bytes, pixels: int) -> Decoded:
        """See :meth:`media_index.decoding.pool.DecoderPool.submit`."""
        process = self._running()
        deadline = time.monotonic() + self._seconds
        try:
            _send(process, Request(path, pixels).to_line())
            return self._receive(process, pixels, deadline)
        except _LateError:
            self.close()
            raise ExtractError("too_slow", f"stopped after {self._seconds:g} s") from None
        except _GoneError:
            raise ExtractError("crashed", self._bury()) from None
        except (ValueError, LookupError, TypeError) as error:  # an answer that is none
            self.close()
            raise ExtractError("crashed", f"the decoder answered nonsense: {error}") from error

    def close(self) -> None:
        """Ends the process; the next :meth:`decode` starts another."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        self._process = process = self._start()
        try:
            ready = _receive_header(process, time.monotonic() + START_SECONDS)
        except (_LateError, _GoneError) as error:
            detail = self._bury() if isinstance(error, _GoneError) else f"silent for {START_SECONDS:g} s"
            self.close()
            raise DecoderUnavailableError(
                f"the decoder does not start ({detail}); with {self._memory_mb} MB of memory it may have too little"
            ) from None
        if ready != {"ready": True}:
            self.close()
            raise DecoderUnavailableError("the decoder does not speak our protocol")
        return process

    def _start(self) -> subprocess.Popen[bytes]:
        limits = Limits(self._memory_mb, self._max_pixels, os.getpid(), self._turn, self._output)
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", "media_index.decoding.worker", limits.to_argument()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                env=_environment(),
                pass_fds=tuple(one for one in (self._turn, self._output) if one is not None),
            )
        except OSError as error:
            raise DecoderUnavailableError(f"the decoder cannot be started: {error}") from error
        if sys.platform == "linux" and process.stdout is not None:
            try:
                fcntl.fcntl(process.stdout.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)
            except OSError:
                return process  # the user has used up his share of pipe memory; a small pipe is only slower
        return process

    def _receive(self, process: subprocess.Popen[bytes], pixels: int, deadline: float) -> Decoded:
        header = _receive_header(process, deadline)
        if header.get("waits"):
            # Its own time counts from its turn on; what it waits for is bounded by the time of the others.
            header = _receive_header(process, time.monotonic() + self._patience)
            deadline = time.monotonic() + self._seconds
            if header == {"waits": False}:
                header = _receive_header(process, deadline)
        if "error" in header:
            if header["error"] == "out_of_memory":
                self.close()  # its memory may be in pieces, and the next file deserves a fresh one
            known = _decoded(header, np.empty((0, 0, 3), dtype=np.uint8)) if "tags" in header else None
            raise DecodeError(str(header["error"]), str(header.get("detail", "")), known)
        rows, columns = int(header["rows"]), int(header["columns"])
        if not (0 <= rows <= pixels and 0 <= columns <= pixels):
            self.close()
            raise ExtractError("crashed", f"the decoder answered {columns} x {rows} pixels")
        array: Pixels = np.empty((rows, columns, 3), dtype=np.uint8)
        _read_into(process, array.reshape(-1).data, deadline)
        return _decoded(header, array)

    def _bury(self) -> str:
        """How the process ended, after it stopped answering."""
        process = self._process
        if process is None:
            return "it was closed"
        try:
            code = process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            code = None
        self.close()
        if code is None:
            return "it closed its output"
        return f"ended by signal {-code}" if code < 0 else f"ended with exit code {code}"


def _decoded(header: dict[str, Any], pixels: Pixels) -> Decoded:
    return Decoded(
        pixels=pixels,
        width=header["width"],
        height=header["height"],
        format=header["format"],
        mime=header["mime"],
        orientation=header["orientation"],
        frames=header["frames"],
        tags={name: tuple(value) if isinstance(value, list) else value for name, value in header["tags"].items()},
    )


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, (str(_ROOT), kept.get("PYTHONPATH"))))
    # glibc reserves address space for each thread's arena, and address space is what is limited.
    # Threads of numpy, LibRaw and libvips take some, too, and there is a child per core already.
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "VIPS_CONCURRENCY": "1"}
    return kept | threads | {"MALLOC_ARENA_MAX": "2", "PYTHONDONTWRITEBYTECODE": "1"}


def _send(process: subprocess.Popen[bytes], line: bytes) -> None:
    assert process.stdin is not None
    try:
        process.stdin.write(line)
    except BrokenPipeError:
        raise _GoneError from None


def _receive_header(process: subprocess.Popen[bytes], deadline: float) -> dict[str, Any]:
    length = bytearray(LENGTH.size)
    _read_into(process, memoryview(length), deadline)
    (size,) = LENGTH.unpack(length)
    if size > MAX_HEADER_BYTES:
        raise _GoneError
    body = bytearray(size)
    _read_into(process, memoryview(body), deadline)
    header: dict[str, Any] = json.loads(body)
    return header


def _read_into(process: subprocess.Popen[bytes], buffer: memoryview, deadline: float) -> None:
    """Fills ``buffer`` from the child, or raises when the child is late or gone."""
    assert process.stdout is not None
    poll = select.poll()
    poll.register(process.stdout.fileno(), select.POLLIN)
    done = 0
    while done < len(buffer):
        remaining = deadline - time.monotonic()
        if remaining <= 0 or not poll.poll(remaining * 1000):
            raise _LateError
        count = os.readv(process.stdout.fileno(), [buffer[done:]])
        if count == 0:
            raise _GoneError
        done += count
