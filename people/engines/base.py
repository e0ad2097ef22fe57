"""The contract of a face engine: pictures in, faces out. No ORM and no settings inside.

An engine finds faces and describes each by a vector, so that two pictures of one person lie near. Vectors of different
engines, or of different versions of one, cannot be compared. How near is near enough is said on one scale for all: see
:mod:`people.engines.scale`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Vector = NDArray[np.float32]
Box = tuple[float, float, float, float]
"""Left, top, width and height, as fractions (0 to 1) of the upright picture."""
Point = tuple[float, float]
"""From the left and from the top, as fractions of the upright picture."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundFace:
    """``vector`` has length 1 and the engine's dimensions; ``quality`` (0 to 1) says how far the vector can be trusted:
    size, sharpness and pose; ``score`` (0 to 1) how sure the detector is that it is a face at all."""

    box: Box
    vector: Vector
    quality: float
    score: float
    landmarks: tuple[Point, ...] = ()


class FaceEngine(Protocol):
    """``pixels`` is the longest side in pixels of the pictures it can make use of."""

    name: str
    version: str
    dimensions: int
    pixels: int

    def find(self, pictures: Sequence[Image.Image]) -> list[list[FoundFace]]:
        """The faces of each upright RGB picture, in its order; from left to right, as boxes begin."""
        ...

    def describe(self, picture: Image.Image, box: Box) -> FoundFace:
        """The face in a box that somebody drew, whether or not the detector sees one there."""
        ...

    def unload(self) -> None:
        """Give back what memory can be given back; the next call loads it again."""
        ...
