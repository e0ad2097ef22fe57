"""Calibrations as they are kept: in the weights that come along, or made here from the bank's texts.

The keys of a file: the tensors ``bank`` and, if its matches are judged, ``references``; as text ``bank_neighbours``,
``bank_weight``, ``reference_neighbours``, ``lowest_level``, ``probability_slope``, ``probability_intercept``,
``threshold``, ``cut``.
``research.bundled.relevance`` writes them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import blake3
import numpy as np
from numpy.typing import NDArray

from media_index.encoders.base import EncoderError, Vectors
from media_index.search.vectors.calibration import Calibration, Relevance

TENSORS: Final = frozenset({"bank", "references"})
RELEVANCE: Final = ("probability_slope", "probability_intercept", "threshold", "cut")
TEXTS: Final = Path(__file__).parent / "bank.txt"
"""Generic captions, one a line: 256 of those that the bundled encoder was trained on (see ``docs/encoders.md``)."""
NEIGHBOURS: Final = 5
WEIGHT: Final = 0.5
"""For models that bring no calibration: the K and, as its scores are halved here, the weight of CSLS's own paper."""


def read(file: Path) -> Calibration:
    """The calibration in a file of weights. Raises :class:`EncoderError` if there is none that makes sense."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, framework="numpy") as kept:
            found = {name: _unit(kept.get_tensor(name)) for name in TENSORS & set(kept.keys())}
            return _made(found, kept.metadata() or {})
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise EncoderError(f"{file.name} holds no calibration that can be used: {error}") from error


def of_text_side(folder: Path, encode: Callable[[Sequence[str]], Vectors]) -> Calibration:
    """The calibration of any model: the bank's texts through its own text side, kept in ``folder`` from then on.

    There are no references and no labelled pairs for it, so nothing is ever said not to match.
    """
    from safetensors.numpy import save_file

    texts = TEXTS.read_text(encoding="utf-8").splitlines()
    file = folder / f"bank-{blake3.blake3(TEXTS.read_bytes()).hexdigest()[:12]}.safetensors"
    if not file.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}.part")  # the worker and the web process may both be at it
        about = {"bank_neighbours": str(NEIGHBOURS), "bank_weight": str(WEIGHT)}
        save_file({"bank": encode(texts)}, draft, metadata=about)
        draft.replace(file)
    return read(file)


def _made(tensors: Mapping[str, Vectors], about: Mapping[str, str]) -> Calibration:
    relevance = Relevance(*(float(about[key]) for key in RELEVANCE)) if RELEVANCE[0] in about else None
    return Calibration(
        bank=tensors["bank"],
        neighbours=int(about["bank_neighbours"]),
        weight=float(about["bank_weight"]),
        references=tensors.get("references"),
        level_neighbours=int(about.get("reference_neighbours", "1")),
        lowest_level=float(about.get("lowest_level", "-1")),
        relevance=relevance,
    )


def _unit(stored: NDArray[np.floating]) -> Vectors:
    """Of length 1 again after half precision."""
    vectors = stored.astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit
