from __future__ import annotations

import numpy as np
import pytest
from open_clip.transform import PreprocessCfg, image_transform_v2
from PIL import Image

from media_index.encoders.pixels import Fit
from tests.media_index.encoders.drawings import gradient, noise


@pytest.mark.parametrize("mode", ["shortest", "squash", "longest"])
@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear"])
@pytest.mark.parametrize("size", [(300, 200), (201, 333), (64, 64), (65, 64), (40, 90), (300, 77)])
def test_does_what_open_clip_does(mode: str, interpolation: str, size: tuple[int, int]) -> None:
    # Away from black and white, where Pillow clips between its two passes, whose order is its own affair.
    pixels = noise(*size) // 4 + gradient(*size) // 2 + 32
    config = PreprocessCfg(size=64, mean=(0, 0, 0), std=(1, 1, 1), interpolation=interpolation, resize_mode=mode)
    wanted = image_transform_v2(config, is_train=False)(Image.fromarray(pixels)).permute(1, 2, 0).numpy() * 255
    given = Fit(64, 64, mode, interpolation).apply(pixels)
    assert given.shape == (64, 64, 3)
    assert given.dtype == np.uint8
    # Of 255: the order of the passes shows in their rounding.
    assert np.abs(given - wanted).max() <= 2


def test_large_pictures_come_out_nearly_the_same() -> None:
    pixels = gradient(2000, 1500)
    exact = np.asarray(Image.fromarray(pixels[:, 250:1750]).resize((64, 64), Image.Resampling.BICUBIC)).astype(int)
    assert np.abs(Fit(64, 64).apply(pixels) - exact).max() <= 2


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (3, 2)])
@pytest.mark.parametrize("mode", ["shortest", "squash", "longest"])
def test_extreme_proportions(mode: str, size: tuple[int, int]) -> None:
    assert Fit(64, 48, mode).apply(noise(*size)).shape == (64, 48, 3)


def test_longest_keeps_all_and_fills_the_rest() -> None:
    result = Fit(64, 64, "longest", fill=7).apply(np.full((100, 200, 3), 200, dtype=np.uint8))
    assert (result[:16] == 7).all()
    assert (result[48:] == 7).all()
    assert (result[16:48] == 200).all()


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((10, 10), dtype=np.uint8),
        np.zeros((10, 10, 4), dtype=np.uint8),
        np.zeros((10, 10, 3), dtype=np.float32),
        np.zeros((0, 10, 3), dtype=np.uint8),
    ],
)
def test_what_is_no_picture_is_refused(array: np.ndarray) -> None:
    with pytest.raises(ValueError, match="not a picture"):
        Fit(64, 64).apply(array)


def test_unknown_ways_are_refused() -> None:
    with pytest.raises(ValueError, match="stretch"):
        Fit(64, 64, "stretch")
    with pytest.raises(ValueError, match="lanczos"):
        Fit(64, 64, interpolation="lanczos")


def test_views_of_other_arrays_work() -> None:
    pixels = noise(80, 60)
    assert (Fit(32, 32).apply(pixels[:, ::-1]) == Fit(32, 32).apply(pixels[:, ::-1].copy())).all()
