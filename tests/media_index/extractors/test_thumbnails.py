"""Thumbnails are small, never enlarged, and tell nothing but the picture."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from media_index.decoding.decoded import Decoded
from media_index.decoding.pool import DecoderPool
from media_index.errors import ExtractError
from media_index.extractors.base import Batch, Context, Lane
from media_index.extractors.thumbnails import ThumbnailsExtractor, ThumbnailsOutcome

NAMES = ("preview", "large", "medium", "small", "placeholder")


def gradient(width: int, height: int) -> np.ndarray:
    rows, columns = np.mgrid[0:height, 0:width]
    return np.stack([columns * 255 // width, rows * 255 // height, np.full((height, width), 90)], 2).astype(np.uint8)


def context(decoded: Decoded | None) -> Context:
    return Context(1, "a.jpg", 1, datetime(2020, 1, 1, tzinfo=UTC), "image", "image/jpeg", decoded)


def made(width: int, height: int) -> ThumbnailsOutcome:
    decoded = Decoded(gradient(width, height), 9 * width, 9 * height, "JPEG", "image/jpeg", frames=2)
    (outcome,) = ThumbnailsExtractor().extract(Batch([context(decoded)]))
    assert isinstance(outcome, ThumbnailsOutcome)
    return outcome


def opened(outcome: ThumbnailsOutcome) -> dict[str, Image.Image]:
    return {name: Image.open(io.BytesIO(getattr(outcome, name))) for name in NAMES}


@pytest.mark.parametrize(
    ("width", "height", "sides"),
    [
        (2048, 1536, (2048, 1280, 640, 320, 16)),
        (1500, 2000, (2000, 1280, 640, 320, 16)),
        (3000, 1000, (2048, 1280, 640, 320, 16)),
        (1280, 853, (1280, 1280, 640, 320, 16)),
        (700, 500, (700, 700, 640, 320, 16)),
        (200, 300, (300, 300, 300, 300, 16)),
        (4, 3, (4, 4, 4, 4, 4)),
        (1, 1, (1, 1, 1, 1, 1)),
        (2048, 1, (2048, 1280, 640, 320, 16)),
    ],
)
def test_sizes(width: int, height: int, sides: tuple[int, ...]) -> None:
    images = opened(made(width, height))
    assert tuple(max(image.size) for image in images.values()) == sides
    for image in images.values():
        longest = max(image.size)
        assert min(image.size) == pytest.approx(min(width, height) * longest / max(width, height), abs=1)


def test_they_show_the_picture() -> None:
    for name, image in opened(made(2000, 1500)).items():
        found = np.asarray(image.convert("RGB").resize((64, 48), Image.Resampling.BOX)).astype(int)
        limit = 12 if name == "placeholder" else 4
        assert np.abs(found - gradient(64, 48)).mean() < limit, name


def test_formats_and_no_metadata() -> None:
    images = opened(made(2000, 1500))
    assert [image.format for image in images.values()] == ["JPEG", "WEBP", "WEBP", "WEBP", "WEBP"]
    for image in images.values():
        assert not {"exif", "icc_profile", "xmp", "comment"} & set(image.info)


def test_bytes_of_a_placeholder_fit_into_a_page() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (1500, 2000, 3), dtype=np.uint8)
    (outcome,) = ThumbnailsExtractor().extract(Batch([context(Decoded(noise, 1, 1, "JPEG", "image/jpeg"))]))
    assert isinstance(outcome, ThumbnailsOutcome)
    assert len(outcome.placeholder) < 200
    assert len(made(2000, 1500).placeholder) < 200


def test_what_is_known_of_the_original() -> None:
    outcome = made(200, 100)
    assert (outcome.width, outcome.height, outcome.format, outcome.mime) == (1800, 900, "JPEG", "image/jpeg")
    assert outcome.frames == 2


def test_a_batch_keeps_its_order_and_goes_on_after_a_failure() -> None:
    pictures = [Decoded(gradient(20 + side, 10), side, 10, "JPEG", "image/jpeg") for side in range(12)]
    contexts = [context(decoded) for decoded in pictures]
    contexts[3] = context(None)
    contexts[5] = context(Decoded(np.zeros((0, 0, 3), np.uint8), 4, 4, "JPEG", "image/jpeg"))
    extractor = ThumbnailsExtractor()
    outcomes = extractor.extract(Batch(contexts))
    extractor.unload()
    for number, outcome in enumerate(outcomes):
        if number in (3, 5):
            assert isinstance(outcome, ExtractError)
            assert outcome.reason == "no_preview"
        else:
            assert isinstance(outcome, ThumbnailsOutcome)
            assert outcome.width == number
    assert len(extractor.extract(Batch(contexts[:1]))) == 1


def test_from_a_file_to_thumbnails(tmp_path: Path) -> None:
    Image.fromarray(gradient(4000, 3000)).save(tmp_path / "a.jpg", quality=90)
    extractor = ThumbnailsExtractor()
    assert extractor.lane is Lane.CHEAP
    with DecoderPool(1, seconds=30, memory_mb=1024, max_pixels=10**8) as pool:
        decoded = pool.submit(tmp_path / "a.jpg", extractor.needs.pixels).result(60)
    (outcome,) = extractor.extract(Batch([context(decoded)]))
    assert isinstance(outcome, ThumbnailsOutcome)
    assert Image.open(io.BytesIO(outcome.preview)).size == (2000, 1500)
    assert (outcome.width, outcome.height) == (4000, 3000)


def test_all_pictures_are_its_business_so_that_none_fails_in_silence() -> None:
    assert ThumbnailsExtractor().accepts("image", "image/heic")
    assert ThumbnailsExtractor().accepts("image", "image/jxl")
    assert not ThumbnailsExtractor().accepts("video", "video/mp4")
