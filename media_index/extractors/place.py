"""Where a picture was taken: by EXIF, by XMP, or by what Google Takeout wrote beside it. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

_ALTITUDES_M = (-500.0, 20_000.0)
"""Wide of the Dead Sea and of what airliners reach; what lies outside is a broken value."""
_XMP_DEGREES = re.compile(r"(\d{1,3}),(\d{1,2}(?:\.\d{1,12})?)(?:,(\d{1,2}(?:\.\d{1,12})?))?([NSEW])")
"""Degrees, minutes, perhaps seconds, and the side (XMP specification, part 2, GPSCoordinate)."""

Position = tuple[float | None, float | None]
"""Latitude and longitude in degrees (WGS 84), or twice None."""


def find_position(tags: Mapping[str, Any]) -> Position:
    """The first place that can be true, of EXIF, XMP and a sidecar."""
    for latitude, longitude in (_from_exif(tags), _from_xmp(tags), _from_sidecar(tags)):
        if latitude is not None and longitude is not None:
            return latitude, longitude
    return None, None


def altitude(tags: Mapping[str, Any]) -> float | None:
    """Metres above the sea."""
    value = tags.get("GPSAltitude")
    if not isinstance(value, int | float) or not math.isfinite(value):
        return None
    metres = float(-value if tags.get("GPSAltitudeRef") == 1 else value)
    return metres if _ALTITUDES_M[0] <= metres <= _ALTITUDES_M[1] else None


def _from_exif(tags: Mapping[str, Any]) -> Position:
    latitude = _degrees(tags, "GPSLatitude", "NS", 90)
    longitude = _degrees(tags, "GPSLongitude", "EW", 180)
    if latitude == 0 and longitude == 0 and not altitude(tags):
        return None, None  # what a receiver without a fix writes, and open sea
    return latitude, longitude


def _from_xmp(tags: Mapping[str, Any]) -> Position:
    latitude = _xmp_degrees(tags.get("exif:GPSLatitude"), "NS", 90)
    longitude = _xmp_degrees(tags.get("exif:GPSLongitude"), "EW", 180)
    return (None, None) if latitude == 0 and longitude == 0 else (latitude, longitude)


def _from_sidecar(tags: Mapping[str, Any]) -> Position:
    latitude, longitude = tags.get("takeout:latitude"), tags.get("takeout:longitude")
    if not isinstance(latitude, float) or not isinstance(longitude, float):
        return None, None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else (None, None)


def _degrees(tags: Mapping[str, Any], name: str, sides: str, most: int) -> float | None:
    """Degrees, minutes and seconds to degrees; negative on the second of the two ``sides``."""
    value, side = tags.get(name), tags.get(name + "Ref")
    parts = value if isinstance(value, tuple) else (value,)
    if not isinstance(side, str) or side[:1].upper() not in tuple(sides) or len(parts) > 3:
        return None
    if not all(isinstance(part, int | float) and math.isfinite(part) and part >= 0 for part in parts):
        return None
    return _signed(parts, side[:1].upper() == sides[1], most)


def _xmp_degrees(text: object, sides: str, most: int) -> float | None:
    match = _XMP_DEGREES.fullmatch(text) if isinstance(text, str) else None
    if not match or match[4] not in sides:
        return None
    return _signed([float(part or 0) for part in match.groups()[:3]], match[4] == sides[1], most)


def _signed(parts: Any, negative: bool, most: int) -> float | None:
    degrees = float(sum(part / 60**power for power, part in enumerate(parts)))
    if degrees > most:
        return None
    return -degrees if negative else degrees
