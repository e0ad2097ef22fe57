"""The bundled encoder with a learned head: what EfficientNet-Lite2 sees, taken to where MiniLM puts captions.

ConSE knows the names of 1,000 things and nothing else. A head of one hidden layer, trained on captioned photos, adds
people, actions and places; ConSE's vector stays part of the sum, so that rare things are still found by their names.
How it was trained, and what it was tried against: ``docs/encoders.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from media_index.encoders.base import EncoderError, Vectors
from media_index.encoders.catalog import BUNDLED_HEAD
from media_index.encoders.conse import ConseEncoder, mix
from media_index.encoders.lite2 import Seen
from media_index.encoders.minilm import DIMENSIONS
from media_index.extractors.base import ExtractorOptions

VERSION: Final = "1"
WEIGHTS: Final = Path(__file__).parent / "weights" / f"bundled-{VERSION}.safetensors"
FEATURES: Final = 1280
"""What Lite2 pools (:class:`media_index.encoders.lite2.Seen`)."""


@dataclass(frozen=True, slots=True)
class HeadWeights:
    """One hidden layer with ReLU: ``hidden`` ``(h, 1280)`` and its ``hidden_bias`` ``(h,)``, ``out`` ``(384, h)`` and
    its ``out_bias`` ``(384,)``; ``conse`` is how much of ConSE's mix is added to the unit vector of these. All float32.

    ``trained_on`` names the split of the photos behind it, ``source`` what it was made from.
    """

    hidden: NDArray[np.float32]
    hidden_bias: NDArray[np.float32]
    out: NDArray[np.float32]
    out_bias: NDArray[np.float32]
    conse: float
    trained_on: str
    source: str

    @classmethod
    def read(cls, file: Path) -> Self:
        """The weights in ``file``; :class:`EncoderError` if they are not there or have other shapes."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(file, framework="numpy") as kept:
                given = {name: kept.get_tensor(name).astype(np.float32) for name in kept.keys()}  # noqa: SIM118
                about = kept.metadata() or {}
        except (OSError, SafetensorError) as error:
            raise EncoderError(f"the weights {file.name} cannot be read: {error}") from error
        width = given["hidden"].shape[0] if "hidden" in given else 0
        wanted = {"hidden": (width, FEATURES), "hidden_bias": (width,), "out": (DIMENSIONS, width)}
        wanted |= {"out_bias": (DIMENSIONS,), "conse": (1,)}
        if {name: tensor.shape for name, tensor in given.items()} != wanted or not width:
            raise EncoderError(f"{file.name} does not hold the weights of the bundled encoder")
        conse = float(given.pop("conse")[0])
        return cls(**given, conse=conse, trained_on=about.get("trained_on", ""), source=about.get("source", ""))


def apply_head(head: HeadWeights, features: Vectors, probabilities: Vectors, class_vectors: Vectors) -> Vectors:
    """Features ``(n, 1280)`` and probabilities ``(n, 1000)`` to ``(n, 384)``, each row of length 1.

    A row that holds no numbers stays one that holds none.
    """
    hidden = np.maximum(features @ head.hidden.T + head.hidden_bias, 0)
    learned = _unit(hidden @ head.out.T + head.out_bias)
    return _unit(learned + head.conse * mix(probabilities, class_vectors))


def _unit(vectors: Vectors) -> Vectors:
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


class BundledEncoder(ConseEncoder):
    """The networks of ConSE with the head for pictures; on the CPU, without torch."""

    name = BUNDLED_HEAD
    version = VERSION

    def __init__(self, options: ExtractorOptions) -> None:
        super().__init__(options)
        self._head: HeadWeights | None = None

    def unload(self) -> None:
        """Give back the memory of both sides; the next call loads again."""
        self._head = None
        super().unload()

    def _vectors(self, seen: Sequence[Seen]) -> Vectors:
        head = self._head = self._head or HeadWeights.read(WEIGHTS)
        features = np.stack([one.features for one in seen])
        return apply_head(head, features, np.stack([one.probabilities for one in seen]), self._classes())
