"""Files to decode, made by the tests themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

pillow_heif.register_heif_opener()

ORIENTATION = 0x0112
# From upright to how it is stored, so that the orientation tag turns it back.
_STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
CORNERS = {"red": (0, 0), "lime": (1, 0), "blue": (0, 1), "yellow": (1, 1)}


def upright(width: int = 96, height: int = 64) -> Image.Image:
    """Four corners of four colours: no turn or mirroring looks like another."""
    image = Image.new("RGB", (width, height))
    for colour, (column, row) in CORNERS.items():
        image.paste(
            colour, (column * width // 2, row * height // 2, (column + 1) * width // 2, (row + 1) * height // 2)
        )
    return image


def stored(image: Image.Image, orientation: int) -> tuple[Image.Image, Image.Exif]:
    turn = _STORED[orientation]
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return (image if turn is None else image.transpose(turn)), exif


def save(path: Path, image: Image.Image, format: str, **options: Any) -> Path:
    image.save(path, format, **options)
    return path


def corners(pixels: NDArray[np.uint8]) -> list[tuple[int, ...]]:
    """The middle of each quarter: top left, top right, bottom left, bottom right."""
    height, width = pixels.shape[:2]
    spots = [(height // 4, width // 4), (height // 4, 3 * width // 4)]
    spots += [(3 * height // 4, width // 4), (3 * height // 4, 3 * width // 4)]
    return [tuple(int(value) for value in pixels[spot]) for spot in spots]


def close_to(found: list[tuple[int, ...]], expected: list[tuple[int, ...]], tolerance: int = 40) -> bool:
    return bool(np.abs(np.array(found) - np.array(expected)).max() <= tolerance)


UPRIGHT_CORNERS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)]
