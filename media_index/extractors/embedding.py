"""Embeddings: a picture as a vector in the space of an encoder, where texts can look for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from media_index.encoders.base import Encoder, Vectors
from media_index.encoders.lite2 import Lite2, Seen
from media_index.encoders.registry import load
from media_index.errors import ExtractError
from media_index.extractors import classifier
from media_index.extractors.base import Batch, Extractor, ExtractorOptions, Lane, Needs, Outcome
from media_index.extractors.isolation import run_isolated
from media_index.formats import DECODABLE
from media_index.search.vectors.calibration import Calibration

LENGTH_TOLERANCE = 1e-3
"""How far the length of an encoder's vector may be from 1. Search ranks by inner product, which is only a cosine at
length 1; the background that is stored behind it is no part of that length."""


@dataclass(frozen=True, slots=True)
class EmbeddingOutcome(Outcome):
    """``vector`` is what is stored: ``(dimensions,)`` float32 of length 1 in the space of that version of the encoder,
    and its background behind it where the encoder is calibrated."""

    encoder: str
    version: str
    vector: NDArray[np.float32]


@runtime_checkable
class LooksThroughClassifier(Protocol):
    """An encoder that starts from what the shared classifier sees, so that it need not run twice."""

    classifier: Lite2

    def encode_seen(self, seen: Sequence[Seen]) -> Vectors:
        """What the classifier has seen to ``(len(seen), dimensions)``, each row of length 1."""
        ...


class EmbeddingExtractor:
    """The vectors of one encoder."""

    name = "embedding"
    lane = Lane.ML

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.version = f"{encoder.name}@{encoder.version}"
        self.needs = Needs(pixels=encoder.side)
        self._calibration: Calibration | None = None

    def accepts(self, kind: str, mime: str) -> bool:
        """All pictures that can be decoded."""
        return kind == "image" and mime in DECODABLE

    def extract(self, batch: Batch) -> Sequence[Outcome | ExtractError]:
        """An :class:`EmbeddingOutcome` for each picture; :class:`EncoderError` if the model cannot be had."""
        return [self._checked(vector) for vector in self._vectors(batch)]

    def unload(self) -> None:
        """Drop the encoder's networks."""
        self._calibration = None
        self.encoder.unload()

    def _vectors(self, batch: Batch) -> Sequence[NDArray[np.float32] | ExtractError]:
        if not isinstance(self.encoder, LooksThroughClassifier):
            return run_isolated(batch.contexts, lambda images: list(self.encoder.encode_images(images)))
        seen = classifier.look(batch, self.encoder.classifier)
        vectors = iter(self.encoder.encode_seen([one for one in seen if isinstance(one, Seen)]))
        return [next(vectors) if isinstance(one, Seen) else one for one in seen]

    def _checked(self, vector: NDArray[np.float32] | ExtractError) -> Outcome | ExtractError:
        if isinstance(vector, ExtractError):
            return vector
        length = float(np.linalg.norm(vector))
        # Turned around, so that what is no number fails as well.
        if not abs(length - 1.0) <= LENGTH_TOLERANCE:
            return ExtractError("model_failed", f"{self.encoder.name} gave a vector of length {length:.3g}")
        return EmbeddingOutcome(self.encoder.name, self.encoder.version, self._stored(vector))

    def _stored(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        if not self.encoder.calibrated:
            return vector
        if self._calibration is None:
            self._calibration = self.encoder.calibration()
        return vector if self._calibration is None else self._calibration.extend(vector[None])[0]


def build(options: ExtractorOptions) -> list[Extractor]:
    """One extractor for each of ``options.encoders``; loads no weights yet. :class:`EncoderError` for a wrong name."""
    return [EmbeddingExtractor(load(key, options)) for key in options.encoders]
