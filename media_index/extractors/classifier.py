"""The run of EfficientNet-Lite2 over a batch, shared by all extractors that look through it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from media_index.encoders.lite2 import Lite2, Seen
from media_index.errors import ExtractError
from media_index.extractors.base import Batch
from media_index.extractors.isolation import run_isolated


def look(batch: Batch, classifier: Lite2) -> Sequence[Seen | ExtractError]:
    """What ``classifier`` sees in each context of ``batch``: computed by the first who asks, remembered for the others.

    Raises :class:`EncoderError` if the model cannot be had.
    """
    return batch.once(("lite2", classifier), lambda: _look(batch, classifier))


def _look(batch: Batch, classifier: Lite2) -> list[Seen | ExtractError]:
    return [_checked(seen) for seen in run_isolated(batch.contexts, classifier.look)]


def _checked(seen: Seen | ExtractError) -> Seen | ExtractError:
    if isinstance(seen, Seen) and not np.isfinite(seen.probabilities).all():
        return ExtractError("model_failed", "the classifier gave no numbers")
    return seen
