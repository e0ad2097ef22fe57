"""A face engine for tests: a face is a square of one strong colour on grey, and its colour is who it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from media_index.extractors.base import ExtractorOptions
from people.engines.base import Box, FoundFace

GREY = (128, 128, 128)
SIDE = 40
RED, GREEN, BLUE = (230, 20, 20), (20, 230, 20), (20, 20, 230)


def picture(*colours: tuple[int, int, int]) -> Image.Image:
    """A grey picture with a square of each colour side by side."""
    made = Image.new("RGB", (80 * max(len(colours), 1), 80), GREY)
    for place, colour in enumerate(colours):
        made.paste(colour, (80 * place + 20, 20, 80 * place + 20 + SIDE, 20 + SIDE))
    return made


class SquareEngine:
    name = "squares"
    version = "1"
    dimensions = 3
    pixels = 1024

    def find(self, pictures: Sequence[Image.Image]) -> list[list[FoundFace]]:
        return [self._faces(one) for one in pictures]

    def describe(self, picture: Image.Image, box: Box) -> FoundFace:
        left, top, width, height = box
        pixels = np.asarray(picture)
        rows = slice(int(top * picture.height), max(int((top + height) * picture.height), 1))
        columns = slice(int(left * picture.width), max(int((left + width) * picture.width), 1))
        return FoundFace(box, self._vector(pixels[rows, columns].reshape(-1, 3)), 0.5, 1.0)

    def unload(self) -> None:
        pass

    def _faces(self, picture: Image.Image) -> list[FoundFace]:
        pixels = np.asarray(picture).astype(int)
        strong = (pixels.max(axis=2) - pixels.min(axis=2)) > 100
        across = np.flatnonzero(strong.any(axis=0))
        if not len(across):
            return []
        runs = np.split(across, np.flatnonzero(np.diff(across) > 1) + 1)
        down = np.flatnonzero(strong.any(axis=1))
        found = []
        for run in runs:
            box = (
                run[0] / picture.width,
                down[0] / picture.height,
                len(run) / picture.width,
                len(down) / picture.height,
            )
            inner = pixels[down[2] : down[-2], run[2] : run[-2]].reshape(-1, 3)
            found.append(FoundFace(box, self._vector(inner), 0.9, 0.99))
        return found

    def _vector(self, pixels: np.ndarray) -> np.ndarray:
        mean = pixels.mean(axis=0) - 128.0
        return (mean / max(np.linalg.norm(mean), 1e-6)).astype(np.float32)


class TwiceEngine(SquareEngine):
    """Another kind of vectors: longer, and not to be compared with those."""

    name = "twice"
    dimensions = 6

    def _vector(self, pixels: np.ndarray) -> np.ndarray:
        one = super()._vector(pixels)
        return (np.concatenate((-one, one)) / np.sqrt(2)).astype(np.float32)


def build(options: ExtractorOptions) -> SquareEngine:
    return SquareEngine()


def build_twice(options: ExtractorOptions) -> TwiceEngine:
    return TwiceEngine()
