"""The colours of decoded pictures."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from media_index.decoding.decoded import Decoded
from media_index.errors import ExtractError
from media_index.extractors.base import Batch, Context, ExtractorOptions, Lane
from media_index.extractors.palette import PaletteExtractor, PaletteOutcome, build

NOW = datetime(2024, 6, 1, tzinfo=UTC)


def context(pixels: np.ndarray | None) -> Context:
    decoded = None
    if pixels is not None:
        decoded = Decoded(pixels, pixels.shape[1], pixels.shape[0], "JPEG", "image/jpeg")
    return Context(7, "a.jpg", 1000, NOW, "image", "image/jpeg", decoded)


def test_each_picture_of_a_batch() -> None:
    red = np.full((300, 400, 3), (200, 20, 30), np.uint8)
    stripes = np.tile(np.array([[[0, 0, 0]], [[255, 255, 255]]], np.uint8), (150, 400, 1))
    first, second, third = PaletteExtractor().extract(Batch([context(red), context(None), context(stripes)]))
    assert isinstance(first, PaletteOutcome)
    assert [(one.name, one.share) for one in first.swatches] == [("red", 1.0)]
    assert isinstance(second, ExtractError) and second.reason == "no_preview"
    assert isinstance(third, PaletteOutcome) and third.monochrome
    assert {one.name for one in third.swatches} == {"black", "white"}


def test_reads_the_previews_of_pictures(tmp_path: object) -> None:
    (extractor,) = build(ExtractorOptions(models=tmp_path))
    assert extractor.lane is Lane.ML
    assert extractor.accepts("image", "image/heic")
    assert not extractor.accepts("video", "video/mp4")
