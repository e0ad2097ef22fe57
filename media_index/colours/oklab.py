"""sRGB to OKLab and back to words: lightness and two axes in which equal distances look alike.

Ottosson, "A perceptual color space for image processing" (2020); the matrices are those of its public-domain reference.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from media_index.telling import gettext

Lab = NDArray[np.float64]
"""``(..., 3)``: lightness from 0 to 1, green to red and blue to yellow from about -0.4 to 0.4."""

_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def to_oklab(pixels: NDArray[np.uint8]) -> Lab:
    """``(..., 3)`` sRGB values of 0 to 255 in OKLab."""
    channels = pixels.astype(np.float64) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)  # IEC 61966-2-1
    return np.asarray(np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T)


def from_hex(text: str) -> Lab:
    """``aa3311`` or ``a31``, with or without ``#``, in OKLab. Raises ValueError for anything else."""
    digits = text.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    if len(digits) != 6 or not digits.isascii():
        raise ValueError(gettext("wants a colour of six digits, like #aa3311"))
    try:
        values = bytes.fromhex(digits)
    except ValueError:
        raise ValueError(gettext("wants a colour of six digits, like #aa3311")) from None
    return to_oklab(np.frombuffer(values, np.uint8))
