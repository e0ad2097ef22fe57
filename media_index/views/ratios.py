"""Shapes of pictures as CSS classes, so that a page of justified rows needs no style of its own.

``python -m media_index.views.ratios > static/css/ratios.css`` writes the classes anew.
"""

from __future__ import annotations

import math
import sys

STEP = 1.04
"""From one class to the next. The picture fills a tile of the nearest shape, so at most 2 % of it are cut off."""
LOWEST, HIGHEST = -22, 30
"""Powers of ``STEP``: from 0.42 (a long screenshot) to 3.24 (a panorama); beyond that a picture is cropped."""
UNKNOWN = 4 / 3


def _value(power: int) -> float:
    return round(STEP**power, 2)


def nearest(width: int | None, height: int | None) -> float:
    """Width by height of the nearest class; that of a common photo when the size is not known."""
    ratio = width / height if width and height else UNKNOWN
    power = round(math.log(ratio) / math.log(STEP))
    return _value(min(max(power, LOWEST), HIGHEST))


def css_class(ratio: float) -> str:
    """The class of a value of :func:`nearest`, like ``r-133``."""
    return f"r-{round(ratio * 100)}"


def stylesheet() -> str:
    values = [_value(power) for power in range(LOWEST, HIGHEST + 1)]
    rules = [f".{css_class(value)} {{ --ratio: {value:g}; }}" for value in values]
    return "\n".join(["/* Written by: python -m media_index.views.ratios */", *rules, ""])


if __name__ == "__main__":
    sys.stdout.write(stylesheet())
