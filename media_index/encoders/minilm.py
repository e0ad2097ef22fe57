"""MiniLM in ONNX Runtime: texts to unit vectors, without torch."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from media_index.encoders.base import Vectors
from media_index.encoders.bundle import Bundle
from media_index.encoders.memory import give_back
from media_index.encoders.runtime import open_session

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

DIMENSIONS = 384
MAX_TOKENS = 256
"""``max_seq_length`` of the model's own configuration; what is longer is cut off."""
BATCH = 32


@dataclass(frozen=True, slots=True)
class _Loaded:
    tokenizer: Tokenizer
    session: InferenceSession


class MiniLM:
    """The network and its tokenizer, loaded on first use from the files of ``bundle``, which must be there by then."""

    def __init__(self, bundle: Bundle, threads: int) -> None:
        self._bundle = bundle
        self._threads = threads
        self._loaded: _Loaded | None = None
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """``texts`` to ``(len(texts), 384)``, each row of length 1. An empty text has a vector as well."""
        loaded = self._load()
        result = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        for start in range(0, len(texts), BATCH):
            encoded = loaded.tokenizer.encode_batch(list(texts[start : start + BATCH]))
            ids = np.array([text.ids for text in encoded], dtype=np.int64)
            mask = np.array([text.attention_mask for text in encoded], dtype=np.int64)
            result[start : start + BATCH] = loaded.session.run(["vectors"], {"ids": ids, "mask": mask})[0]
        return result

    def unload(self) -> None:
        """Drop the network and give its memory back; the next call loads it again."""
        with self._lock:
            self._loaded = None
        give_back()

    def _load(self) -> _Loaded:
        with self._lock:
            if self._loaded is None:
                # Without the arena: a search box sends one short text now and then.
                session = open_session(self._bundle.minilm, threads=self._threads, arena=False)
                self._loaded = _Loaded(load_tokenizer(self._bundle.tokenizer), session)
            return self._loaded


def load_tokenizer(file: Path) -> Tokenizer:
    """The tokenizer in ``file``, cutting at 256 tokens and padding each batch to its longest text."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.enable_padding()
    return tokenizer
