"""The default engine: CenterFace finds faces and the points that align them, dlib's network describes them.

Every face is described from several views, each with its mirror image, and the mean is kept. How alike a face and its
mirror image look to the network tells how far to trust it: of all that was tried it foretells mistakes best, as turned,
hidden and blurred faces all show there (``docs/people.md``).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from media_index.encoders.base import EncoderError
from media_index.encoders.memory import give_back
from media_index.encoders.runtime import open_session
from media_index.extractors.base import ExtractorOptions
from people.engines import dlib_network
from people.engines.alignment import cut, in_pixels, similarity
from people.engines.base import Box, FoundFace, Point
from people.engines.centerface import CenterFace, Detection
from people.engines.quality import quality, sharpness

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]

TEMPLATE = np.array([[48.0, 47.1], [102.9, 47.1], [75.5, 79.2], [52.4, 104.9], [98.5, 104.9]], np.float32)
"""Where the five points lie in the squares that dlib's network was trained on: the medians over 637 faces that were cut
out by dlib's 68 landmarks, made symmetric."""
VIEWS = (1.0, 0.92)
"""Sizes of the face in the square, against that of the template. Of two views these gave the most; more views gave no
more (``docs/people.md``)."""
BATCH = 16
"""Squares for one run of the network."""
SMALLEST = 16.0
"""Pixels between top and chin below which a face holds nothing to know anybody by."""
PLAIN_SCORE, PLAIN_QUALITY = 0.65, 0.1
"""A face has to have one of these at least. What has neither is a blur in the background or no face at all. With this
half as many boxes are wrong in photos of groups, and none of their faces is lost (``docs/people.md``)."""
_PACKAGE = "face_recognition_models"
_FILE = Path("models", "dlib_face_recognition_resnet_model_v1.dat")


class DlibEngine:
    """CenterFace and dlib's network in ONNX Runtime; loaded on first use."""

    name = "dlib"
    version = "1"
    dimensions = dlib_network.DIMENSIONS
    pixels = 2048

    def __init__(self, threads: int = 0) -> None:
        self.threads = threads
        self._detector = CenterFace(threads)
        self._session: InferenceSession | None = None
        self._lock = threading.Lock()

    def find(self, pictures: Sequence[Image.Image]) -> list[list[FoundFace]]:
        """See :class:`FaceEngine`; :class:`EncoderError` if the models cannot be had."""
        return [self._find(picture) for picture in pictures]

    def describe(self, picture: Image.Image, box: Box) -> FoundFace:
        """The face in ``box``; by the detector's points where it sees one there, else by where they mostly are.

        :class:`ValueError` if the box is empty or not in the picture.
        """
        drawn = in_pixels(box, picture)
        margin = (drawn[2:] - drawn[:2]) / 2
        left, top, right, bottom = np.rint(np.concatenate([drawn[:2] - margin, drawn[2:] + margin])).astype(int)
        shift = np.array([left, top], np.float32)
        around = picture.crop((left, top, right, bottom))
        seen = [
            Detection(face.box + np.tile(shift, 2), face.score, face.points + shift)
            for face in self._detector.detect(around)
        ]
        here = [face for face in seen if _centred(face, drawn)]
        face = max(here, key=lambda one: one.score) if here else _assumed(drawn)
        views = _views(picture, face.points)
        found = _found(picture, face, views, self._describe([views])[0])
        return FoundFace(box, found.vector, found.quality, found.score, found.landmarks)

    def unload(self) -> None:
        """Drop both networks and give their memory back."""
        self._detector.unload()
        with self._lock:
            self._session = None
        give_back()

    def _find(self, picture: Image.Image) -> list[FoundFace]:
        detected = [face for face in self._detector.detect(picture) if _large(face)]
        views = [_views(picture, face.points) for face in detected]
        described = zip(detected, views, self._describe(views), strict=True)
        found = [_found(picture, face, squares, vectors) for face, squares, vectors in described]
        return [face for face in found if _plausible(face)]

    def _describe(self, faces: Sequence[Sequence[Pixels]]) -> list[Floats]:
        """The vectors ``(views, 128)`` of each face, as the network gives them."""
        squares = [square for face in faces for square in face]
        if not squares:
            return []
        session = self._loaded()
        vectors = [
            session.run(None, {dlib_network.INPUT: np.stack(some).transpose(0, 3, 1, 2).astype(np.float32)})[0]
            for some in _portions(squares)
        ]
        together = np.concatenate(vectors)
        return list(together.reshape(len(faces), -1, self.dimensions))

    def _loaded(self) -> InferenceSession:
        with self._lock:
            if self._session is None:
                model = dlib_network.build(weights_file()).SerializeToString()
                self._session = open_session(model, threads=self.threads, arena=False)
            return self._session


def build(options: ExtractorOptions) -> DlibEngine:
    """The engine of this installation; loads nothing yet."""
    return DlibEngine(options.threads)


def weights_file() -> Path:
    """dlib's network as its package brings it; :class:`EncoderError` if the package is missing."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderError(f"the package {_PACKAGE} is missing: install requirements-nodeps.txt with pip's --no-deps")
    return Path(spec.origin).parent / _FILE


def _portions(squares: Sequence[Pixels]) -> list[Sequence[Pixels]]:
    return [squares[start : start + BATCH] for start in range(0, len(squares), BATCH)]


def _large(face: Detection) -> bool:
    return float(face.box[3] - face.box[1]) >= SMALLEST


def _plausible(face: FoundFace) -> bool:
    return face.score >= PLAIN_SCORE or face.quality >= PLAIN_QUALITY


def _views(picture: Image.Image, points: Floats) -> list[Pixels]:
    """The face as the network wants it, each view followed by its mirror image."""
    views = []
    middle = TEMPLATE.mean(axis=0)
    for scale in VIEWS:
        square = cut(picture, similarity(points, (TEMPLATE - middle) * scale + middle), dlib_network.SIDE)
        views += [square, square[:, ::-1]]
    return views


def _found(picture: Image.Image, face: Detection, views: Sequence[Pixels], vectors: Floats) -> FoundFace:
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    mean = units.mean(axis=0)
    size = np.array([picture.width, picture.height], np.float32)
    left, top, right, bottom = (float(side) for side in np.clip(face.box / np.tile(size, 2), 0, 1))
    mirrored = float(np.mean([units[place] @ units[place + 1] for place in range(0, len(units), 2)]))
    return FoundFace(
        box=(left, top, right - left, bottom - top),
        vector=(mean / np.linalg.norm(mean)).astype(np.float32),
        quality=quality(
            mirrored=mirrored,
            height=float(face.box[3] - face.box[1]),
            score=face.score,
            sharp=sharpness(views[0]),
        ),
        score=face.score,
        landmarks=tuple(_point(point) for point in face.points / size),
    )


def _point(place: Floats) -> Point:
    return float(place[0]), float(place[1])


def _centred(face: Detection, drawn: Floats) -> bool:
    """Whether the middle of the face is in the box, and the middle of the box in the face."""
    middle, wanted = face.points.mean(axis=0), (drawn[:2] + drawn[2:]) / 2
    return bool((middle >= drawn[:2]).all() and (middle <= drawn[2:]).all()) and bool(
        (wanted >= face.box[:2]).all() and (wanted <= face.box[2:]).all()
    )


_USUAL = np.array([[0.30, 0.40], [0.70, 0.40], [0.50, 0.60], [0.34, 0.78], [0.66, 0.78]], np.float32)
"""Where the points of a face that looks at one lie in its box, as fractions of it."""


def _assumed(drawn: Floats) -> Detection:
    """A face in a box in which the detector sees none: upright and looking at one; its score is 0."""
    return Detection(drawn, 0.0, drawn[:2] + _USUAL * (drawn[2:] - drawn[:2]))
