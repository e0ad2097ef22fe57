"""Faces as facts of a picture."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from media_index import pipeline
from media_index.decoding.decoded import Decoded
from media_index.decoding.xmp import read_xmp
from media_index.encoders.base import EncoderError
from media_index.errors import ExtractError
from media_index.extractors.base import Batch, Context, Lane
from people.engines.base import FoundFace
from people.engines.dlib_engine import DlibEngine
from people.faces.extractor import FaceNamesExtractor, FaceNamesOutcome, FacesExtractor, FacesOutcome
from tests.people.engines.test_registry import PlainEngine


def context(number: int, brightness: int | None) -> Context:
    pixels = None if brightness is None else np.full((4, 6, 3), brightness, np.uint8)
    decoded = None if pixels is None else Decoded(pixels, 6, 4, "PNG", "image/png")
    return Context(number, f"{number}.png", 1, datetime(2024, 1, 1, tzinfo=UTC), "image", "image/png", decoded)


class MoodyEngine(PlainEngine):
    """Fails on white pictures, or for want of its model."""

    missing = False

    def find(self, pictures: list) -> list[list[FoundFace]]:
        if self.missing:
            raise EncoderError("no model")
        if any(np.asarray(picture).min() == 255 for picture in pictures):
            raise RuntimeError("too bright")
        return super().find(pictures)


def test_one_outcome_for_each_picture() -> None:
    extractor = FacesExtractor(PlainEngine())
    dark, gone, bright = extractor.extract(Batch([context(1, 0), context(2, None), context(3, 255)]))
    assert isinstance(dark, FacesOutcome)
    assert isinstance(bright, FacesOutcome)
    assert (dark.engine, dark.version, len(dark.faces)) == ("plain", "3", 1)
    assert bright.faces[0].vector[0] == pytest.approx(1)
    assert isinstance(gone, ExtractError)
    assert gone.reason == "no_preview"


def test_a_picture_that_fails_costs_only_itself() -> None:
    good, bad = FacesExtractor(MoodyEngine()).extract(Batch([context(1, 9), context(2, 255)]))
    assert isinstance(good, FacesOutcome)
    assert isinstance(bad, ExtractError)
    assert (bad.reason, bad.detail) == ("model_failed", "too bright")


def test_a_missing_model_is_no_pictures_fault() -> None:
    engine = MoodyEngine()
    engine.missing = True
    with pytest.raises(EncoderError, match="no model"):
        FacesExtractor(engine).extract(Batch([context(1, 9)]))


def test_what_it_wants() -> None:
    extractor = FacesExtractor(PlainEngine())
    assert (extractor.name, extractor.version, extractor.lane, extractor.needs.pixels) == (
        "faces", "plain@3", Lane.ML, 64
    )  # fmt: skip
    assert extractor.accepts("image", "image/jpeg")
    assert not extractor.accepts("video", "video/mp4")
    assert not extractor.accepts("image", "image/svg+xml")


def named(tags: dict[str, str], orientation: int = 1) -> Context:
    decoded = Decoded(np.zeros((0, 0, 3), np.uint8), 6, 4, "JPEG", "image/jpeg", orientation, tags=tags)
    return Context(1, "1.jpg", 1, datetime(2024, 1, 1, tzinfo=UTC), "image", "image/jpeg", decoded)


def test_names_in_a_file() -> None:
    packet = (
        '<x:xmpmeta><MPRI:Regions><rdf:Bag><rdf:li MPReg:Rectangle="0.1,0.2,0.3,0.4" '
        'MPReg:PersonDisplayName="Anna"/></rdf:Bag></MPRI:Regions></x:xmpmeta>'
    )
    told, turned, silent, gone = FaceNamesExtractor().extract(
        Batch([named(read_xmp(packet)), named(read_xmp(packet), 3), named({}), context(4, None)])
    )
    assert isinstance(told, FaceNamesOutcome)
    assert [region.name for region in told.regions] == ["Anna"]
    assert told.regions[0].box == pytest.approx((0.1, 0.2, 0.3, 0.4))
    assert isinstance(turned, FaceNamesOutcome)
    assert turned.regions[0].box == pytest.approx((0.6, 0.4, 0.3, 0.4))
    assert silent == FaceNamesOutcome(())
    assert isinstance(gone, ExtractError)


def test_pictures_as_large_as_the_engine_wants_come_in_small_batches() -> None:
    plain, large = FacesExtractor(PlainEngine()), FacesExtractor(DlibEngine())
    assert pipeline._most(Lane.ML, {("faces", "plain"): plain}) == pipeline.BATCH[Lane.ML]
    assert pipeline._most(Lane.ML, {("faces", "plain"): plain, ("faces", "dlib"): large}) == pipeline.LARGE_BATCH
    assert pipeline._most(Lane.CHEAP, {("faces", "dlib"): large}) == pipeline.BATCH[Lane.CHEAP]
