"""Encoders that are quickly loaded: a picture is its mean colour, a text the colours that it names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from media_index.decoding.decoded import Pixels
from media_index.encoders.base import EncoderError, Vectors
from media_index.encoders.registry import split
from media_index.search.vectors.calibration import Calibration

SMALL, LARGE = "colour:small", "colour:large"
DIMENSIONS = {SMALL: 3, LARGE: 8}
VERSIONS = ["1"]
"""Those that can be had; a test that makes a new one puts others here."""
CALIBRATIONS: dict[str, Calibration] = {}
"""By version; empty, as the first release had none."""
COLOURS = {"red": (1, 0, 0), "green": (0, 1, 0), "blue": (0, 0, 1)}


class ColourEncoder:
    """The mean colour in the first three of its dimensions, as a unit vector; grey where there is none."""

    side = 10

    def __init__(self, name: str, version: str = "1") -> None:
        self.name = name
        self.version = version
        self.calibrated = version in CALIBRATIONS
        self.dimensions = DIMENSIONS[name]
        self.asked: list[str] = []
        self.unloaded = 0

    def encode_images(self, images: Sequence[Pixels]) -> Vectors:
        return self._vectors([image.reshape(-1, 3).mean(axis=0) for image in images])

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        words = [[COLOURS[word] for word in text.lower().split() if word in COLOURS] for text in texts]
        return self._vectors([np.sum(found, axis=0) if found else np.ones(3) for found in words])

    def calibration(self) -> Calibration | None:
        return CALIBRATIONS.get(self.version)

    def unload(self) -> None:
        self.unloaded += 1

    def _vectors(self, colours: Sequence[object]) -> Vectors:
        rows = np.asarray(colours, np.float32) + 1e-3
        padded = np.pad(rows, ((0, 0), (0, self.dimensions - 3)))
        return padded / np.linalg.norm(padded, axis=1, keepdims=True)


def load(key: str, options: object) -> ColourEncoder:
    """In the place of the registry's ``load``: the newest version is the last one of ``VERSIONS``."""
    name, version = split(key)
    if name not in DIMENSIONS:
        raise EncoderError(f"there is no encoder {name!r} here")
    if version and version not in VERSIONS:
        raise EncoderError(f"there is no version {version} of {name} here any more")
    return ColourEncoder(name, version or VERSIONS[-1])
