"""What decoding a file gives. Plain data: no ORM, no settings, no Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from media_index.errors import ExtractError

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file, opened once and upright, for all extractors of a lane.

    ``pixels`` is ``(height, width, 3)``, sRGB, turned upright, its longest side at most what was asked for (never
    enlarged). ``width`` and ``height`` are those of the whole picture, upright, in pixels. ``tags`` holds the EXIF tags
    of all directories by their names in the EXIF standard (``DateTimeOriginal``, ``FNumber``, ``GPSLatitude``, ...) as
    ``str``, ``int``, ``float`` or tuples of these; rationals are floats, and what cannot be read is left out. Names
    with a prefix are other notes (``xmp:CreateDate``, ``png:Creation Time``) and those beside the file (``takeout:``).
    """

    pixels: Pixels
    width: int
    height: int
    format: str
    mime: str
    orientation: int = 1
    frames: int = 1
    tags: Mapping[str, Any] = field(default_factory=dict)


class DecodeError(ExtractError):
    """A file whose pixels cannot be had. ``known`` is what it told all the same; its ``pixels`` are empty."""

    def __init__(self, reason: str, detail: str = "", known: Decoded | None = None) -> None:
        super().__init__(reason, detail)
        self.known = known
