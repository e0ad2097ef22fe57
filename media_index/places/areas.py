"""A part of the map between two parallels and two meridians. Pure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from media_index.telling import gettext, gettext_noop

WANTS = gettext_noop("wants degrees south, west, north and east, like 38.6,-9.3,38.8,-9.0")
DIGITS = 5
"""Decimals of a degree that are written: about a metre."""
_DEGREES = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,15})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Area:
    """Degrees (WGS 84). Where ``west`` is more than ``east`` it lies across the meridian of 180 degrees."""

    south: float
    west: float
    north: float
    east: float

    @classmethod
    def parse(cls, text: str) -> Area:
        """``south,west,north,east``. Raises :class:`ValueError`, in words that follow the key of a filter."""
        parts = [part.strip() for part in text.split(",")]
        if len(parts) != 4 or not all(_DEGREES.fullmatch(part) for part in parts):
            raise ValueError(gettext(WANTS))
        area = cls(*(float(part) for part in parts))
        if max(abs(area.south), abs(area.north)) > 90 or max(abs(area.west), abs(area.east)) > 180:
            raise ValueError(gettext("wants degrees from -90 to 90 north and from -180 to 180 east"))
        if area.south > area.north:
            raise ValueError(gettext("wants the south before the north, like 38.6,-9.3,38.8,-9.0"))
        return area

    @classmethod
    def around(cls, south: float, west: float, north: float, east: float) -> Area:
        """The smallest one that can be written with :data:`DIGITS` decimals and holds all of this."""
        unit = 10**DIGITS
        return cls(
            max(math.floor(south * unit) / unit, -90.0),
            max(math.floor(west * unit) / unit, -180.0),
            min(math.ceil(north * unit) / unit, 90.0),
            min(math.ceil(east * unit) / unit, 180.0),
        )

    @property
    def across(self) -> bool:
        """Whether it lies across the meridian of 180 degrees."""
        return self.west > self.east

    def __str__(self) -> str:
        return ",".join(_written(degrees) for degrees in (self.south, self.west, self.north, self.east))


def _written(degrees: float) -> str:
    return f"{degrees:.{DIGITS}f}".rstrip("0").rstrip(".") or "0"
