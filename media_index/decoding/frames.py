"""Several pictures in one file: how many, and which of them to show."""

from __future__ import annotations

from typing import Any

from PIL import Image

from media_index.decoding.refusals import BROKEN

_MOVING = frozenset({"GIF", "PNG", "WEBP", "AVIF"})
"""Formats whose frames are moments of one picture. Pages of TIFF are not, and those of MPO are views or gain maps."""
_LOOKED_AT = 10
"""Frames that are looked at for one that shows something; screen recordings and titles fade in over some five."""


def count_frames(image: Image.Image) -> int:
    """How many frames or pages the file has, 1 where that cannot be told."""
    if image.format == "MPO":
        return 1
    try:
        return max(1, int(getattr(image, "n_frames", 1)))
    except BROKEN:
        return 1  # the first frame is good, what comes behind it is not


def load_telling(image: Image.Image) -> Image.Image:
    """The first frame, loaded; of a moving picture whose first is of one colour, the first of the next that is not."""
    image.load()
    if image.format not in _MOVING or not getattr(image, "is_animated", False) or not _is_blank(image):
        return image
    first = image.copy()
    try:
        for number in range(1, min(count_frames(image), _LOOKED_AT)):
            image.seek(number)
            if image.size != first.size:
                return first  # a frame of GIF may reach beyond the canvas, which grows with it, without bounds
            image.load()
            if not _is_blank(image):
                return image
    except (*BROKEN, MemoryError):
        return first  # a good frame was there, and a broken one behind it is no reason to show nothing
    return first


def _is_blank(image: Image.Image) -> bool:
    extrema: Any = image.getextrema()
    bands = extrema if len(image.getbands()) > 1 else (extrema,)
    return all(low == high for low, high in bands)
