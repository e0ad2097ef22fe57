"""Clients that ask and take nothing do not keep others out."""

from __future__ import annotations

import http.client
import socket
from contextlib import ExitStack
from pathlib import Path

from tests.scanpix.runtime.flood import PIECE, PIECES
from tests.scanpix.runtime.test_proxies import served
from tests.waiting import PATIENCE

FLOOD = "tests.scanpix.runtime.flood:application"


def test_as_many_as_there_are_threads(tmp_path: Path) -> None:
    with served(tmp_path, FLOOD, FLOOD_SECONDS="2", SCANPIX_WEB_THREADS="2") as port, ExitStack() as stack:
        for _ in range(2):
            idle = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            idle.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert idle.recv(10) == b"HTTP/1.1 2"
        other = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        other.request("GET", "/small")
        assert other.getresponse().read() == b"ok"


def test_who_takes_it_gets_all_of_it(tmp_path: Path) -> None:
    with served(tmp_path, FLOOD, FLOOD_SECONDS=str(PATIENCE)) as port:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        client.request("GET", "/")
        assert len(client.getresponse().read()) == len(PIECE) * PIECES
