"""Vectors of pictures without the background that a calibrated encoder stores behind them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from media_index.encoders import registry
from media_index.encoders.base import Vectors
from media_index.workshop import options_for


def bare(stored: Iterable[Vectors], encoder_key: str) -> list[Vectors]:
    """Stored vectors as the encoder ``NAME@VERSION`` made them, float32 of length 1: what pictures are compared by.

    Raises ``EncoderError`` for an encoder that is not to be had any more.
    """
    end = -1 if registry.load(encoder_key, options_for(encoder_key)).calibrated else None
    return [unit(np.asarray(row, np.float32)[:end]) for row in stored]


def unit(vector: Vectors) -> Vectors:
    """``vector`` at length 1; what has no length stays as it is."""
    result: Vectors = (vector / (float(np.linalg.norm(vector)) or 1.0)).astype(np.float32)
    return result
