"""How far a face can be trusted."""

from __future__ import annotations

import numpy as np
import pytest

from people.engines.quality import quality, sharpness

BEST = {"mirrored": 0.995, "height": 200.0, "score": 0.9, "sharp": 20.0}


def test_the_best() -> None:
    assert quality(**BEST) == 1.0


@pytest.mark.parametrize(("name", "poor"), [("mirrored", 0.95), ("height", 16.0), ("score", 0.4), ("sharp", 2.0)])
def test_one_thing_that_is_poor_decides(name: str, poor: float) -> None:
    assert quality(**{**BEST, name: poor}) == 0.0


@pytest.mark.parametrize("name", list(BEST))
def test_better_is_never_worse(name: str) -> None:
    values = np.linspace(0, BEST[name], 50)
    judged = [quality(**{**BEST, name: float(value)}) for value in values]
    assert judged == sorted(judged)


def test_a_blur_is_less_sharp() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (150, 150, 3), dtype=np.uint8)
    blurred = noise.astype(float)
    for axis in (0, 1):
        blurred = sum(np.roll(blurred, shift, axis) for shift in range(-3, 4)) / 7
    assert sharpness(np.full_like(noise, 128)) == pytest.approx(0, abs=1e-3)
    assert sharpness(blurred.astype(np.uint8)) < sharpness(noise) / 5
