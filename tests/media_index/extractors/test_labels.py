from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from media_index.decoding.decoded import Decoded, Pixels
from media_index.encoders.base import EncoderError
from media_index.encoders.lite2 import Lite2, Seen
from media_index.errors import ExtractError
from media_index.extractors import labels
from media_index.extractors.base import Batch, Context, ExtractorOptions, Lane
from media_index.extractors.labels import MINIMUM, MOST, LabelsExtractor, LabelsOutcome
from tests.media_index.encoders.drawings import clock, crossword, noise, traffic_light


def context_of(pixels: Pixels | None, number: int = 1) -> Context:
    decoded = None if pixels is None else Decoded(pixels, pixels.shape[1], pixels.shape[0], "JPEG", "image/jpeg")
    return Context(number, f"{number}.jpg", 1000, datetime(2024, 1, 1, tzinfo=UTC), "image", "image/jpeg", decoded)


def batch_of(*pictures: Pixels | None) -> Batch:
    return Batch([context_of(pixels, number) for number, pixels in enumerate(pictures, start=1)])


@pytest.fixture
def extractor(bundled_models: Path) -> LabelsExtractor:
    return LabelsExtractor(Lite2(bundled_models, threads=2))


class Given(Lite2):
    """A classifier that sees the same in every picture."""

    def __init__(self, models: Path, probabilities: Sequence[float]) -> None:
        super().__init__(models, threads=1)
        rest = [0.0] * (1000 - len(probabilities))
        self.seen = Seen(np.zeros(1280, dtype=np.float32), np.array([*probabilities, *rest], dtype=np.float32))

    def look(self, images: Sequence[Pixels]) -> list[Seen]:
        return [self.seen] * len(images)


def test_names_what_is_in_the_pictures(extractor: LabelsExtractor) -> None:
    outcomes = extractor.extract(batch_of(clock(), traffic_light(), crossword()))
    first = [outcome.labels[0][0] for outcome in outcomes if isinstance(outcome, LabelsOutcome)]
    assert first == ["analog clock", "traffic light", "crossword puzzle"]


def test_labels_are_ordered_likely_and_few(extractor: LabelsExtractor) -> None:
    for outcome in extractor.extract(batch_of(clock(), noise(300, 200), np.zeros((50, 60, 3), dtype=np.uint8))):
        assert isinstance(outcome, LabelsOutcome)
        probabilities = [probability for _, probability in outcome.labels]
        assert probabilities == sorted(probabilities, reverse=True)
        assert all(MINIMUM <= probability <= 1 for probability in probabilities)
        assert len(probabilities) <= MOST


def test_the_unlikely_is_left_out(bundled_models: Path) -> None:
    extractor = LabelsExtractor(Given(bundled_models, [0.0299, 0.031, 0.5]))
    (outcome,) = extractor.extract(batch_of(clock()))
    assert isinstance(outcome, LabelsOutcome)
    assert [name for name, _ in outcome.labels] == ["great white shark", "goldfish"]


def test_at_most_ten(bundled_models: Path) -> None:
    (outcome,) = LabelsExtractor(Given(bundled_models, [0.05] * 12)).extract(batch_of(clock()))
    assert isinstance(outcome, LabelsOutcome)
    assert len(outcome.labels) == 10


def test_no_label_at_all_is_no_failure(bundled_models: Path) -> None:
    (outcome,) = LabelsExtractor(Given(bundled_models, [0.001] * 1000)).extract(batch_of(clock()))
    assert outcome == LabelsOutcome(labels=())


def test_a_picture_that_fails_costs_only_itself(extractor: LabelsExtractor) -> None:
    broken = np.zeros((20, 20), dtype=np.uint8)
    outcomes = extractor.extract(batch_of(clock(), broken, None, crossword()))
    assert [type(outcome) for outcome in outcomes] == [LabelsOutcome, ExtractError, ExtractError, LabelsOutcome]
    assert [outcome.reason for outcome in outcomes if isinstance(outcome, ExtractError)] == [
        "model_failed",
        "no_preview",
    ]
    alone = extractor.extract(batch_of(crossword()))[0]
    assert isinstance(outcomes[3], LabelsOutcome)
    assert isinstance(alone, LabelsOutcome)
    assert outcomes[3].labels[0][0] == alone.labels[0][0]


def test_no_numbers_are_a_failure(bundled_models: Path) -> None:
    (outcome,) = LabelsExtractor(Given(bundled_models, [float("nan")])).extract(batch_of(clock()))
    assert isinstance(outcome, ExtractError)
    assert outcome.reason == "model_failed"


def test_a_missing_model_is_no_fault_of_the_pictures(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    extractor = LabelsExtractor(Lite2(tmp_path / "file", threads=1))
    with pytest.raises(EncoderError, match="could not be prepared"):
        extractor.extract(batch_of(clock(), crossword()))


def test_an_empty_batch(extractor: LabelsExtractor) -> None:
    assert list(extractor.extract(Batch([]))) == []
    assert [type(outcome) for outcome in extractor.extract(batch_of(None))] == [ExtractError]


def test_works_again_after_unload(extractor: LabelsExtractor) -> None:
    extractor.extract(batch_of(clock()))
    extractor.unload()
    assert isinstance(extractor.extract(batch_of(clock()))[0], LabelsOutcome)


def test_what_it_is(tmp_path: Path) -> None:
    (extractor,) = labels.build(ExtractorOptions(models=tmp_path))
    assert (extractor.name, extractor.version, extractor.lane) == ("labels", "2", Lane.ML)
    assert extractor.needs.pixels == 512
    assert extractor.accepts("image", "image/heic")
    assert not extractor.accepts("image", "image/jxl")
    assert not extractor.accepts("video", "video/mp4")
    assert list(tmp_path.iterdir()) == []
