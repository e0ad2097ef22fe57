"""The address under which the household opens scanpix, and all that follows from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from scanpix.runtime.env import ConfigurationError
from scanpix.runtime.hosts import in_url

PORTS = {"http": 80, "https": 443}
"""Browsers leave these out of ``Host`` and ``Origin`` (RFC 6454, 6.1)."""
NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
"""Labels of a host name (RFC 1123, 2.1), with the underscore that container networks have in theirs."""
EXAMPLE = "https://photos.example"


@dataclass(frozen=True, slots=True)
class PortalUrl:
    """A scheme, a host and a port; never a path."""

    scheme: str
    host: str
    port: int

    @property
    def encrypted(self) -> bool:
        return self.scheme == "https"

    @property
    def allowed_host(self) -> str:
        """As ``ALLOWED_HOSTS`` wants it."""
        return in_url(self.host)

    @property
    def origin(self) -> str:
        """As browsers write it: without the usual port, without a slash at the end."""
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{in_url(self.host)}{port}"

    def __str__(self) -> str:
        return f"{self.origin}/"


def portal_url(name: str, value: str) -> PortalUrl | None:
    """What the variable ``name`` says; None where it says nothing.

    Raises :class:`ConfigurationError` for anything but a scheme, a host and perhaps a port. A path is refused: cookies,
    scripts and links of scanpix stand at the root of a host, and two programs on one host would share their cookies.
    """
    if not value:
        return None
    url = _parsed(name, value)
    if url.path not in {"", "/"}:
        raise ConfigurationError(
            f"{name}={value!r} has a path: scanpix needs a host name of its own, such as {EXAMPLE}, and does not work "
            "below another site"
        )
    return _checked(name, value, url)


def trusted_origin(name: str, value: str) -> str:
    """``value`` as ``CSRF_TRUSTED_ORIGINS`` wants it; ``https://*.photos.example`` stands for all names below."""
    url = _parsed(name, value)
    if url.path not in {"", "/"}:
        raise ConfigurationError(f"{name}: {value!r} has a path: leave out all behind the name, as in {EXAMPLE}")
    wild = "*." if url.netloc.startswith("*.") else ""
    known = _checked(name, value, url._replace(netloc=url.netloc.removeprefix("*.")))
    return known.origin.replace("://", f"://{wild}", 1)


def _parsed(name: str, value: str) -> SplitResult:
    try:
        url = urlsplit(value)
    except ValueError:
        raise _no_address(name, value) from None
    if url.scheme not in PORTS or url.query or url.fragment or "@" in url.netloc or "\\" in value:
        raise _no_address(name, value)
    return url


def _checked(name: str, value: str, url: SplitResult) -> PortalUrl:
    try:
        port = url.port or PORTS[url.scheme]
        host = (url.hostname or "").encode("idna").decode("ascii") if ":" not in (url.hostname or "") else url.hostname
    except (ValueError, UnicodeError):
        raise _no_address(name, value) from None
    if not host or not (":" in host or NAME.fullmatch(host)):
        raise _no_address(name, value)
    return PortalUrl(url.scheme, host, port)


def _no_address(name: str, value: str) -> ConfigurationError:
    return ConfigurationError(f"{name}: {value!r} is no address such as {EXAMPLE} or http://192.168.1.20:8000")
