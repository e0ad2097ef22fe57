"""The bundled encoder with a learned head: what EfficientNet-Lite2 sees, taken to where MiniLM puts captions.

ConSE knows the names of 1,000 things and nothing else. A linear head, fitted to captioned photos, adds people, actions
and places; ConSE's vector stays part of the sum, so that rare things are still found by their names. How it was fitted,
and what it was tried against: ``docs/encoders.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from media_index.encoders import calibrations
from media_index.encoders.base import EncoderError, Vectors
from media_index.encoders.catalog import BUNDLED
from media_index.encoders.conse import WEIGHTS as FOLDER
from media_index.encoders.conse import ConseEncoder, mix
from media_index.encoders.lite2 import FEATURES, Seen
from media_index.encoders.minilm import DIMENSIONS
from media_index.extractors.base import ExtractorOptions

VERSION: Final = "2"
WEIGHTS: Final = FOLDER / f"{BUNDLED}-{VERSION}.safetensors"


@dataclass(frozen=True, slots=True)
class HeadWeights:
    """Linear maps: ``matrix`` ``(384, 2096)`` and ``offset`` ``(384,)`` for the features, ``names`` ``(384, 384)`` for
    ConSE's mix of class names. All float32.

    ``trained_on`` names the split of the photos behind it, ``source`` what it was made from. The same file holds the
    calibration (:mod:`media_index.encoders.calibrations`).
    """

    matrix: NDArray[np.float32]
    offset: NDArray[np.float32]
    names: NDArray[np.float32]
    trained_on: str
    source: str

    @classmethod
    def read(cls, file: Path) -> Self:
        """The weights in ``file``; :class:`EncoderError` if they are not there or have other shapes."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(file, framework="numpy") as kept:
                given = {
                    name: kept.get_tensor(name).astype(np.float32) for name in set(kept.keys()) - calibrations.TENSORS
                }
                about = kept.metadata() or {}
        except (OSError, SafetensorError) as error:
            raise EncoderError(f"the weights {file.name} cannot be read: {error}") from error
        wanted = {"matrix": (DIMENSIONS, FEATURES), "offset": (DIMENSIONS,), "names": (DIMENSIONS, DIMENSIONS)}
        if {name: tensor.shape for name, tensor in given.items()} != wanted:
            raise EncoderError(f"{file.name} does not hold the weights of the bundled encoder")
        return cls(**given, trained_on=about.get("trained_on", ""), source=about.get("source", ""))


def apply_head(head: HeadWeights, features: Vectors, probabilities: Vectors, class_vectors: Vectors) -> Vectors:
    """Features ``(n, 2096)`` and probabilities ``(n, 1000)`` to ``(n, 384)``, each row of length 1.

    The two parts are not brought to one length first: where the classifier is sure, its names count for more. A row
    that holds no numbers stays one that holds none.
    """
    learned = features @ head.matrix.T + head.offset
    return _unit(learned + mix(probabilities, class_vectors) @ head.names.T)


def _unit(vectors: Vectors) -> Vectors:
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


class BundledEncoder(ConseEncoder):
    """The networks of ConSE with the head for pictures; on the CPU, without torch."""

    name = BUNDLED

    def __init__(self, options: ExtractorOptions, version: str = VERSION) -> None:
        super().__init__(options, version)
        self._head: HeadWeights | None = None

    @classmethod
    def versions(cls) -> tuple[str, ...]:
        """Those whose weights are here: earlier ones may have been left out of the package."""
        return tuple(file.stem.removeprefix(f"{BUNDLED}-") for file in FOLDER.glob(f"{BUNDLED}-[0-9]*.safetensors"))

    def unload(self) -> None:
        """Give back the memory of both sides; the next call loads again."""
        self._head = None
        super().unload()

    def _vectors(self, seen: Sequence[Seen]) -> Vectors:
        head = self._head = self._head or HeadWeights.read(self.weights)
        features = np.stack([one.features for one in seen])
        return apply_head(head, features, np.stack([one.probabilities for one in seen]), self._classes())
