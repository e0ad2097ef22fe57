"""The names and addresses by which a browser may call this machine."""

from __future__ import annotations

import ipaddress
import socket

from scanpix.runtime.env import ConfigurationError

LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]


def lan_address() -> str | None:
    """The address of the interface that leads out of the house, or None where there is none. Sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # An address reserved for documentation (RFC 5737): connecting a datagram socket only picks a route.
            probe.connect(("192.0.2.1", 9))
            address: str = probe.getsockname()[0]
        except OSError:
            return None
    return address


def in_url(name: str) -> str:
    """A host name or an address as it stands in URLs and ``Host`` headers: IPv6 in brackets (RFC 3986, 3.2.2)."""
    return f"[{name}]" if ":" in name else name


def own_names(bind: str) -> list[str]:
    """What the ``Host`` header may say beside :data:`LOOPBACK` when nothing else is configured.

    Bound to the loopback nothing more; bound to all, the host's name and its address on the LAN. A foreign name is
    refused, or any web page could read the library through a name of its own that points here.
    """
    if bind in {"127.0.0.1", "localhost", "::1"}:
        return []
    name = socket.gethostname().lower()
    names = [name, f"{name}.local"]
    address = lan_address() if bind in {"0.0.0.0", "::"} else bind  # noqa: S104
    return [*names, in_url(address)] if address else names


def allowed_host(name: str, value: str) -> str:
    """``value`` as ``ALLOWED_HOSTS`` wants it: a host name or an address, IPv6 in brackets.

    Raises :class:`ConfigurationError` for a URL or a port, with which nothing would ever match.
    """
    word = value.lower().strip("[]")
    try:
        return in_url(str(ipaddress.ip_address(word)))
    except ValueError:
        pass
    if any(letter in word for letter in "/:@ "):
        raise ConfigurationError(f"{name}: {value!r} is no name or address: leave out http:// and the port")
    return word
