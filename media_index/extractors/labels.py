"""Labels: what is in a picture, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from media_index.encoders.lite2 import USEFUL_SIDE, Lite2, Seen, shared
from media_index.errors import ExtractError
from media_index.extractors import classifier
from media_index.extractors.base import Batch, Extractor, ExtractorOptions, Lane, Needs, Outcome
from media_index.formats import DECODABLE

MINIMUM = 0.03
"""Probability below which a label is left out: 30 times that of a blind guess among 1,000 classes."""
MOST = 10


@dataclass(frozen=True, slots=True)
class LabelsOutcome(Outcome):
    """Names with their probabilities, the most likely first; empty where the classifier is at a loss."""

    labels: tuple[tuple[str, float], ...]


class LabelsExtractor:
    """The classes of ImageNet that EfficientNet-Lite2 finds likely."""

    name = "labels"
    version = "2"
    lane = Lane.ML
    needs = Needs(pixels=USEFUL_SIDE)

    def __init__(self, network: Lite2) -> None:
        self._network = network

    def accepts(self, kind: str, mime: str) -> bool:
        """All pictures that can be decoded."""
        return kind == "image" and mime in DECODABLE

    def extract(self, batch: Batch) -> Sequence[Outcome | ExtractError]:
        """A :class:`LabelsOutcome` for each picture; :class:`EncoderError` if the model cannot be had."""
        return [
            seen if isinstance(seen, ExtractError) else LabelsOutcome(self._likely(seen))
            for seen in classifier.look(batch, self._network)
        ]

    def unload(self) -> None:
        """Drop the network."""
        self._network.unload()

    def _likely(self, seen: Seen) -> tuple[tuple[str, float], ...]:
        names, probabilities = self._network.class_names, seen.probabilities
        top = np.argsort(-probabilities, kind="stable")[:MOST]
        return tuple((names[place], float(probabilities[place])) for place in top if probabilities[place] >= MINIMUM)


def build(options: ExtractorOptions) -> list[Extractor]:
    """The extractor of labels; loads nothing yet."""
    return [LabelsExtractor(shared(options.models, options.threads))]
