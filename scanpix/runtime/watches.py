"""How the supervisor hears of a child: by a pipe that the child writes to, or by asking its address.

Neither waits, so that one silent child does not keep the supervisor from the others.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Sequence
from typing import Protocol

ASK_SECONDS = 5.0
ANSWER_SECONDS = 10.0


class Watch(Protocol):
    """The way to hear of one child, from start to start of it."""

    def begin(self) -> tuple[Sequence[str], Sequence[int]]:
        """Before a start: words to add to the command, and descriptors to hand over."""

    def started(self) -> None:
        """The child has them now."""

    def heard(self) -> bool:
        """Whether the child has given a sign since the last call."""


class PipeWatch:
    """The child gets ``--sign-of-life FD`` and writes anything to that descriptor now and then."""

    def __init__(self) -> None:
        self._reader: int | None = None
        self._writer: int | None = None

    def begin(self) -> tuple[Sequence[str], Sequence[int]]:
        self._close()
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        return ["--sign-of-life", str(self._writer)], [self._writer]

    def started(self) -> None:
        if self._writer is not None:
            os.close(self._writer)
            self._writer = None

    def heard(self) -> bool:
        heard = False
        with contextlib.suppress(BlockingIOError):
            while self._reader is not None and os.read(self._reader, 4096):
                heard = True
        return heard

    def _close(self) -> None:
        for descriptor in (self._reader, self._writer):
            if descriptor is not None:
                os.close(descriptor)


class HttpWatch:
    """Asks ``path`` at ``host`` and ``port`` every few seconds.

    Any answer counts, also that the database is away: a new start of the web server would not help there.
    """

    def __init__(self, host: str, port: int, path: str = "/health/") -> None:
        self._address = (host, port)
        name = f"[{host}]" if ":" in host else host
        self._request = f"GET {path} HTTP/1.0\r\nHost: {name}:{port}\r\n\r\n".encode()
        self._socket: socket.socket | None = None
        self._sent = False
        self._asked_at = 0.0

    def begin(self) -> tuple[Sequence[str], Sequence[int]]:
        self._hang_up()
        return [], []

    def started(self) -> None:
        """It needs nothing of us."""

    def heard(self) -> bool:
        now = time.monotonic()
        if self._socket is None:
            if now - self._asked_at >= ASK_SECONDS:
                self._asked_at = now
                try:
                    self._call()
                except OSError:  # no such name or no such network: nothing can be heard
                    self._hang_up()
            return False
        try:
            answered = self._listen(self._socket)
        except BlockingIOError:
            if now - self._asked_at > ANSWER_SECONDS:
                self._hang_up()
            return False
        except OSError:
            answered = False
        self._hang_up()
        return answered

    def _call(self) -> None:
        family = socket.AF_INET6 if ":" in self._address[0] else socket.AF_INET
        self._socket, self._sent = socket.socket(family, socket.SOCK_STREAM), False
        self._socket.setblocking(False)
        self._socket.connect_ex(self._address)

    def _listen(self, one: socket.socket) -> bool:
        """Whether this is an answer. Raises ``BlockingIOError`` while there is none."""
        if not self._sent:
            try:
                one.sendall(self._request)
            except OSError as error:
                if one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
                    raise BlockingIOError from error  # not connected yet
                raise
            self._sent = True
        return one.recv(16).startswith(b"HTTP/")

    def _hang_up(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
