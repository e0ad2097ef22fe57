"""A perceptual hash: 256 bits that stay nearly the same where a picture is resized, recompressed or edited. Pure.

The signs of the lowest frequencies of a cosine transform of the luminance, after C. Zauner, "Implementation and
benchmarking of perceptual image hash functions", 2010, with the sign in place of the median: so the hash of the turned
or mirrored picture follows from the hash alone, as turning moves frequencies and mirroring changes signs of odd ones.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 64
"""The picture is brought to so many pixels on each side, whatever its shape, before it is transformed."""
ROOT = 16
BITS = ROOT * ROOT
"""Bits of the hash. The first is that of the mean, which says nothing, and is never set."""

LOOKED_AT = 256
"""Pixels of the longest side in which bars are looked for."""
PLAIN = 10
"""Levels of 256 between the darkest and the brightest point of a row that counts as part of a bar: what recompressing
at quality 30 makes of a plain one."""
LEAST_LEFT = 0.25
"""Where less than this share of a side would be left, it is a small thing on a plain ground, and nothing is cut off."""

Bits = NDArray[np.bool_]


def fingerprint(pixels: NDArray[np.uint8]) -> Bits:
    """The hash ``(BITS,)`` of RGB ``pixels`` ``(height, width, 3)``."""
    whole = Image.fromarray(pixels).convert("L")
    whole.thumbnail((LOOKED_AT, LOOKED_AT), Image.Resampling.BOX, reducing_gap=None)
    grey = _without_bars(whole).resize((SIDE, SIDE), Image.Resampling.BOX)
    basis = _basis()
    low = basis @ np.asarray(grey, dtype=np.float64) @ basis.T
    bits: Bits = low > 0
    bits[0, 0] = False
    return bits.reshape(BITS)


def _without_bars(grey: Image.Image) -> Image.Image:
    """Without the plain bars along its edges that the screen of a phone, or a film, has around a picture."""
    values = np.asarray(grey, dtype=np.int16)
    top, bottom = _filled(values)
    left, right = _filled(values.T)
    if bottom - top < LEAST_LEFT * grey.height or right - left < LEAST_LEFT * grey.width:
        return grey
    return grey.crop((left, top, right, bottom))


def _filled(rows: NDArray[np.int16]) -> tuple[int, int]:
    """From where to where the rows are not plain."""
    at = np.flatnonzero(rows.max(axis=1) - rows.min(axis=1) > PLAIN)
    return (int(at[0]), int(at[-1]) + 1) if len(at) else (0, len(rows))


def orientations(bits: Bits) -> list[Bits]:
    """The hashes of the picture in its eight positions: turned by quarters and mirrored; as it is comes first."""
    square = bits.reshape(ROOT, ROOT)
    odd = np.arange(ROOT) % 2 == 1
    made = []
    for one in (square, square.T):
        for flip in (False, True):
            for mirror in (False, True):
                turned = one ^ (odd & mirror)[None, :] ^ (odd & flip)[:, None]
                turned[0, 0] = False
                made.append(turned.reshape(BITS))
    return made


def distance(one: Bits, other: Bits) -> int:
    """In how many bits they differ; unlike pictures differ in about half of them."""
    return int(np.count_nonzero(one != other))


def as_text(bits: Bits) -> str:
    """``"0110…"``, as the database takes bits."""
    return "".join("1" if bit else "0" for bit in bits)


def from_text(text: str) -> Bits:
    bits: Bits = np.frombuffer(text.encode("ascii"), dtype=np.uint8) == ord("1")
    return bits


def is_flat(pixels: NDArray[np.uint8]) -> bool:
    """Whether there is next to nothing in the picture (a black frame, a blank page): the hashes of such are chance."""
    grey = Image.fromarray(pixels).convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
    return float(np.asarray(grey, dtype=np.float64).std()) < LEAST_CONTRAST


LEAST_CONTRAST = 3.0
"""Standard deviation in levels of 256: that of the noise of a sensor in the dark."""


@cache
def _basis() -> NDArray[np.float64]:
    """The ``ROOT`` lowest cosines of length ``SIDE`` as rows (DCT-II)."""
    positions = np.arange(SIDE) + 0.5
    made: NDArray[np.float64] = np.cos(np.pi * np.arange(ROOT)[:, None] * positions[None, :] / SIDE)
    return made
