"""The package ``face_recognition`` as an engine: dlib's HOG detector, its 68 landmarks and its network, run by dlib.

Offered beside the default one (``SCANPIX_FACE_ENGINES``). It finds fewer small and turned faces (``docs/people.md``);
whoever knows its results from elsewhere gets them here. The vectors are of the same network and on the same scale as
the default engine's, but cut out in another way: the two are never compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from media_index.encoders.base import EncoderError
from media_index.extractors.base import ExtractorOptions
from people.engines.alignment import in_pixels
from people.engines.base import Box, FoundFace, Point
from people.engines.dlib_network import DIMENSIONS, SIDE
from people.engines.quality import quality, sharpness

Pixels = NDArray[np.uint8]
Place = tuple[int, int, int, int]
"""Top, right, bottom and left in pixels, as the package has boxes."""

PIXELS = 2048
"""Longest side in pixels of what the detector looks at; faces of 80 pixels and more are found in it. A picture of half
that is doubled, as the package does by itself."""
SURE = 1.0
"""The package gives no score. In 375 photos of things the detector drew three boxes (``docs/people.md``)."""
_PACKAGES = ("face_recognition", "face_recognition_models", "dlib")


class FaceRecognitionEngine:
    """The package loads its models when it is imported, on first use, and keeps them while the process lives."""

    name = "face_recognition"
    version = "1"
    dimensions = DIMENSIONS
    pixels = PIXELS

    def find(self, pictures: Sequence[Image.Image]) -> list[list[FoundFace]]:
        """See :class:`FaceEngine`; :class:`EncoderError` if the packages are missing."""
        return [self._find(picture) for picture in pictures]

    def describe(self, picture: Image.Image, box: Box) -> FoundFace:
        """The face in ``box``, whether or not there is one; :class:`ValueError` if it is empty or lies outside."""
        left, top, right, bottom = (round(float(side)) for side in in_pixels(box, picture))
        place = (top, max(right, left + 1), max(bottom, top + 1), left)
        found = self._found(np.asarray(picture), place)
        return FoundFace(box, found.vector, found.quality, found.score, found.landmarks)

    def unload(self) -> None:
        """The package holds its models for good."""

    def _find(self, picture: Image.Image) -> list[FoundFace]:
        small = picture.copy()
        small.thumbnail((PIXELS, PIXELS), Image.Resampling.LANCZOS)
        pixels = np.asarray(small)
        high, wide = pixels.shape[:2]
        doubled = int(2 * max(high, wide) <= PIXELS)
        places: list[Place] = _package().face_locations(pixels, doubled, "hog")
        inside = [
            (max(top, 0), min(right, wide), min(bottom, high), max(left, 0)) for top, right, bottom, left in places
        ]
        return [self._found(pixels, place) for place in sorted(inside, key=lambda place: (place[3], place[0]))]

    def _found(self, pixels: Pixels, place: Place) -> FoundFace:
        """With the mean of the face and its mirror image, whose likeness tells how far to trust it."""
        top, right, bottom, left = place
        high, wide = pixels.shape[:2]
        mirrored = np.ascontiguousarray(pixels[:, ::-1])
        one = _vector(pixels, place)
        other = _vector(mirrored, (top, wide - left, bottom, wide - right))
        mean = one + other
        face = Image.fromarray(pixels[top:bottom, left:right]).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        return FoundFace(
            box=(left / wide, top / high, (right - left) / wide, (bottom - top) / high),
            vector=(mean / np.linalg.norm(mean)).astype(np.float32),
            quality=quality(
                mirrored=float(one @ other), height=float(bottom - top), score=SURE, sharp=sharpness(np.asarray(face))
            ),
            score=SURE,
            landmarks=_landmarks(pixels, place),
        )


def build(options: ExtractorOptions) -> FaceRecognitionEngine:  # noqa: ARG001  (the factory's shape)
    """The engine of this installation; loads nothing yet. dlib uses one thread whatever the options say."""
    return FaceRecognitionEngine()


def _vector(pixels: Pixels, place: Place) -> NDArray[np.float64]:
    """Of length 1."""
    vector: NDArray[np.float64] = _package().face_encodings(pixels, [place], model="large")[0]
    return vector / np.linalg.norm(vector)


def _landmarks(pixels: Pixels, place: Place) -> tuple[Point, ...]:
    """The eyes and the tip of the nose."""
    high, wide = pixels.shape[:2]
    marks = _package().face_landmarks(pixels, [place], model="small")[0]
    return tuple((x / wide, y / high) for name in ("left_eye", "right_eye", "nose_tip") for x, y in marks[name])


def _package() -> Any:
    # Looked for before: the package ends the whole process where its models are missing.
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        raise EncoderError(
            f"the package {missing[0]} is missing: install requirements.txt, and requirements-nodeps.txt with pip's "
            "--no-deps"
        )
    # The package has Pillow fill up broken files with grey, for the whole process; they are to be told as broken.
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    try:
        return import_module("face_recognition")
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before
