"""The text side of the active encoder in this process: loaded on first use or ahead, dropped when idle."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from media_index.encoders import registry
from media_index.encoders.base import Encoder as EncoderModel
from media_index.encoders.base import Vectors
from media_index.extractors.base import ExtractorOptions
from media_index.search.vectors.calibration import Calibration, Relevance

log = logging.getLogger("media_index.search")

REMEMBERED = 1000
"""Vectors of the latest texts: 2 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A text as it is searched with: ``vector`` has the length of the stored ones. A score is judged by how far it lies
    above ``level``; without ``relevance`` it is only ranked."""

    vector: Vectors
    level: float = 0.0
    relevance: Relevance | None = None

    def probability(self, score: float) -> float | None:
        """That a photo of this score fits, where that is known."""
        return None if self.relevance is None else self.relevance.probability(score - self.level)


class TextSide:
    """Texts to vectors, for any thread. One encoder at a time is loaded."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key = ""
        self._encoder: EncoderModel | None = None
        self._calibration: Calibration | None = None
        self._options: ExtractorOptions | None = None
        self._asked: OrderedDict[tuple[str, str], Asked] = OrderedDict()
        self._used_at = time.monotonic()

    def ask(self, key: str, text: str, options: ExtractorOptions) -> Asked:
        """``text`` for the vectors of the encoder ``key`` (``NAME@VERSION``).

        Raises ``EncoderError`` when that encoder cannot be had.
        """
        place = (key, text)
        with self._lock:
            self._used_at = time.monotonic()
            if place not in self._asked:
                self._asked[place] = self._ask(self._load(key, options), text)
                if len(self._asked) > REMEMBERED:
                    self._asked.popitem(last=False)
            self._asked.move_to_end(place)
            return self._asked[place]

    def _ask(self, encoder: EncoderModel, text: str) -> Asked:
        vector = np.asarray(encoder.encode_texts([text])[0])
        if encoder.calibrated and self._calibration is None:
            self._calibration = encoder.calibration()
        calibration = self._calibration
        if calibration is None:
            return Asked(vector)
        return Asked(calibration.query(vector), calibration.level(vector), calibration.relevance)

    def _load(self, key: str, options: ExtractorOptions) -> EncoderModel:
        if self._encoder is None or self._key != key or self._options != options:
            # First, for it fails where an encoder is gone: what is loaded may then be asked in its place.
            wanted = registry.load(key, options)
            self._drop()
            self._encoder, self._key, self._options = wanted, key, options
        return self._encoder

    def _drop(self) -> None:
        if self._encoder is not None:
            self._encoder.unload()
        self._encoder = self._calibration = None

    def unload_when_idle(self, seconds: float) -> bool:
        """Give back the memory if nothing was asked for so long; whether it did."""
        with self._lock:
            if self._encoder is None or time.monotonic() - self._used_at < seconds:
                return False
            self._drop()
            return True


TEXT_SIDE = TextSide()
