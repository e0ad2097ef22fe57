"""Where a map's pictures come from, if the household lets browsers ask another machine for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from scanpix.runtime.env import ConfigurationError
from scanpix.runtime.portal_url import trusted_origin

EXAMPLE = "https://tiles.example/{z}/{x}/{y}.png"
WANTED = ("{z}", "{x}", "{y}")
ALLOWED = {*WANTED, "{r}"}
_BRACED = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class MapTiles:
    """``address`` with ``{z}``, ``{x}`` and ``{y}`` for the zoom and the place of a tile; ``origin`` is what browsers
    must be let ask, ``attribution`` what the maker of the map wants said."""

    address: str
    origin: str
    attribution: str


def map_tiles(name: str, address: str, attribution: str) -> MapTiles | None:
    """What the variable ``name`` says; None where it says nothing, so that no browser asks anybody.

    Raises :class:`ConfigurationError` for what is no address of tiles.
    """
    if not address:
        return None
    strange = [one for one in _BRACED.findall(address) if one not in ALLOWED]
    if strange or not all(one in address for one in WANTED):
        what = f"{strange[0]} is not known" if strange else "{z}, {x} and {y} must stand in it"
        raise ConfigurationError(f"{name}={address!r}: {what}; it looks like {EXAMPLE}")
    url = urlsplit(address)
    if "{" in url.netloc or re.search(r"[\s;,'\"]", address):
        raise ConfigurationError(f"{name}={address!r} is no address of one host, such as {EXAMPLE}")
    return MapTiles(address, trusted_origin(name, f"{url.scheme}://{url.netloc}"), attribution)
