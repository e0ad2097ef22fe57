"""How far the vector of a face can be trusted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MIRRORED = (0.955, 0.99)
"""Likeness (cosine) of a face and its mirror image to dlib's network, from useless to as good as any: about the 1st and
the 75th hundredth of the faces of ``docs/people.md``."""
HEIGHT = (16.0, 60.0)
"""Pixels from top to chin."""
SCORE = (0.4, 0.75)
"""The detector's."""
SHARPNESS = (2.0, 5.0)
"""See :func:`sharpness`: below the second are three of five faces in the background of photos, but one of a hundred of
those that a photo was taken for."""
_MARGIN = 20


def quality(*, mirrored: float, height: float, score: float, sharp: float) -> float:
    """From 0 to 1: the lowest of what pose, size, the detector and sharpness allow."""
    return min(_within(mirrored, MIRRORED), _within(height, HEIGHT), _within(score, SCORE), _within(sharp, SHARPNESS))


def sharpness(square: NDArray[np.uint8]) -> float:
    """How much neighbouring pixels differ: the standard deviation of the Laplacian of a face cut out to 150 x 150
    pixels ``(150, 150, 3)``, without its margin, in steps of brightness (0 to 255)."""
    grey = square.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    laplacian = 4 * grey[1:-1, 1:-1] - around
    return float(laplacian[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN].std())


def _within(value: float, limits: tuple[float, float]) -> float:
    low, high = limits
    return float(np.clip((value - low) / (high - low), 0.0, 1.0))
