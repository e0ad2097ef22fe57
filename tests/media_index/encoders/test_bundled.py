from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from media_index.decoding.decoded import Pixels
from media_index.encoders import bundled
from media_index.encoders.base import EncoderError
from media_index.encoders.bundled import DIMENSIONS, FEATURES, BundledEncoder, HeadWeights, apply_head
from media_index.encoders.lite2 import BATCH, Lite2, Seen
from media_index.extractors.base import ExtractorOptions
from media_index.extractors.embedding import EmbeddingExtractor, EmbeddingOutcome, LooksThroughClassifier
from media_index.extractors.labels import LabelsExtractor
from tests.media_index.encoders.drawings import clock, crossword, noise, traffic_light
from tests.media_index.extractors.test_labels import batch_of

LARGEST = 10_000_000
"""Bytes of weights that the package may carry for this encoder."""


class CountingLite2(Lite2):
    """The real network, which counts the pictures it looks at."""

    looked = 0

    def look(self, images: Sequence[Pixels]) -> list[Seen]:
        self.looked += len(images)
        return super().look(images)


@pytest.fixture(scope="module")
def encoder(bundled_models: Path) -> BundledEncoder:
    return BundledEncoder(ExtractorOptions(models=bundled_models, threads=2))


def some_tensors() -> dict[str, np.ndarray]:
    chance = np.random.default_rng(0)
    shapes = {"matrix": (DIMENSIONS, FEATURES), "offset": (DIMENSIONS,), "names": (DIMENSIONS, DIMENSIONS)}
    return {name: chance.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}


def test_texts_find_pictures(encoder: BundledEncoder) -> None:
    pictures = encoder.encode_images([clock(), traffic_light(), crossword()])
    queries = encoder.encode_texts(["a clock on a wall", "a red traffic light", "a crossword puzzle"])
    assert (queries @ pictures.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_vectors_have_length_one_and_the_right_shape(encoder: BundledEncoder) -> None:
    vectors = encoder.encode_images([noise(40, 30, seed) for seed in range(BATCH + 1)])
    assert (vectors.shape, vectors.dtype) == ((BATCH + 1, encoder.dimensions), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert encoder.encode_images([]).shape == (0, 384)
    assert encoder.encode_texts([]).shape == (0, 384)


def test_the_same_picture_has_the_same_vector(encoder: BundledEncoder) -> None:
    before = encoder.encode_images([clock(), crossword()])
    np.testing.assert_array_equal(encoder.encode_images([clock(), crossword()]), before)
    encoder.unload()
    np.testing.assert_allclose(encoder.encode_images([clock()])[0], before[0], atol=1e-4)


def test_one_look_serves_labels_and_vectors(bundled_models: Path) -> None:
    encoder = BundledEncoder(ExtractorOptions(models=bundled_models, threads=2))
    encoder.classifier = CountingLite2(bundled_models, threads=2)
    assert isinstance(encoder, LooksThroughClassifier)
    batch = batch_of(clock(), crossword())
    outcomes = EmbeddingExtractor(encoder).extract(batch)
    LabelsExtractor(encoder.classifier).extract(batch)
    assert encoder.classifier.looked == 2
    wanted = encoder.encode_images([clock(), crossword()])
    for outcome, vector in zip(outcomes, wanted, strict=True):
        assert isinstance(outcome, EmbeddingOutcome)
        assert outcome.encoder == "bundled"
        np.testing.assert_allclose(outcome.vector[:-1], vector, atol=1e-4)


def test_the_weights_that_come_along() -> None:
    head = HeadWeights.read(bundled.WEIGHTS)
    assert bundled.WEIGHTS.stat().st_size <= LARGEST
    assert (head.matrix.shape, head.names.shape) == ((DIMENSIONS, FEATURES), (DIMENSIONS, DIMENSIONS))
    assert all(np.isfinite(tensor).all() for tensor in (head.matrix, head.offset, head.names))
    assert head.trained_on == "all"
    assert "CC BY 4.0" in head.source


def test_the_sum_of_head_and_conse() -> None:
    """Against the formula written out for one picture."""
    head = HeadWeights(**some_tensors(), trained_on="", source="")
    chance = np.random.default_rng(1)
    classes = chance.standard_normal((1000, DIMENSIONS)).astype(np.float32)
    features = chance.standard_normal((2, FEATURES)).astype(np.float32)
    probabilities = np.zeros((2, 1000), dtype=np.float32)
    probabilities[:, [3, 5]] = 0.75, 0.25
    mixed = 0.75 * classes[3] + 0.25 * classes[5]
    wanted = head.matrix @ features[0] + head.offset + head.names @ mixed
    given = apply_head(head, features, probabilities, classes)[0]
    np.testing.assert_allclose(given, wanted / np.linalg.norm(wanted), atol=1e-5)


def test_what_is_no_number_stays_none() -> None:
    head = HeadWeights(**some_tensors(), trained_on="", source="")
    features = np.ones((2, FEATURES), dtype=np.float32)
    features[0] = np.nan
    vectors = apply_head(head, features, np.full((2, 1000), 0.001, np.float32), np.ones((1000, 384), np.float32))
    assert np.isnan(vectors[0]).all()
    assert np.isfinite(vectors[1]).all()


@pytest.mark.parametrize("broken", ["missing", "garbage", "tensor", "shape"])
def test_broken_weights_are_told(broken: str, tmp_path: Path) -> None:
    file = tmp_path / "bundled-9.safetensors"
    tensors = some_tensors()
    if broken == "tensor":
        del tensors["names"]
    if broken == "shape":
        tensors["matrix"] = tensors["matrix"][:, 1:].copy()
    if broken == "garbage":
        file.write_bytes(b"no weights")
    elif broken != "missing":
        save_file(tensors, file)
    with pytest.raises(EncoderError, match=r"bundled-9\.safetensors") as caught:
        HeadWeights.read(file)
    assert "\n" not in str(caught.value)
