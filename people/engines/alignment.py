"""Faces cut out upright and of one size, as networks that describe them want them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from people.engines.base import Box

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]


def in_pixels(box: Box, picture: Image.Image) -> Floats:
    """Left, top, right and bottom ``(4,)`` of a box in pixels; :class:`ValueError` if it is empty or lies outside."""
    left, top, width, height = box
    corners = np.array([left, top, left + width, top + height], np.float32)
    if not (width > 0 and height > 0 and np.isfinite(corners).all() and (corners >= 0).all() and (corners <= 1).all()):
        raise ValueError(f"the box {box} is empty or not inside the picture (fractions from 0 to 1 are wanted)")
    return corners * np.array([picture.width, picture.height] * 2, np.float32)


def similarity(points: Floats, template: Floats) -> NDArray[np.float64]:
    """The turn, scale and shift ``(2, 3)`` that takes ``template`` ``(n, 2)`` nearest to ``points`` ``(n, 2)``.

    Least squares, after Umeyama 1991; with complex numbers a turn with a scale is one factor.
    """
    given = points.astype(np.float64) @ np.array([1, 1j])
    wanted = template.astype(np.float64) @ np.array([1, 1j])
    spread = wanted - wanted.mean()
    factor = np.vdot(spread, given - given.mean()) / np.vdot(spread, spread).real
    shift = given.mean() - factor * wanted.mean()
    return np.array([[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]])


def cut(picture: Image.Image, matrix: NDArray[np.float64], side: int) -> Pixels:
    """The square ``(side, side, 3)`` whose pixels lie in ``picture`` where ``matrix`` ``(2, 3)`` takes them.

    What lies outside of the picture is black. A face larger than the square is made smaller first, so that fine
    patterns do not become false ones.
    """
    corners = np.array([[0, 0, 1], [side, 0, 1], [side, side, 1], [0, side, 1]]) @ matrix.T
    low = np.floor(corners.min(axis=0)).astype(int) - 2
    high = np.ceil(corners.max(axis=0)).astype(int) + 2
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    reduced = max(1.0, scale)
    wide, high_side = (max(1, round(length / reduced)) for length in high - low)
    region = picture.crop((*low, *high))
    if reduced > 1:
        region = region.resize((wide, high_side), Image.Resampling.BOX, reducing_gap=2.0)
    inner = (matrix - np.array([[0, 0, low[0]], [0, 0, low[1]]])) * (
        np.array([[wide], [high_side]]) / (high - low)[:, None]
    )
    square = region.transform(
        (side, side), Image.Transform.AFFINE, tuple(inner.ravel()), resample=Image.Resampling.BICUBIC
    )
    return np.asarray(square)
