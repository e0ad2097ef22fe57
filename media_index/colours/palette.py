"""The colours that fill a picture. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from media_index.colours.names import COLOURS, names_of
from media_index.colours.oklab import to_oklab

LEAST_SHARE = 0.04
"""Share of a picture below which a colour is not kept: a twenty-fifth, such as a head in a portrait at full length."""
MONOCHROME_CHROMA = 0.02
"""What 99 of 100 points of a black-and-white picture stay below: JPEG's rounding makes up to 0.015 out of grey."""
MONOCHROME_POINTS = 99.0


@dataclass(frozen=True, slots=True)
class Swatch:
    """One named colour of a picture, the share of its points that have it, and their mean in OKLab."""

    name: str
    share: float
    lab: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Colours:
    """``swatches`` come the largest first; ``monochrome`` is a picture in black, white and grey."""

    swatches: tuple[Swatch, ...]
    monochrome: bool


def colours_of(pixels: NDArray[np.uint8]) -> Colours:
    """The colours of a picture of ``(height, width, 3)`` in sRGB. Some thousands of points are enough."""
    lab = to_oklab(pixels.reshape(-1, 3))
    numbers = names_of(lab)
    counts = np.bincount(numbers, minlength=len(COLOURS))
    kept = [number for number in np.argsort(-counts, kind="stable") if counts[number] >= LEAST_SHARE * len(lab)]
    swatches = tuple(_swatch(COLOURS[number], lab[numbers == number], len(lab)) for number in kept)
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    return Colours(swatches, bool(np.percentile(chroma, MONOCHROME_POINTS) < MONOCHROME_CHROMA))


def _swatch(name: str, points: NDArray[np.float64], whole: int) -> Swatch:
    lightness, green_red, blue_yellow = points.mean(axis=0).tolist()
    return Swatch(name, len(points) / whole, (lightness, green_red, blue_yellow))
