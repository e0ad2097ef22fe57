"""Whether one picture is a part of another: the one that was cut is laid over the other and compared piece by piece.
Pure.

A hash of the whole picture says nothing of a cut one. Here the part is looked for in the whole by normalised
cross-correlation (J. P. Lewis, "Fast Normalized Cross-Correlation", 1995), small at many scales and then larger around
the best; and it is a copy only where *every* piece of it that shows anything lies right: in two shots of one scene, or
two scenes that are alike, some do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

COARSE, FINE = 48, 128
"""Pixels of the longest side of the whole while the place is looked for, and while it is made sure of."""
LEAST_SHARE = 0.5
"""So much of a side is left at least: who cuts away more makes another picture."""
STEP = 0.05
"""Between scales: at :data:`COARSE` pixels the edges of the part then are half a pixel off at most."""
FINE_STEPS = 7
PIECES = 4
"""The part is compared in so many pieces along each side."""
LEAST_CONTRAST = 4.0
"""Standard deviation, in levels of 256, below which a piece shows nothing but sky or wall."""
LEAST_PIECES = 8
"""Of 16: where fewer show anything, nobody can be sure."""

LEAST_WHOLE = 0.8
"""Correlation of all of the part: of 1,050 copies that were cut 98 in 100 are above 0.89."""
LEAST_PIECE = 0.5
"""Correlation of the piece that fits worst: more than 95 in 100 of the copies that were cut by up to 30 % are above it,
and of 5,326 pairs of different photos with the nearest vectors none is above 0.26 (docs/duplicates.md)."""

Grey = NDArray[np.float32]
Sums = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fit:
    """How the part lies in the whole: correlation ``whole`` of all of it, ``lowest`` of the piece that fits worst and
    ``second`` of the one before it; ``pieces`` is how many showed anything, ``scale`` the part's width in that of the
    whole."""

    whole: float
    lowest: float
    second: float
    pieces: int
    scale: float


NOTHING = Fit(0.0, 0.0, 0.0, 0, 0.0)


def fit(part: Image.Image, whole: Image.Image, least: float) -> Fit:
    """How well ``part`` fits into ``whole``, both grey (``"L"``); :data:`NOTHING` where not even small it reaches
    ``least``."""
    coarse = _best(part, _sized(whole, COARSE), _scales(part, whole))
    if coarse is None or coarse[0] < least:
        return NOTHING
    top = coarse[1]
    around = [top * (1 + 1.2 * STEP * (at / (FINE_STEPS - 1) - 0.5)) for at in range(FINE_STEPS)]
    ground = _sized(whole, FINE)
    limit = _largest(part, whole)
    found = _best(part, ground, sorted({min(scale, limit) for scale in around}))
    if found is None:
        return NOTHING
    correlation, scale, y, x = found
    laid = _template(part, ground, scale)
    under = ground[y : y + laid.shape[0], x : x + laid.shape[1]]
    values = sorted(_pieces(laid, under))
    if len(values) < 2:
        return Fit(correlation, 0.0, 0.0, len(values), scale)
    return Fit(correlation, values[0], values[1], len(values), scale)


def is_part(one: Image.Image, other: Image.Image) -> bool:
    """Whether one of these, both grey, was cut out of the other, up to half of each side; turned or mirrored ones are
    not found."""
    for part, whole in ((one, other), (other, one)):
        found = fit(part, whole, LEAST_WHOLE)
        if found.pieces >= LEAST_PIECES and found.whole >= LEAST_WHOLE and found.lowest >= LEAST_PIECE:
            return True
    return False


def _largest(part: Image.Image, whole: Image.Image) -> float:
    """The scale at which the part just fits into the whole."""
    return min(1.0, whole.height * part.width / (whole.width * part.height))


def _scales(part: Image.Image, whole: Image.Image) -> list[float]:
    count = int(-np.log(LEAST_SHARE) / STEP) + 1
    return [_largest(part, whole) * float(np.exp(-STEP * at)) for at in range(count)]


def _sized(image: Image.Image, longest: int) -> Grey:
    share = longest / max(image.size)
    size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
    return np.asarray(image.resize(size, Image.Resampling.BOX), dtype=np.float32)


def _template(part: Image.Image, ground: Grey, scale: float) -> Grey:
    height, width = ground.shape
    across = min(width, max(1, round(width * scale)))
    down = min(height, max(1, round(width * scale * part.height / part.width)))
    return np.asarray(part.resize((across, down), Image.Resampling.BOX), dtype=np.float32)


def _best(part: Image.Image, ground: Grey, scales: list[float]) -> tuple[float, float, int, int] | None:
    """The best ``(correlation, scale, y, x)``."""
    ground = ground - ground.mean()
    spectrum = np.fft.rfft2(ground)
    sums, squares = _integral(ground), _integral(ground**2)
    best = None
    for scale in scales:
        found = _correlate(_template(part, ground, scale), ground, spectrum, sums, squares)
        if found is not None and (best is None or found[0] > best[0]):
            best = (found[0], scale, found[1], found[2])
    return best


def _correlate(
    laid: Grey, ground: Grey, spectrum: NDArray[np.complexfloating], sums: Sums, squares: Sums
) -> tuple[float, int, int] | None:
    rows, columns = laid.shape
    laid = laid - laid.mean()
    energy = float(np.sum(laid**2))
    if energy < LEAST_CONTRAST**2 * laid.size:
        return None
    product = np.fft.irfft2(spectrum * np.conj(np.fft.rfft2(laid, ground.shape)), ground.shape)
    product = product[: ground.shape[0] - rows + 1, : ground.shape[1] - columns + 1]
    under = _windows(squares, rows, columns) - _windows(sums, rows, columns) ** 2 / laid.size
    values = product / np.sqrt(np.maximum(under, LEAST_CONTRAST**2 * laid.size) * energy)
    at = int(np.argmax(values))
    y, x = divmod(at, values.shape[1])
    return float(values[y, x]), y, x


def _integral(values: Grey) -> Sums:
    made = np.zeros((values.shape[0] + 1, values.shape[1] + 1), dtype=np.float64)
    made[1:, 1:] = values.cumsum(axis=0, dtype=np.float64).cumsum(axis=1)
    return made


def _windows(integral: Sums, rows: int, columns: int) -> Sums:
    windows: Sums = (
        integral[rows:, columns:]
        - integral[:-rows, columns:]
        - integral[rows:, :-columns]
        + integral[:-rows, :-columns]
    )
    return windows


def _pieces(laid: Grey, under: Grey) -> list[float]:
    """The correlations of the pieces that show anything in either."""
    made = []
    for one_row, other_row in zip(np.array_split(laid, PIECES), np.array_split(under, PIECES), strict=True):
        for one, other in zip(
            np.array_split(one_row, PIECES, axis=1), np.array_split(other_row, PIECES, axis=1), strict=True
        ):
            deviations = float(one.std()), float(other.std())
            if max(deviations) < LEAST_CONTRAST:
                continue
            together = float(np.mean((one - one.mean()) * (other - other.mean())))
            made.append(together / max(deviations[0] * deviations[1], 1e-6))
    return made
