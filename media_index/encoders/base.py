"""The contract of an encoder: images and texts into one space of unit vectors. No ORM and no settings inside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from media_index.decoding.decoded import Pixels
from media_index.search.vectors.calibration import EXTRA_DIMENSIONS, Calibration

Vectors = NDArray[np.float32]


class EncoderError(Exception):
    """An encoder that cannot be had as asked for; the message says what to do, in one line."""


class Encoder(Protocol):
    """Images and texts into one space, where the inner product tells how well they go together.

    The two sides are loaded apart, each on first use: the web process never holds the image side, the worker never the
    text side.
    """

    name: str
    """The catalogue and the ``Encoder`` rows use it."""
    version: str
    """Differs where vectors that are stored would: with the weights, and with the calibration. Name and version
    together are unique."""
    dimensions: int
    """Of what the two sides give; what is stored may have one more (:func:`stored_dimensions`)."""
    calibrated: bool
    """Whether there is a :meth:`calibration`; known without loading anything."""
    side: int
    """Longest side in pixels of a picture that it can make use of."""

    def encode_images(self, images: Sequence[Pixels]) -> Vectors:
        """Upright sRGB pictures ``(height, width, 3)`` to ``(len(images), dimensions)``, each row of length 1."""
        ...

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Texts to ``(len(texts), dimensions)``, each row of length 1."""
        ...

    def calibration(self) -> Calibration | None:
        """What makes the scores of its vectors comparable, None for an encoder whose vectors are kept as they are.

        May load the text side once. Raises :class:`EncoderError` if that cannot be had.
        """
        ...

    def unload(self) -> None:
        """Give back the memory of both sides; the next call loads again."""
        ...


def stored_dimensions(encoder: Encoder) -> int:
    """The length of this encoder's vectors in the database."""
    return encoder.dimensions + (EXTRA_DIMENSIONS if encoder.calibrated else 0)
