from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from media_index.decoding.decoded import Pixels
from media_index.encoders.base import EncoderError, Vectors
from media_index.encoders.conse import ConseEncoder
from media_index.encoders.lite2 import Lite2, Seen
from media_index.errors import ExtractError
from media_index.extractors import embedding
from media_index.extractors.base import Batch, ExtractorOptions, Lane
from media_index.extractors.embedding import EmbeddingExtractor, EmbeddingOutcome
from media_index.extractors.labels import LabelsExtractor, LabelsOutcome
from media_index.search.vectors.calibration import Calibration
from tests.media_index.encoders import tiny_clip
from tests.media_index.encoders.drawings import clock, crossword, noise, traffic_light
from tests.media_index.extractors.test_labels import batch_of


class CountingLite2(Lite2):
    """The real network, which counts its runs and the pictures in each."""

    def __init__(self, models: Path) -> None:
        super().__init__(models, threads=2)
        self.runs: list[int] = []

    def look(self, images: Sequence[Pixels]) -> list[Seen]:
        self.runs.append(len(images))
        return super().look(images)


class MeanColour:
    """An encoder without a model: the mean colour as a unit vector, which for a black picture is none."""

    name = "mean-colour"
    version = "7"
    dimensions = 3
    side = 10
    calibrated = False

    def encode_images(self, images: Sequence[Pixels]) -> Vectors:
        means = np.stack([image.mean(axis=(0, 1)) for image in images]).astype(np.float32)
        with np.errstate(invalid="ignore"):
            return means / np.linalg.norm(means, axis=1, keepdims=True)

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        raise EncoderError("colours have no words")

    def calibration(self) -> Calibration | None:
        return None

    def unload(self) -> None:
        pass


@pytest.fixture
def encoder(bundled_models: Path) -> ConseEncoder:
    encoder = ConseEncoder(ExtractorOptions(models=bundled_models, threads=2))
    encoder.classifier = CountingLite2(bundled_models)
    return encoder


def vectors_of(outcomes: Sequence[object]) -> Vectors:
    assert all(isinstance(outcome, EmbeddingOutcome) for outcome in outcomes)
    return np.stack([outcome.vector for outcome in outcomes])  # type: ignore[attr-defined]


def test_texts_find_pictures(encoder: ConseEncoder) -> None:
    outcomes = EmbeddingExtractor(encoder).extract(batch_of(clock(), traffic_light(), crossword()))
    assert {outcome.encoder for outcome in outcomes if isinstance(outcome, EmbeddingOutcome)} == {"bundled-conse"}
    vectors = vectors_of(outcomes)
    assert vectors.dtype == np.float32
    calibration = encoder.calibration()
    assert calibration is not None
    texts = encoder.encode_texts(["a clock on the wall", "traffic light", "a crossword"])
    queries = np.stack([calibration.query(text) for text in texts])
    assert (queries @ vectors.T).argmax(axis=1).tolist() == [0, 1, 2]


@pytest.mark.parametrize("labels_first", [True, False])
def test_the_classifier_runs_once_for_labels_and_vectors(encoder: ConseEncoder, labels_first: bool) -> None:
    extractors = [LabelsExtractor(encoder.classifier), EmbeddingExtractor(encoder)]
    batch = batch_of(clock(), crossword(), noise(90, 40))
    kinds = {type(e.extract(batch)[0]) for e in (extractors if labels_first else reversed(extractors))}
    assert kinds == {LabelsOutcome, EmbeddingOutcome}
    assert encoder.classifier.runs == [3]  # type: ignore[attr-defined]
    extractors[0].extract(batch_of(clock()))
    assert encoder.classifier.runs == [3, 1]  # type: ignore[attr-defined]


def test_what_build_makes_shares_the_network(bundled_models: Path) -> None:
    from media_index.extractors import labels

    options = ExtractorOptions(models=bundled_models, encoders=("bundled-conse",))
    (looks,) = labels.build(options)
    (embeds,) = embedding.build(options)
    assert looks._network is embeds.encoder.classifier  # type: ignore[attr-defined]


def test_a_picture_that_fails_costs_only_itself(encoder: ConseEncoder) -> None:
    broken = np.zeros((20, 20), dtype=np.uint8)
    outcomes = EmbeddingExtractor(encoder).extract(batch_of(broken, clock(), None, crossword()))
    assert [getattr(outcome, "reason", None) for outcome in outcomes] == ["model_failed", None, "no_preview", None]
    alone = EmbeddingExtractor(encoder).extract(batch_of(crossword()))
    np.testing.assert_allclose(vectors_of(outcomes[3:]), vectors_of(alone), atol=1e-4)


def test_only_failures(encoder: ConseEncoder) -> None:
    outcomes = EmbeddingExtractor(encoder).extract(batch_of(None, np.zeros((20, 20), dtype=np.uint8)))
    assert [type(outcome) for outcome in outcomes] == [ExtractError, ExtractError]
    assert list(EmbeddingExtractor(encoder).extract(Batch([]))) == []


def test_no_numbers_are_a_failure() -> None:
    black, red = np.zeros((4, 4, 3), dtype=np.uint8), np.full((4, 4, 3), (200, 0, 0), dtype=np.uint8)
    outcomes = EmbeddingExtractor(MeanColour()).extract(batch_of(red, black, red))
    assert [getattr(outcome, "reason", None) for outcome in outcomes] == [None, "model_failed", None]
    assert outcomes[1].detail == "mean-colour gave a vector of length nan"  # type: ignore[union-attr]
    np.testing.assert_array_equal(vectors_of([outcomes[0]]), [[1, 0, 0]])


def test_a_model_of_open_clip(tmp_path: Path) -> None:
    tiny_clip.write_config(tmp_path)
    tiny_clip.write_weights(tmp_path / "tiny.safetensors")
    options = ExtractorOptions(models=tmp_path, encoders=(tiny_clip.NAME,), device="cpu")
    (extractor,) = embedding.build(options)
    outcomes = extractor.extract(batch_of(clock(), None, np.zeros((3, 3), dtype=np.uint8), crossword()))
    assert [getattr(outcome, "reason", None) for outcome in outcomes] == [None, "no_preview", "model_failed", None]
    assert vectors_of([outcomes[0], outcomes[3]]).shape == (2, 33)
    extractor.unload()


def test_a_missing_model_is_no_fault_of_the_pictures(tmp_path: Path) -> None:
    tiny_clip.write_config(tmp_path)
    (tmp_path / "tiny.safetensors").write_bytes(b"broken")
    (extractor,) = embedding.build(ExtractorOptions(models=tmp_path, encoders=(tiny_clip.NAME,)))
    with pytest.raises(EncoderError, match="do not fit its model"):
        extractor.extract(batch_of(clock(), crossword()))


def test_what_it_is(tmp_path: Path) -> None:
    names = ("bundled-conse", "open_clip:ViT-B-32/openai")
    conse, clip = embedding.build(ExtractorOptions(models=tmp_path, encoders=names))
    assert (conse.name, conse.version, conse.lane) == ("embedding", "bundled-conse@2", Lane.ML)
    assert (clip.name, clip.version, clip.needs.pixels) == ("embedding", "open_clip:ViT-B-32/openai@1-c1", 448)
    assert conse.accepts("image", "image/jpeg")
    assert not conse.accepts("image", "image/svg+xml")
    assert not conse.accepts("other", "text/plain")
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_name_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="there is no encoder 'clip'"):
        embedding.build(ExtractorOptions(models=tmp_path, encoders=("bundled-conse", "clip")))
