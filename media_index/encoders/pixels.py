"""Pictures to the size a network wants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from media_index.decoding.decoded import Pixels

REDUCING_GAP = 3.0
"""Let Pillow shrink large pictures by whole numbers first; its documentation calls the result at 3 close to exact."""

_FILTERS = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}


@dataclass(frozen=True, slots=True)
class Fit:
    """How a picture is brought to ``height`` by ``width`` pixels.

    ``mode`` is open_clip's: ``shortest`` cuts out the middle, ``squash`` ignores the proportions, ``longest`` keeps
    them and fills the rest with the grey value ``fill``.
    """

    height: int
    width: int
    mode: str = "shortest"
    interpolation: str = "bicubic"
    fill: int = 0

    def __post_init__(self) -> None:
        if self.mode not in ("shortest", "squash", "longest"):
            raise ValueError(f"unknown way to resize: {self.mode}")
        if self.interpolation not in _FILTERS:
            raise ValueError(f"unknown interpolation: {self.interpolation}")

    def apply(self, pixels: Pixels) -> Pixels:
        """``(h, w, 3)`` uint8 to ``(height, width, 3)`` uint8; :class:`ValueError` for any other array."""
        if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or 0 in pixels.shape:
            raise ValueError(f"not a picture: {pixels.dtype} {pixels.shape}")
        if self.mode == "longest":
            return self._framed(pixels)
        box = self._middle(pixels.shape[1], pixels.shape[0]) if self.mode == "shortest" else None
        return self._resized(pixels, (self.width, self.height), box)

    def apply_all(self, images: Sequence[Pixels]) -> Pixels:
        """Each of ``images``, as one array ``(len(images), height, width, 3)``."""
        result = np.empty((len(images), self.height, self.width, 3), dtype=np.uint8)
        for position, image in enumerate(images):
            result[position] = self.apply(image)
        return result

    def _resized(
        self, pixels: Pixels, size: tuple[int, int], box: tuple[float, float, float, float] | None = None
    ) -> Pixels:
        picture = Image.fromarray(np.ascontiguousarray(pixels))
        return np.asarray(picture.resize(size, _FILTERS[self.interpolation], box=box, reducing_gap=REDUCING_GAP))

    def _middle(self, width: int, height: int) -> tuple[float, float, float, float]:
        """The part of the picture that remains when torchvision resizes it whole and then cuts out the middle."""
        if width * self.height <= height * self.width:
            whole = (self.width, height * self.width // width)
        else:
            whole = (width * self.height // height, self.height)
        left = round((whole[0] - self.width) / 2) * width / whole[0]
        top = round((whole[1] - self.height) / 2) * height / whole[1]
        right = min(left + self.width * width / whole[0], float(width))
        return (left, top, right, min(top + self.height * height / whole[1], float(height)))

    def _framed(self, pixels: Pixels) -> Pixels:
        height, width = pixels.shape[:2]
        scale = min(self.width / width, self.height / height)
        inner = (max(round(width * scale), 1), max(round(height * scale), 1))
        left, top = (self.width - inner[0]) // 2, (self.height - inner[1]) // 2
        frame = np.full((self.height, self.width, 3), self.fill, dtype=np.uint8)
        frame[top : top + inner[1], left : left + inner[0]] = self._resized(pixels, inner)
        return frame
