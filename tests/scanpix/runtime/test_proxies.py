"""Who is believed about the client: proxies that were named, over the web server as it is run, and nobody else."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest

from scanpix.runtime import proxies
from scanpix.runtime.env import ConfigurationError
from scanpix.runtime.proxies import TrustedProxies, address_of
from tests.scanpix.starting import PROJECT, environment
from tests.waiting import PATIENCE, until

PROXY, STRANGER = "127.0.0.2", "127.0.0.1"
"""All of 127/8 is this machine, so that one can be two."""
HEADERS = {
    "X-Forwarded-For": "198.51.100.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "photos.home.arpa",
    "X-Forwarded-Port": "443",
    "X-Real-IP": "198.51.100.7",
    "Forwarded": "for=198.51.100.7;proto=https",
}


@contextmanager
def served(data: Path, application: str, **variables: str) -> Iterator[int]:
    """The port on which gunicorn serves an application with the configuration of scanpix."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    surroundings = environment(
        data, SCANPIX_PORT=str(port), DJANGO_SETTINGS_MODULE="scanpix.settings", DATABASE_URL=nowhere(), **variables
    )
    command = [sys.executable, "-m", "gunicorn", application, "--config", "python:scanpix.runtime.web"]
    process = subprocess.Popen(command, cwd=PROJECT, env=surroundings, stderr=subprocess.DEVNULL)
    try:
        until(lambda: process.poll() is not None or listens(port))
        assert process.poll() is None
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE)


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
    except ConnectionRefusedError:
        return False
    return True


def nowhere() -> str:
    """A database that does not answer: nothing here asks it anything."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"postgres://anna@127.0.0.1:{free.getsockname()[1]}/none"


def ask(port: int, peer: str, path: str = "/", **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE, source_address=(peer, 0))
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.body = answer.read()  # type: ignore[attr-defined]
    connection.close()
    return answer


def seen(port: int, peer: str, **headers: str) -> dict[str, str]:
    return json.loads(ask(port, peer, **headers).body)  # type: ignore[attr-defined]


class TestOverTheWebServer:
    @pytest.fixture(scope="class")
    def port(self, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
        data = tmp_path_factory.mktemp("data")
        with served(
            data, "tests.scanpix.runtime.echo:application", SCANPIX_TRUSTED_PROXIES=f"{PROXY},10.1.0.0/16"
        ) as one:
            yield one

    def test_the_proxy_is_believed(self, port: int) -> None:
        told = seen(port, PROXY, **HEADERS)
        assert told == {
            "wsgi.url_scheme": "https",
            "REMOTE_ADDR": "198.51.100.7",
            "HTTP_HOST": "photos.home.arpa",
            "SCRIPT_NAME": "",
            "PATH_INFO": "/",
        }

    def test_a_stranger_is_not(self, port: int) -> None:
        told = seen(port, STRANGER, **HEADERS)
        assert told == {
            "wsgi.url_scheme": "http",
            "REMOTE_ADDR": STRANGER,
            "HTTP_HOST": f"127.0.0.1:{port}",
            "SCRIPT_NAME": "",
            "PATH_INFO": "/",
        }

    def test_headers_that_would_become_the_same_are_dropped(self, port: int) -> None:
        lines = {
            "X_Forwarded_For": "198.51.100.7",
            "X_Forwarded_Proto": "https",
            "Script_Name": "/x",
            "Path_Info": "/y",
        }
        for peer in (PROXY, STRANGER):
            told = seen(port, peer, **lines)
            assert (told["REMOTE_ADDR"], told["wsgi.url_scheme"]) == (peer, "http")
            assert (told["SCRIPT_NAME"], told["PATH_INFO"]) == ("", "/")

    @pytest.mark.parametrize(
        ("line", "client"),
        [
            ("203.0.113.9, 198.51.100.7", "198.51.100.7"),  # the first is what the client said of itself
            ("198.51.100.7, 10.1.2.3", "198.51.100.7"),  # a second proxy of ours
            ("10.1.2.4, 10.1.2.3", "10.1.2.4"),
            ("nonsense, 10.1.2.3", "10.1.2.3"),
            ("nonsense", PROXY),
            ("198.51.100.7:4711", "198.51.100.7"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("::ffff:198.51.100.7", "198.51.100.7"),
            ("", PROXY),
        ],
    )
    def test_the_last_that_is_no_proxy_is_the_client(self, port: int, line: str, client: str) -> None:
        assert seen(port, PROXY, **{"X-Forwarded-For": line})["REMOTE_ADDR"] == client

    @pytest.mark.parametrize(("value", "scheme"), [("https", "https"), ("http, https", "https"), ("gopher", "http")])
    def test_the_scheme(self, port: int, value: str, scheme: str) -> None:
        assert seen(port, PROXY, **{"X-Forwarded-Proto": value})["wsgi.url_scheme"] == scheme


def test_only_what_came_encrypted_is_told_to_stay_so(tmp_path: Path) -> None:
    """The portal itself: its database does not answer, and its headers tell how it took the request."""
    variables = {
        "SCANPIX_URL": "https://photos.home.arpa",
        "SCANPIX_HSTS_DAYS": "30",
        "SCANPIX_TRUSTED_PROXIES": PROXY,
    }
    with served(tmp_path, "scanpix.wsgi", **variables) as port:
        by_proxy = ask(port, PROXY, "/health/", **HEADERS)
        by_stranger = ask(port, STRANGER, "/health/", **HEADERS)
    assert (by_proxy.status, by_stranger.status) == (503, 503)
    assert by_proxy.headers["Strict-Transport-Security"] == "max-age=2592000"
    assert by_stranger.headers["Strict-Transport-Security"] is None


@pytest.mark.parametrize(
    "word", ["*", "0.0.0.0/0", "::/0", "10.0.0.0/33", "256.1.1.1", "https://proxy", "a b", "proxy:80", "-a"]
)
def test_what_names_no_proxy(word: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^SCANPIX_TRUSTED_PROXIES: "):
        TrustedProxies.parse("SCANPIX_TRUSTED_PROXIES", [word])


def test_networks_and_addresses() -> None:
    trusted = TrustedProxies.parse("X", ["172.18.0.0/16", "192.0.2.5", "2001:db8::/32", "172.20.0.9/16"])
    for address in ("172.18.3.4", "192.0.2.5", "2001:db8::1", "172.20.1.1"):
        assert ip_address(address) in trusted
    for address in ("172.19.0.1", "192.0.2.6", "2001:db9::1"):
        assert ip_address(address) not in trusted
    assert None not in trusted
    assert not TrustedProxies.parse("X", [])


def test_a_name_is_looked_up_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    trusted = TrustedProxies.parse("X", ["LocalHost"])
    assert ip_address("127.0.0.1") in trusted
    assert ip_address("127.0.0.2") not in trusted
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: [(2, 1, 6, "", ("127.0.0.2", 0))])
    assert ip_address("127.0.0.2") not in trusted
    later = time.monotonic() + proxies.LOOKUP_SECONDS
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert ip_address("127.0.0.2") in trusted


def test_a_name_without_an_address_is_nobody() -> None:
    assert ip_address("127.0.0.1") not in TrustedProxies.parse("X", ["no-such-name.invalid"])


def test_addresses() -> None:
    assert address_of("fe80::1%eth0") == ip_address("fe80::1")
    assert address_of('"[2001:db8::1]:80"') == ip_address("2001:db8::1")
    assert address_of("unix:") is None
    assert address_of("") is None
