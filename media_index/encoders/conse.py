"""The bundled encoder: photos and texts in one space without any training on pairs.

Norouzi et al. 2013, "Zero-Shot Learning by Convex Combination of Semantic Embeddings" (ConSE): a classifier says what
is likely in the picture, a language model knows what the names of the classes mean; the picture's vector is the mean of
the vectors of the most likely names, weighted by their probabilities.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from media_index.decoding.decoded import Pixels
from media_index.encoders import bundle, calibrations
from media_index.encoders.base import EncoderError, Vectors
from media_index.encoders.bundle import Bundle
from media_index.encoders.catalog import CONSE
from media_index.encoders.lite2 import USEFUL_SIDE, Lite2, Seen, shared
from media_index.encoders.minilm import DIMENSIONS, MiniLM
from media_index.extractors.base import ExtractorOptions
from media_index.search.vectors.calibration import Calibration

PLAIN: Final = "1"
"""The version of the first release: vectors as they are. It can still be searched and gone back to."""
VERSION: Final = "2"
"""The same vectors with a calibration."""
WEIGHTS: Final = Path(__file__).parent / "weights"
CLASSES_USED: Final = 10
"""The T of the paper's ConSE(10). On the captioned photos of :mod:`media_index.encoders.lite2` 5 and 50 do as well."""


class ConseEncoder:
    """EfficientNet-Lite2 for pictures, MiniLM for texts; both in ONNX Runtime, on the CPU."""

    name: str = CONSE
    dimensions = DIMENSIONS
    side = USEFUL_SIDE

    def __init__(self, options: ExtractorOptions, version: str = VERSION) -> None:
        if version not in self.versions():
            raise EncoderError(f"this scanpix has no version {version} of {self.name} any more")
        self.version = version
        self.calibrated = version != PLAIN
        self._models = options.models
        self.classifier: Lite2 = shared(options.models, options.threads)
        self._text = MiniLM(Bundle.within(options.models), options.threads)
        self._class_vectors: Vectors | None = None
        self._lock = threading.Lock()

    @classmethod
    def versions(cls) -> tuple[str, ...]:
        """Those that can be had."""
        return (PLAIN, VERSION)

    @property
    def weights(self) -> Path:
        """The file that comes along for this version."""
        return WEIGHTS / f"{self.name}-{self.version}.safetensors"

    def calibration(self) -> Calibration | None:
        """As it comes along; None for the first version."""
        return calibrations.read(self.weights) if self.calibrated else None

    def encode_images(self, images: Sequence[Pixels]) -> Vectors:
        """Upright sRGB pictures ``(h, w, 3)`` to ``(len(images), 384)``, each row of length 1."""
        return self.encode_seen(self.classifier.look(images))

    def encode_seen(self, seen: Sequence[Seen]) -> Vectors:
        """The same from what the classifier has seen already."""
        if not seen:
            return np.empty((0, DIMENSIONS), dtype=np.float32)
        return self._vectors(seen)

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Texts to ``(len(texts), 384)``, each row of length 1."""
        bundle.ensure(self._models)
        return self._text.encode(texts)

    def unload(self) -> None:
        """Give back the memory of both sides; the next call loads again."""
        with self._lock:
            self._class_vectors = None
        self._text.unload()
        self.classifier.unload()

    def _vectors(self, seen: Sequence[Seen]) -> Vectors:
        return combine(np.stack([one.probabilities for one in seen]), self._classes())

    def _classes(self) -> Vectors:
        with self._lock:
            if self._class_vectors is None:
                self._class_vectors = np.load(bundle.ensure(self._models).class_vectors, allow_pickle=False)
            return self._class_vectors


def combine(probabilities: Vectors, class_vectors: Vectors) -> Vectors:
    """Probabilities ``(n, classes)`` and ``(classes, d)`` to ``(n, d)``, each row of length 1.

    A row that holds no numbers stays one that holds none.
    """
    mixed = mix(probabilities, class_vectors)
    unit: Vectors = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return unit


def mix(probabilities: Vectors, class_vectors: Vectors) -> Vectors:
    """The same before it is brought to length 1: the longer a row, the surer the classifier was."""
    top = np.argpartition(-probabilities, CLASSES_USED - 1, axis=1)[:, :CLASSES_USED]
    weights = np.take_along_axis(probabilities, top, axis=1)
    mixed: Vectors = np.einsum("nt,ntd->nd", weights, class_vectors[top])
    return mixed
