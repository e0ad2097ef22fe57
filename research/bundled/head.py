"""The head: how it is fitted, and how it is written to a file.

Ridge regression (Hoerl and Kennard 1970) from what Lite2 sees to the mean of a photo's caption vectors, in the metric
that the captions' own covariance gives: what all captions share ("a man", "standing") counts for less than what tells
them apart. It is solved at once; nothing depends on chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from media_index.encoders.base import Vectors
from media_index.encoders.bundled import HeadWeights
from research.bundled.captions import Captions

SOURCE = "captions of COCO val2017 (cocodataset.org, CC BY 4.0); EfficientNet-Lite2 and all-MiniLM-L6-v2 (Apache-2.0)"
SMALLEST_DEVIATION = 1e-4
"""An input that hardly ever changes is not blown up."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a head is fitted to: by view and photo ``features`` ``(v, n, 2096)``, and ``said``, whose owners are the
    photos' positions."""

    features: NDArray[np.float32]
    said: Captions

    def meanings(self) -> Vectors:
        """The mean of each photo's captions, ``(n, 384)``, of length 1."""
        sums = np.zeros((self.features.shape[1], self.said.vectors.shape[1]), dtype=np.float32)
        np.add.at(sums, self.said.owners, self.said.vectors)
        unit: Vectors = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return unit


@dataclass(frozen=True, slots=True)
class Linear:
    """``x @ matrix + offset``, ``(d, 384)`` and ``(384,)``."""

    matrix: NDArray[np.float64]
    offset: NDArray[np.float64]

    def __call__(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """``(n, d)`` to ``(n, 384)``."""
        return (features @ self.matrix + self.offset).astype(np.float32)


def ridge(given: Lesson, shrinkage: float) -> Linear:
    """From features to caption vectors, both less their means. ``shrinkage`` is in variances of an input: at 6 a
    direction as strong as one input alone keeps a seventh of its say."""
    inputs = given.features.reshape(-1, given.features.shape[2]).astype(np.float32)
    mean, deviation = inputs.mean(0), np.maximum(inputs.std(0), SMALLEST_DEVIATION)
    inputs = (inputs - mean) / deviation
    wanted = given.meanings()
    wanted = np.tile(wanted - wanted.mean(0), (len(given.features), 1))
    spread = (inputs.T @ inputs).astype(np.float64) / len(inputs) + shrinkage * np.eye(inputs.shape[1])
    solved = np.linalg.solve(spread, (inputs.T @ wanted).astype(np.float64) / len(inputs)) / deviation[:, None]
    return Linear(solved, -mean @ solved)


def metric(texts: Vectors, power: float, floor: float) -> NDArray[np.float64]:
    """The covariance of ``texts`` ``(n, d)`` plus ``floor``, to the power ``-power``, ``(d, d)``: 0.5 whitens."""
    values, directions = np.linalg.eigh(np.cov(texts.T.astype(np.float64)))
    weighted: NDArray[np.float64] = (directions * (np.maximum(values, 0) + floor) ** -power) @ directions.T
    return weighted


def save(head: HeadWeights, file: Path) -> None:
    """Write what :meth:`media_index.encoders.bundled.HeadWeights.read` reads."""
    file.parent.mkdir(parents=True, exist_ok=True)
    tensors = {"matrix": head.matrix, "offset": head.offset, "names": head.names}
    about = {"trained_on": head.trained_on, "source": head.source, "made_by": "research.bundled.train"}
    save_file({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}, file, metadata=about)
    # safetensors writes it for the owner alone, whatever the umask says; in an image it is read by another user.
    file.chmod(0o644)
