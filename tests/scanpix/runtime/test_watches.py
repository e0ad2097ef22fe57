"""How the supervisor hears of its children, over real pipes and sockets."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from scanpix.runtime import watches
from scanpix.runtime.guard import sign_of_life
from scanpix.runtime.watches import HttpWatch, PipeWatch
from tests.waiting import until


class Refusing(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(503)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watches, "ASK_SECONDS", 0.05)
    monkeypatch.setattr(watches, "ANSWER_SECONDS", 0.2)


@pytest.fixture
def refusing() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Refusing)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


class TestPipe:
    def test_it_hears_what_the_child_writes_and_only_once(self) -> None:
        watch = PipeWatch()
        words, (descriptor,) = watch.begin()
        assert words == ["--sign-of-life", str(descriptor)]
        tell = sign_of_life(os.dup(descriptor))
        watch.started()
        assert not watch.heard()
        tell()
        tell()
        assert watch.heard()
        assert not watch.heard()

    def test_a_child_that_is_gone_says_nothing(self) -> None:
        watch = PipeWatch()
        watch.begin()
        watch.started()
        assert not watch.heard()

    def test_the_next_child_has_a_pipe_of_its_own(self) -> None:
        watch = PipeWatch()
        _, (first,) = watch.begin()
        old = os.dup(first)
        watch.started()
        watch.begin()
        sign_of_life(old)()
        assert not watch.heard()

    def test_a_reader_that_is_slow_does_not_hold_up_the_child(self) -> None:
        reader, writer = os.pipe()
        tell = sign_of_life(writer)
        for _ in range(100_000):
            tell()
        os.close(reader)
        tell()
        os.close(writer)

    def test_without_a_supervisor_there_is_nobody_to_tell(self) -> None:
        sign_of_life(None)()


class TestHttp:
    def test_any_answer_counts(self, refusing: int) -> None:
        watch = HttpWatch("127.0.0.1", refusing)
        watch.begin()
        until(watch.heard)
        until(watch.heard)

    def test_nobody_listens(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            watch = HttpWatch("127.0.0.1", free.getsockname()[1])
            began = time.monotonic()
            while time.monotonic() - began < 0.5:
                assert not watch.heard()

    def test_one_that_takes_calls_and_does_not_answer(self) -> None:
        """It is called again and again, and none of the calls waits."""
        with socket.create_server(("127.0.0.1", 0)) as silent:
            silent.setblocking(False)
            watch = HttpWatch("127.0.0.1", silent.getsockname()[1])
            taken: list[socket.socket] = []

            def called_twice() -> bool:
                assert not watch.heard()
                assert watch._socket is None or watch._socket.gettimeout() == 0
                with contextlib.suppress(BlockingIOError):
                    taken.append(silent.accept()[0])
                return len(taken) == 2

            until(called_twice)
            for one in taken:
                one.close()

    def test_a_name_that_is_none(self) -> None:
        watch = HttpWatch("no such name", 80)
        assert not watch.heard()
        time.sleep(0.1)
        assert not watch.heard()
