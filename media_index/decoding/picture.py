"""What opening one file gives, in the child process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from media_index.errors import ExtractError

MIN_SHARE = 1500 / 2048
"""How much of the longest side asked for a reduced picture must have: 12 megapixels at half size are 2,000 pixels, near
enough to a preview of 2,048, and decode in less than half the time (30 instead of 70 ms measured)."""

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns the EXIF orientation upright (EXIF 2.32, section 4.6.4, Orientation)."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded file as the child has it; the fields are those of :class:`~media_index.decoding.decoded.Decoded`.

    ``image`` is of mode RGB, or None when no pixels were asked for.
    """

    image: Image.Image | None
    width: int
    height: int
    format: str
    mime: str
    orientation: int = 1
    frames: int = 1
    tags: Mapping[str, Any] = field(default_factory=dict)


class PictureError(ExtractError):
    """A file whose pixels cannot be had. ``known`` is what it told all the same, without pixels."""

    def __init__(self, cause: ExtractError, known: Picture | None) -> None:
        super().__init__(cause.reason, cause.detail)
        self.known = known


def turned(image: Image.Image, orientation: int) -> Image.Image:
    """``image`` upright, where its EXIF orientation is ``orientation``."""
    return image.transpose(TURNS[orientation]) if orientation in TURNS else image
