"""Keeps what goes wrong with one picture from its neighbours in the batch."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from media_index.decoding.decoded import Pixels
from media_index.encoders.base import EncoderError
from media_index.errors import ExtractError
from media_index.extractors.base import Context

T = TypeVar("T")
logger = logging.getLogger(__name__)


def run_isolated(contexts: Sequence[Context], run: Callable[[Sequence[Pixels]], Sequence[T]]) -> list[T | ExtractError]:
    """What ``run`` makes of the pixels of all ``contexts``, in their order; where it fails, of each alone.

    A picture with which it fails even alone gets an error in its place. :class:`EncoderError` is no picture's fault and
    passes through: the model is missing, and every picture would fail.
    """
    results: list[T | ExtractError] = [ExtractError("no_preview")] * len(contexts)
    there = {place: context.decoded.pixels for place, context in enumerate(contexts) if context.decoded is not None}
    if not there:
        return results
    try:
        together = run(list(there.values()))
    except EncoderError:
        raise
    except Exception:
        logger.info("a batch of %d pictures failed; trying each alone", len(there), exc_info=True)
        for place, pixels in there.items():
            results[place] = _alone(contexts[place], pixels, run)
    else:
        for place, result in zip(there, together, strict=True):
            results[place] = result
    return results


def _alone(context: Context, pixels: Pixels, run: Callable[[Sequence[Pixels]], Sequence[T]]) -> T | ExtractError:
    try:
        return run([pixels])[0]
    except EncoderError:
        raise
    except Exception as error:
        logger.warning("the model failed on media %d (%s)", context.media_id, context.name, exc_info=True)
        return ExtractError("model_failed", str(error))
