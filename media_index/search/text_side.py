"""The text side of the active encoder in this process: loaded on first use or ahead, dropped when idle."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict

import numpy as np

from media_index.encoders import registry
from media_index.encoders.base import Encoder as EncoderModel
from media_index.encoders.base import Vectors
from media_index.extractors.base import ExtractorOptions

log = logging.getLogger("media_index.search")

REMEMBERED = 1000
"""Vectors of the latest texts: 2 MB."""


class TextSide:
    """Texts to vectors, for any thread. One encoder at a time is loaded."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._encoder: EncoderModel | None = None
        self._options: ExtractorOptions | None = None
        self._vectors: OrderedDict[tuple[str, str], Vectors] = OrderedDict()
        self._used_at = time.monotonic()

    def encode(self, name: str, text: str, options: ExtractorOptions) -> Vectors:
        """The vector of ``text``, ``(dimensions,)``. Raises ``EncoderError`` when the encoder cannot be had."""
        key = (name, text)
        with self._lock:
            self._used_at = time.monotonic()
            if key not in self._vectors:
                self._vectors[key] = np.asarray(self._load(name, options).encode_texts([text])[0])
                if len(self._vectors) > REMEMBERED:
                    self._vectors.popitem(last=False)
            self._vectors.move_to_end(key)
            return self._vectors[key]

    def _load(self, name: str, options: ExtractorOptions) -> EncoderModel:
        if self._encoder is None or self._encoder.name != name or self._options != options:
            if self._encoder is not None:
                self._encoder.unload()
            self._encoder = registry.load(name, options)
            self._options = options
        return self._encoder

    def unload_when_idle(self, seconds: float) -> bool:
        """Give back the memory if nothing was asked for so long; whether it did."""
        with self._lock:
            if self._encoder is None or time.monotonic() - self._used_at < seconds:
                return False
            self._encoder.unload()
            self._encoder = None
            return True


TEXT_SIDE = TextSide()
