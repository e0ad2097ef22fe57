"""By which names a browser may come."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from django.http.request import split_domain_port, validate_host

from scanpix.runtime import hosts
from scanpix.runtime.hosts import LOOPBACK, in_url, lan_address, own_names


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "NAS")
    monkeypatch.setattr(hosts, "lan_address", lambda: "192.0.2.10")


def accepted(header: str, bind: str) -> bool:
    """As Django answers for a ``Host`` header."""
    domain, _ = split_domain_port(header)
    return bool(domain) and validate_host(domain, [*LOOPBACK, *own_names(bind)])


@pytest.mark.parametrize("bind", ["127.0.0.1", "localhost", "::1"])
def test_the_loopback_adds_none(bind: str) -> None:
    assert own_names(bind) == []


@pytest.mark.parametrize("bind", ["0.0.0.0", "::"])
def test_all_networks_add_the_name_and_the_address(bind: str) -> None:
    assert own_names(bind) == ["nas", "nas.local", "192.0.2.10"]


def test_where_no_network_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts, "lan_address", lambda: None)
    assert own_names("0.0.0.0") == ["nas", "nas.local"]


def test_one_address_adds_itself() -> None:
    assert own_names("192.0.2.20") == ["nas", "nas.local", "192.0.2.20"]


@pytest.mark.parametrize(
    ("header", "bind", "answer"),
    [
        ("localhost:8000", "127.0.0.1", True),
        ("[::1]:8000", "::1", True),
        ("192.0.2.10:8000", "0.0.0.0", True),
        ("NAS.local:8000", "0.0.0.0", True),
        ("[2001:db8::5]:8000", "2001:db8::5", True),
        ("192.0.2.10:8000", "127.0.0.1", False),
        ("evil.example", "0.0.0.0", False),
        ("[2001:db8::6]:8000", "2001:db8::5", False),
    ],
)
def test_what_a_browser_may_say(header: str, bind: str, answer: bool) -> None:
    assert accepted(header, bind) is answer


def test_in_urls_ipv6_stands_in_brackets() -> None:
    assert [in_url(name) for name in ("nas.local", "192.0.2.1", "2001:db8::5")] == [
        "nas.local", "192.0.2.1", "[2001:db8::5]",
    ]  # fmt: skip


def test_the_address_on_the_lan_is_one_or_none() -> None:
    found = lan_address()
    assert found is None or ipaddress.IPv4Address(found)


def test_a_machine_without_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unreachable(socket.socket):
        def connect(self, address: object) -> None:
            raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket, "socket", Unreachable)
    assert lan_address() is None
