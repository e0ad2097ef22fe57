"""Calibrations as they are kept, and versions of encoders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from media_index.encoders import bundled, calibrations, conse, registry
from media_index.encoders.base import EncoderError, stored_dimensions
from media_index.extractors.base import ExtractorOptions
from tests.media_index.encoders import tiny_clip

ABOUT = {
    "bank_neighbours": "2", "bank_weight": "0.5", "reference_neighbours": "1", "probability_slope": "9",
    "probability_intercept": "-1", "threshold": "0.4", "cut": "0.1",
}  # fmt: skip
FILES = [bundled.WEIGHTS, conse.WEIGHTS / "bundled-conse-2.safetensors"]


def tensors() -> dict[str, np.ndarray]:
    chance = np.random.default_rng(0)
    return {"bank": chance.standard_normal((5, 4)).astype(np.float16), "references": np.eye(4, dtype=np.float16)[:3]}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_those_that_come_along(file: Path) -> None:
    found = calibrations.read(file)
    assert found.bank.shape[1] == 384
    np.testing.assert_allclose(np.linalg.norm(found.bank, axis=1), 1, atol=1e-5)
    assert found.references is not None
    assert found.relevance is not None
    assert 0.01 < found.relevance.threshold < 0.9


def test_what_is_written_is_read(tmp_path: Path) -> None:
    save_file(tensors(), tmp_path / "x.safetensors", metadata=ABOUT)
    found = calibrations.read(tmp_path / "x.safetensors")
    assert (found.bank.dtype, found.neighbours, found.weight, found.level_neighbours) == (np.float32, 2, 0.5, 1)
    assert found.relevance is not None
    assert (found.relevance.slope, found.relevance.threshold, found.relevance.cut) == (9, 0.4, 0.1)


def test_without_relevance_nothing_is_judged(tmp_path: Path) -> None:
    about = {key: ABOUT[key] for key in ("bank_neighbours", "bank_weight")}
    save_file({"bank": tensors()["bank"]}, tmp_path / "x.safetensors", metadata=about)
    found = calibrations.read(tmp_path / "x.safetensors")
    assert found.relevance is found.references is None


@pytest.mark.parametrize("broken", ["missing", "garbage", "no bank", "no number", "no sense", "half a curve"])
def test_a_broken_one_is_told_in_one_line(broken: str, tmp_path: Path) -> None:
    file = tmp_path / "x.safetensors"
    about, given = dict(ABOUT), tensors()
    if broken == "no bank":
        del given["bank"]
    about |= {"no number": {"bank_weight": "much"}, "no sense": {"threshold": "7"}}.get(broken, {})
    if broken == "half a curve":
        del about["cut"]
    if broken == "garbage":
        file.write_bytes(b"no weights")
    elif broken != "missing":
        save_file(given, file, metadata=about)
    with pytest.raises(EncoderError, match=r"x\.safetensors holds no calibration") as caught:
        calibrations.read(file)
    assert "\n" not in str(caught.value)


class CountingTexts:
    """Vectors of texts by their lengths; counts how often it is asked."""

    asked = 0

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += 1
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)


def test_the_banks_texts_are_encoded_once_on_a_machine(tmp_path: Path) -> None:
    encode = CountingTexts()
    first = calibrations.of_text_side(tmp_path / "model", encode)
    again = calibrations.of_text_side(tmp_path / "model", encode)
    assert encode.asked == 1
    np.testing.assert_array_equal(first.bank, again.bank)
    assert len(first.bank) == len(calibrations.TEXTS.read_text(encoding="utf-8").splitlines()) >= 200
    assert first.relevance is None
    np.testing.assert_allclose(np.linalg.norm(first.bank, axis=1), 1, atol=1e-5)


def test_a_model_of_open_clip_makes_its_own(tmp_path: Path) -> None:
    tiny_clip.write_config(tmp_path)
    tiny_clip.write_weights(tmp_path / "tiny.safetensors")
    options = ExtractorOptions(models=tmp_path, device="cpu")
    encoder = registry.load(tiny_clip.NAME, options)
    assert (encoder.calibrated, stored_dimensions(encoder)) == (True, 33)
    found = encoder.calibration()
    assert found is not None
    assert found.bank.shape[1] == 32
    plain = registry.load(f"{tiny_clip.NAME}@{encoder.version.removesuffix('-c1')}", options)
    assert (plain.calibrated, stored_dimensions(plain), plain.calibration()) == (False, 32, None)
    with pytest.raises(EncoderError, match=r"weights of .* are others than those of its version abc"):
        registry.load(f"{tiny_clip.NAME}@abc", options)


class TestVersions:
    @pytest.mark.parametrize(
        ("key", "version", "dimensions"),
        [
            ("bundled", "2", 385),
            ("bundled-conse", "2", 385),
            ("bundled-conse@1", "1", 384),
            ("bundled-conse@2", "2", 385),
        ],
    )
    def test_of_those_that_come_along(self, key: str, version: str, dimensions: int, tmp_path: Path) -> None:
        encoder = registry.load(key, ExtractorOptions(models=tmp_path))
        assert (encoder.version, stored_dimensions(encoder)) == (version, dimensions)

    @pytest.mark.parametrize("key", ["bundled@99", "bundled-conse@99"])
    def test_one_that_is_gone_is_told(self, key: str, tmp_path: Path) -> None:
        with pytest.raises(EncoderError, match="has no version 99 of bundled"):
            registry.load(key, ExtractorOptions(models=tmp_path))

    @pytest.mark.parametrize(
        ("key", "parts"),
        [
            ("bundled", ("bundled", "")),
            ("bundled@2", ("bundled", "2")),
            ("open_clip:ViT-B-32/openai@1-c1", ("open_clip:ViT-B-32/openai", "1-c1")),
            ("open_clip:ViT-B-32/me@home.pt", ("open_clip:ViT-B-32/me@home.pt", "")),
            ("open_clip:ViT-B-32/me@home.pt@0a1b", ("open_clip:ViT-B-32/me@home.pt", "0a1b")),
        ],
    )
    def test_keys(self, key: str, parts: tuple[str, str]) -> None:
        assert registry.split(key) == parts
