"""EfficientNet-Lite2 in ONNX Runtime: what is in a picture, as probabilities over the 1,000 classes of ImageNet."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
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

LONG, SHORT, SQUARE = 352, 256, 288
"""Sides of the shapes that the network takes, in pixels (:data:`media_index.encoders.torch_lite2.SHAPES`)."""
FEATURES = 2096
"""Pooled features: 1,280 of the last stage, the rest of those before it."""
LYING, STANDING, UPRIGHT = Fit(SHORT, LONG, "squash"), Fit(LONG, SHORT, "squash"), Fit(SQUARE, SQUARE, "squash")
NEARLY_SQUARE = (LONG / SHORT) ** 0.5
"""Sides that differ less are nearer to a square than to the other shapes."""
LONGEST = 16 / 9
"""How much longer than high (or the reverse) what the network sees of a picture may be: the middle of a panorama stands
for it, as all of it would be squashed beyond recognition."""
USEFUL_SIDE = 2 * SHORT
"""The longest side that is of use: of a picture twice as long as high the middle still has 256 pixels of its own."""
BATCH = 8
"""Pictures for one run: as fast on two cores as 16, which keep 230 MB more (4: half as fast at times, 110 MB less)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the network makes of one picture: ``features`` ``(2096,)``, ``probabilities`` ``(1000,)``, float32."""

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
        seen: dict[int, Seen] = {}
        runs = list(_runs(images))
        # The next pictures are resized while the network runs on these.
        with ThreadPoolExecutor(1, thread_name_prefix="resize") as ahead:
            prepared = ahead.map(lambda run: run[0].apply_all([_cut(images[place]) for place in run[1]]), runs)
            for (_, places), pixels in zip(runs, prepared, strict=True):
                outputs = session.run(["features", "probabilities"], {"pixels": pixels})
                seen |= {place: Seen(*pair) for place, *pair in zip(places, *outputs, strict=True)}
        return [seen[place] for place in range(len(images))]

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


def _runs(images: Sequence[Pixels]) -> Iterator[tuple[Fit, list[int]]]:
    """The positions of ``images`` in runs of one shape."""
    by_shape: dict[Fit, list[int]] = {LYING: [], STANDING: [], UPRIGHT: []}
    for place, image in enumerate(images):
        by_shape[_shape(image)].append(place)
    for fit, places in by_shape.items():
        for start in range(0, len(places), BATCH):
            yield fit, places[start : start + BATCH]


def _shape(image: Pixels) -> Fit:
    height, width = (max(side, 1) for side in image.shape[:2])
    if width > height * NEARLY_SQUARE:
        return LYING
    return STANDING if height > width * NEARLY_SQUARE else UPRIGHT


def _cut(image: Pixels) -> Pixels:
    """The middle of a picture that is too long."""
    height, width = image.shape[:2]
    wide, high = min(width, round(height * LONGEST)), min(height, round(width * LONGEST))
    left, top = (width - wide) // 2, (height - high) // 2
    return image[top : top + high, left : left + wide]
