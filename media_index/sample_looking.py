"""The ml worker's look at pictures that members bring: decoded in isolation, then as a vector like any media's."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable

from django.utils import timezone
from PIL import Image

from media_index.decoding.child import DecoderUnavailableError
from media_index.decoding.decoded import Decoded
from media_index.decoding.pool import DecoderPool
from media_index.encoders.base import EncoderError
from media_index.errors import ExtractError
from media_index.extractors.base import Batch, Context, Lane
from media_index.extractors.embedding import EmbeddingOutcome
from media_index.models import Encoder, Sample
from media_index.models.sample import SAMPLE_LIFE
from media_index.samples import sample_file
from media_index.workshop import WORKSHOP

log = logging.getLogger("media_index.samples")

EMBEDDING = "embedding"
THUMBNAIL = 96
"""Longest side in pixels of the picture on the chip: twice what it is shown at."""


def look_at_waiting(pool: Callable[[], DecoderPool]) -> int:
    """Look at all pictures that wait, the oldest first; returns how many. ``pool`` is asked for only then.

    Safe to call twice, and at the same time by two processes: both find the same.
    """
    waiting = list(
        Sample.objects.filter(state=Sample.State.WAITING, created_at__gt=timezone.now() - SAMPLE_LIFE).order_by("pk")
    )
    for sample in waiting:
        try:
            _look(sample, pool())
        except (ExtractError, EncoderError) as error:
            log.warning("picture %s cannot be searched with: %s", sample, error)
            _settle(sample, state=Sample.State.FAILED, reason=getattr(error, "reason", "model_failed"))
        except DecoderUnavailableError:
            raise
        except Exception:
            # The edge: whatever one picture does must not cost the work on the library.
            log.exception("looking at picture %s failed", sample)
            _settle(sample, state=Sample.State.FAILED, reason="model_failed")
    return len(waiting)


def _look(sample: Sample, pool: DecoderPool) -> None:
    encoder = Encoder.objects.filter(state=Encoder.State.ACTIVE).first()
    extractor = WORKSHOP.of_lane(Lane.ML).get((EMBEDDING, encoder.extractor_version)) if encoder else None
    if encoder is None or extractor is None:
        raise EncoderError("the encoder that search uses is not there")
    file = sample_file(sample.token)
    decoded = pool.submit(file, extractor.needs.pixels).result()
    context = Context(0, "", file.stat().st_size, timezone.now(), "image", decoded.mime, decoded)
    (outcome,) = extractor.extract(Batch([context]))
    if isinstance(outcome, ExtractError):
        raise outcome
    if not isinstance(outcome, EmbeddingOutcome):
        raise EncoderError(f"{extractor.version} gave no vector")
    _settle(
        sample,
        state=Sample.State.READY,
        encoder=encoder,
        vector=outcome.vector,
        thumbnail=_thumbnail(decoded),
    )


def _settle(sample: Sample, **values: object) -> None:
    """What came of it; its bytes go."""
    Sample.objects.filter(pk=sample.pk).update(**values)
    sample_file(sample.token).unlink(missing_ok=True)


def _thumbnail(decoded: Decoded) -> bytes:
    picture = Image.fromarray(decoded.pixels)
    picture.thumbnail((THUMBNAIL, THUMBNAIL))
    written = io.BytesIO()
    picture.save(written, "WEBP", quality=70)
    return written.getvalue()
