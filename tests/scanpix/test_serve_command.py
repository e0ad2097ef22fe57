"""What ``manage.py serve`` asks and tells, by whatever address it listens."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET, AF_INET6

import pytest
from django.conf import LazySettings
from django.http.request import split_domain_port

from scanpix.management.commands import serve
from scanpix.runtime.hosts import LOOPBACK


class Health(BaseHTTPRequestHandler):
    """Answers as Django does: to the names of :data:`LOOPBACK`, whatever SCANPIX_HOSTS says, and here to no others."""

    def do_GET(self) -> None:
        domain, _ = split_domain_port(self.headers["Host"])
        self.send_response(200 if domain in LOOPBACK and self.path == "/health/" else 400)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def listening(address: str) -> Iterator[int]:
    family = AF_INET6 if ":" in address else AF_INET
    server = type("Server", (ThreadingHTTPServer,), {"address_family": family})((address, 0), Health)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("bind", ["127.0.0.1", "127.0.0.2", "0.0.0.0", "localhost", "::1", "::"])
def test_it_asks_where_it_listens(settings: LazySettings, bind: str) -> None:
    settings.BIND = bind
    with listening({"localhost": "127.0.0.1"}.get(bind, bind)) as settings.PORT:
        assert serve._web_answers()
    assert not serve._web_answers()


@pytest.mark.parametrize(
    ("bind", "addresses"),
    [
        ("127.0.0.1", ["http://127.0.0.1:8123/"]),
        ("::1", ["http://[::1]:8123/"]),
        ("0.0.0.0", ["http://127.0.0.1:8123/", "http://192.0.2.10:8123/"]),
    ],
)
def test_the_welcome(settings: LazySettings, monkeypatch: pytest.MonkeyPatch, bind: str, addresses: list[str]) -> None:
    settings.BIND, settings.PORT = bind, 8123
    monkeypatch.setattr(serve, "lan_address", lambda: "192.0.2.10")
    for has_members in (True, False):
        said = io.StringIO()
        serve.Command(stderr=said)._welcome(has_members)
        lines = said.getvalue().splitlines()
        assert [line.rpartition(" ")[2] for line in lines if "is ready" in line] == addresses
        assert any("To make the first account" in line for line in lines) is not has_members
