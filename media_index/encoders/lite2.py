"""EfficientNet-Lite2 in ONNX Runtime: what is in a picture, as probabilities over the 1,000 classes of ImageNet."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from media_index.decoding.decoded import Pixels
from media_index.encoders import bundle
from media_index.encoders.memory import give_back
from media_index.encoders.pixels import Fit
from media_index.encoders.runtime import open_session

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

SIDE = 260
FIT = Fit(SIDE, SIDE)
"""The whole short side. On 376 captioned photos (COCO) the bundled encoder finds 56 % by caption among the first 10 so,
54 % with the usual cut to 0.89 of it, 55 % squashed."""
USEFUL_SIDE = 2 * SIDE
"""The longest side that is of use: of a picture twice as long as high the middle still has 260 pixels of its own."""
BATCH = 16
"""Pictures for one run. On two cores, images/s at 4, 8, 16: 55, 58, 74; at 32 fewer."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the network makes of one picture: ``features`` ``(1280,)``, ``probabilities`` ``(1000,)``, float32."""

    features: NDArray[np.float32]
    probabilities: NDArray[np.float32]


class Lite2:
    """The network, loaded on first use. One is shared by all who look through it (see :func:`shared`)."""

    def __init__(self, models: Path, threads: int) -> None:
        self.models = models
        self.threads = threads
        self._session: InferenceSession | None = None
        self._lock = threading.Lock()

    @cached_property
    def class_names(self) -> tuple[str, ...]:
        """The readable names of the classes, in their order."""
        names = json.loads(bundle.ensure(self.models).class_names.read_text(encoding="utf-8"))
        return tuple(names)

    def look(self, images: Sequence[Pixels]) -> list[Seen]:
        """What is seen in each of ``images``: ``(h, w, 3)`` uint8, upright sRGB of any size.

        Raises :class:`EncoderError` if the model cannot be had, :class:`ValueError` for an array that is no picture.
        """
        session = self._loaded()
        seen: list[Seen] = []
        chunks = [images[start : start + BATCH] for start in range(0, len(images), BATCH)]
        # The next pictures are resized while the network runs on these.
        with ThreadPoolExecutor(1, thread_name_prefix="resize") as ahead:
            for pixels in ahead.map(FIT.apply_all, chunks):
                features, probabilities = session.run(["features", "probabilities"], {"pixels": pixels})
                seen += [Seen(*pair) for pair in zip(features, probabilities, strict=True)]
        return seen

    def unload(self) -> None:
        """Drop the network and give its memory back; the next look loads it again."""
        with self._lock:
            self._session = None
        give_back()

    def _loaded(self) -> InferenceSession:
        with self._lock:
            if self._session is None:
                self._session = open_session(bundle.ensure(self.models).lite2, threads=self.threads, arena=True)
            return self._session


@cache
def shared(models: Path, threads: int) -> Lite2:
    """The one network of this process for this folder and this number of threads."""
    return Lite2(models, threads)
