"""Whose word is taken for who asks, and how: ``X-Forwarded-*`` of trusted proxies, and of nobody else.

Stands around the whole application, because what Django (``SECURE_PROXY_SSL_HEADER``, ``USE_X_FORWARDED_HOST``) offers
believes whoever sends the header; gunicorn's ``forwarded_allow_ips`` looks at the peer, but knows neither the client's
address nor names of hosts, and containers change their addresses.
"""

from __future__ import annotations

import ipaddress
import logging
import socket
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from scanpix.runtime.env import ConfigurationError
from scanpix.runtime.portal_url import NAME

log = logging.getLogger("scanpix.proxies")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

FOR, PROTO, HOST = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST"
FORWARDED = (FOR, PROTO, HOST, "HTTP_X_FORWARDED_PORT", "HTTP_X_FORWARDED_SSL", "HTTP_X_REAL_IP", "HTTP_FORWARDED")
"""What proxies tell. The last four are read by nothing here, and nothing may come to read them by accident."""
LOOKUP_SECONDS = 10.0
"""How long the addresses of a name are kept: a container that is made anew comes back with another one."""


@dataclass(slots=True)
class TrustedProxies:
    """Networks, and names of hosts that are looked up when somebody claims to forward."""

    networks: Sequence[Network] = ()
    names: Sequence[str] = ()
    _found: dict[str, tuple[float, frozenset[Address]]] = field(default_factory=dict)

    @classmethod
    def parse(cls, name: str, words: Iterable[str]) -> TrustedProxies:
        """Addresses, networks such as ``172.18.0.0/16``, and names of hosts.

        Raises :class:`ConfigurationError` for anything else, and for what would trust everyone.
        """
        networks: list[Network] = []
        names: list[str] = []
        for word in words:
            try:
                network = ipaddress.ip_network(word, strict=False)
            except ValueError:
                if not NAME.fullmatch(word.lower()) or word.replace(".", "").isdigit():
                    raise ConfigurationError(
                        f"{name}: {word!r} is no address, network or host name of a proxy"
                    ) from None
                names.append(word.lower())
                continue
            if network.prefixlen == 0:
                raise ConfigurationError(f"{name}: {word!r} would believe everyone; name the proxy itself")
            networks.append(network)
        return cls(networks, names)

    def __bool__(self) -> bool:
        return bool(self.networks or self.names)

    def __contains__(self, address: object) -> bool:
        if not isinstance(address, Address):
            return False
        return any(address in network for network in self.networks) or any(
            address in self._addresses(name) for name in self.names
        )

    def _addresses(self, name: str) -> frozenset[Address]:
        until, addresses = self._found.get(name, (0.0, frozenset()))
        if time.monotonic() < until:
            return addresses
        try:
            answers = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        except OSError as error:
            log.debug("%s has no address now: %s", name, error)
            answers = []
        addresses = frozenset(filter(None, (address_of(str(answer[4][0])) for answer in answers)))
        self._found[name] = (time.monotonic() + LOOKUP_SECONDS, addresses)
        return addresses


def address_of(text: str) -> Address | None:
    """The address in ``text``, which may carry a port, brackets or a zone; None where there is none.

    An IPv4 address that came through an IPv6 socket is the IPv4 address (RFC 4291, 2.5.5.2).
    """
    word = text.strip().strip('"')
    if word.startswith("["):
        word = word[1:].partition("]")[0]
    elif word.count(":") == 1:
        word = word.partition(":")[0]
    try:
        address = ipaddress.ip_address(word.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


class Forwarded:
    """The application as the browser called it, behind trusted proxies or none."""

    def __init__(self, application: WSGIApplication, trusted: TrustedProxies) -> None:
        self.application = application
        self.trusted = trusted

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        told = {header: str(environ.pop(header)) for header in FORWARDED if header in environ}
        peer = address_of(str(environ.get("REMOTE_ADDR", "")))
        if peer is not None:
            environ["REMOTE_ADDR"] = str(peer)
        if told and self.trusted and peer in self.trusted:
            self._believe(environ, told)
        return self.application(environ, start_response)

    def _believe(self, environ: WSGIEnvironment, told: dict[str, str]) -> None:
        """Of lists the last counts: that is what the trusted proxy itself said, the rest it may have been told."""
        proto = told.get(PROTO, "").rpartition(",")[2].strip().lower()
        if proto in {"http", "https"}:
            environ["wsgi.url_scheme"] = proto
        host = told.get(HOST, "").rpartition(",")[2].strip()
        if host:
            environ["HTTP_HOST"] = host
        for word in reversed(told.get(FOR, "").split(",")):
            client = address_of(word)
            if client is None:
                break
            environ["REMOTE_ADDR"] = str(client)
            if client not in self.trusted:
                break
