"""The one address of the household, and what is no address."""

from __future__ import annotations

import pytest

from scanpix.runtime.env import ConfigurationError
from scanpix.runtime.portal_url import portal_url, trusted_origin


def test_none_is_none() -> None:
    assert portal_url("SCANPIX_URL", "") is None


@pytest.mark.parametrize(
    ("value", "origin", "host", "encrypted"),
    [
        ("https://photos.home.arpa", "https://photos.home.arpa", "photos.home.arpa", True),
        ("https://photos.home.arpa/", "https://photos.home.arpa", "photos.home.arpa", True),
        ("https://Photos.Example:443", "https://photos.example", "photos.example", True),
        ("https://photos.example:8443", "https://photos.example:8443", "photos.example", True),
        ("http://192.168.1.20:8000", "http://192.168.1.20:8000", "192.168.1.20", False),
        ("http://nas:80/", "http://nas", "nas", False),
        ("http://[2001:db8::5]:8000", "http://[2001:db8::5]:8000", "[2001:db8::5]", False),
        ("https://fotos.müller.example", "https://fotos.xn--mller-kva.example", "fotos.xn--mller-kva.example", True),
    ],
)
def test_an_address(value: str, origin: str, host: str, encrypted: bool) -> None:
    url = portal_url("SCANPIX_URL", value)
    assert url is not None
    assert (url.origin, url.allowed_host, url.encrypted) == (origin, host, encrypted)
    assert str(url) == f"{origin}/"


@pytest.mark.parametrize(
    "value",
    [
        "photos.home.arpa",
        "photos:8000",
        "ftp://photos.example",
        "https://",
        "https://:8000",
        "https://photos.example:port",
        "https://photos.example:99999",
        "https://anna:secret@photos.example",
        "https://photos.example?a=b",
        "https://photos.example#a",
        "https://photos example",
        "https://photos..example",
        "https://*.photos.example",
        "https://[::1",
        "https:\\\\photos.example",
        'https://photos"example',
    ],
)
def test_no_address(value: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^SCANPIX_URL: .* is no address such as https://photos\.example"):
        portal_url("SCANPIX_URL", value)


def test_a_path_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="has a path: scanpix needs a host name of its own"):
        portal_url("SCANPIX_URL", "https://host.example/photos")
    with pytest.raises(ConfigurationError, match="has a path: leave out all behind the name"):
        trusted_origin("SCANPIX_TRUSTED_ORIGINS", "https://host.example/photos")


def test_origins_may_name_all_below_a_name() -> None:
    assert trusted_origin("X", "https://*.photos.example") == "https://*.photos.example"
    assert trusted_origin("X", "https://photos.example:443/") == "https://photos.example"
