from __future__ import annotations

import pytest

from scanpix.runtime.env import ConfigurationError
from scanpix.runtime.map_tiles import MapTiles, map_tiles


def test_nothing_is_asked_of_anybody_unless_it_is_wanted() -> None:
    assert map_tiles("X", "", "© Somebody") is None


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://tiles.example/{z}/{x}/{y}.png", "https://tiles.example"),
        ("http://192.168.1.5:8080/map/{z}/{x}/{y}{r}.webp?key=abc", "http://192.168.1.5:8080"),
    ],
)
def test_the_origin_that_browsers_may_ask(address: str, origin: str) -> None:
    assert map_tiles("X", address, "© Somebody") == MapTiles(address, origin, "© Somebody")


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("https://tiles.example/", "must stand in it"),
        ("https://tiles.example/{z}/{x}.png", "must stand in it"),
        ("https://{s}.tiles.example/{z}/{x}/{y}.png", "{s} is not known"),
        ("https://tiles.example; script-src/{z}/{x}/{y}.png", "no address of one host"),
        ("ftp://tiles.example/{z}/{x}/{y}.png", "no address"),
        ("//tiles.example/{z}/{x}/{y}.png", "no address"),
        ("https://{x}.example/{z}/{x}/{y}.png", "no address of one host"),
    ],
)
def test_what_is_no_address_of_tiles(address: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as raised:
        map_tiles("SCANPIX_MAP_TILES", address, "")
    assert "SCANPIX_MAP_TILES" in str(raised.value)
