from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from media_index.encoders.bundle import Bundle
from media_index.encoders.conse import ConseEncoder, combine
from media_index.encoders.lite2 import BATCH, LONGEST, Lite2, shared
from media_index.encoders.minilm import MiniLM
from media_index.extractors.base import ExtractorOptions
from tests.media_index.encoders.drawings import clock, crossword, noise, traffic_light

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def encoder(bundled_models: Path) -> ConseEncoder:
    return ConseEncoder(ExtractorOptions(models=bundled_models, threads=2))


def test_texts_mean_what_the_original_model_says(encoder: ConseEncoder) -> None:
    """The cosines are those that the page of ``sentence-transformers/all-MiniLM-L6-v2`` shows for its example."""
    vectors = encoder.encode_texts(
        ["That is a happy person", "That is a happy dog", "That is a very happy person", "Today is a sunny day"]
    )
    np.testing.assert_allclose(vectors[1:] @ vectors[0], [0.695, 0.943, 0.257], atol=1e-3)


def test_texts_find_pictures(encoder: ConseEncoder) -> None:
    pictures = encoder.encode_images([clock(), traffic_light(), crossword()])
    queries = encoder.encode_texts(["what time is it? a clock", "a red light at the crossing", "word puzzles"])
    assert (queries @ pictures.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_vectors_have_length_one_and_the_right_shape(encoder: ConseEncoder) -> None:
    pictures = encoder.encode_images([noise(40, 30, seed) for seed in range(BATCH + 1)])
    texts = encoder.encode_texts(["", "a", "zażółć gęślą jaźń 🎂", *["x"] * 41])
    assert pictures.shape == (BATCH + 1, encoder.dimensions)
    assert texts.shape == (44, encoder.dimensions)
    for vectors in (pictures, texts):
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_nothing_in_nothing_out(encoder: ConseEncoder) -> None:
    assert encoder.encode_images([]).shape == (0, 384)
    assert encoder.encode_texts([]).shape == (0, 384)


def test_a_batch_changes_no_vector(encoder: ConseEncoder) -> None:
    pictures = [noise(50, 40, seed) for seed in range(BATCH + 2)]
    together = encoder.encode_images(pictures)
    np.testing.assert_allclose(encoder.encode_images(pictures[-1:])[0], together[-1], atol=1e-4)
    texts = ["a", "a much longer text with many more words in it"]
    np.testing.assert_allclose(encoder.encode_texts(texts[:1])[0], encoder.encode_texts(texts)[0], atol=1e-5)


def test_works_again_after_unload(bundled_models: Path) -> None:
    encoder = ConseEncoder(ExtractorOptions(models=bundled_models, threads=1))
    before = encoder.encode_images([clock()]), encoder.encode_texts(["clock"])
    encoder.unload()
    np.testing.assert_allclose(encoder.encode_images([clock()]), before[0], atol=1e-5)
    np.testing.assert_allclose(encoder.encode_texts(["clock"]), before[1], atol=1e-5)


def test_combines_the_likeliest_by_their_probabilities() -> None:
    class_vectors = np.eye(12, dtype=np.float32)
    probabilities = np.array([[0.3, 0.4, *[0.03] * 8, 0.029, 0.029]], dtype=np.float32)
    wanted = np.array([0.3, 0.4, *[0.03] * 8, 0, 0])
    np.testing.assert_allclose(combine(probabilities, class_vectors)[0], wanted / np.linalg.norm(wanted), atol=1e-6)


def test_what_is_no_number_stays_none() -> None:
    probabilities = np.full((2, 12), 1 / 12, dtype=np.float32)
    probabilities[0] = np.nan
    vectors = combine(probabilities, np.eye(12, dtype=np.float32))
    assert np.isnan(vectors[0]).all()
    assert np.isfinite(vectors[1]).all()


def test_one_network_for_all(bundled_models: Path, tmp_path: Path) -> None:
    options = ExtractorOptions(models=bundled_models, threads=1)
    assert ConseEncoder(options).classifier is shared(bundled_models, 1)
    assert shared(tmp_path, 1) is not shared(bundled_models, 1)


def test_what_is_no_picture_is_refused(bundled_models: Path) -> None:
    with pytest.raises(ValueError, match="not a picture"):
        Lite2(bundled_models, 1).look([clock(), np.zeros((5, 5), dtype=np.uint8)])


def test_pictures_of_all_shapes_keep_their_order(bundled_models: Path) -> None:
    network = Lite2(bundled_models, 1)
    shapes = [(30, 40), (40, 30), (30, 30), (40, 30), (30, 45), (31, 30)]
    pictures = [noise(width, height, seed) for seed, (height, width) in enumerate(shapes)]
    together = network.look(pictures)
    for picture, seen in zip(pictures, together, strict=True):
        np.testing.assert_allclose(network.look([picture])[0].features, seen.features, atol=1e-4)


def test_of_a_panorama_the_middle_is_seen(bundled_models: Path) -> None:
    network = Lite2(bundled_models, 1)
    panorama = noise(400, 45, 0)
    middle = panorama[:, 160:240]
    assert middle.shape[1] / middle.shape[0] == pytest.approx(LONGEST)
    alone, seen = network.look([middle, panorama])
    np.testing.assert_allclose(seen.features, alone.features, atol=1e-4)
    standing, turned = network.look([middle.swapaxes(0, 1), panorama.swapaxes(0, 1)])
    np.testing.assert_allclose(turned.features, standing.features, atol=1e-4)


def test_all_of_an_ordinary_photo_is_seen(bundled_models: Path) -> None:
    network = Lite2(bundled_models, 1)
    photo = noise(80, 60, 0)
    other = photo.copy()
    other[:, :4] = 255
    plain, changed = network.look([photo, other])
    assert np.abs(plain.features - changed.features).max() > 0.01


def test_text_is_cut_at_256_tokens(bundled_models: Path) -> None:
    text = MiniLM(Bundle.within(bundled_models), threads=1)
    long = "word " * 254
    np.testing.assert_allclose(text.encode([long])[0], text.encode([long + "cake " * 50])[0], atol=1e-6)


MEMORY = """
import sys
from pathlib import Path
from media_index.encoders.registry import load
from media_index.extractors.base import ExtractorOptions

def used():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Rss:")) // 1024

encoder = load("bundled-conse", ExtractorOptions(models=Path(sys.argv[1]), threads=2))
encoder.encode_texts(["a dog on the beach"])
loaded = used()
encoder.unload()
print(loaded, used(), "torch" in sys.modules)
"""


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="memory is read from Linux")
def test_the_text_side_is_small_and_goes(bundled_models: Path) -> None:
    command = [sys.executable, "-c", MEMORY, str(bundled_models)]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    loaded, unloaded, torch = output.split()
    assert torch == "False"
    # In MB. Measured: 118 and 64; the weights alone are 86.
    assert int(loaded) < 200
    assert int(unloaded) < int(loaded) - 30
