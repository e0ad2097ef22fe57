"""Vectors of other engines on the scale of the default one."""

from __future__ import annotations

import numpy as np
import pytest

from people.engines.scale import to_common_scale
from people.faces.clustering import ALIKE_TOGETHER


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("alike", [-0.5, 0.0, 0.36, ALIKE_TOGETHER])
def test_likeness_is_stretched_evenly(alike: float) -> None:
    vectors = unit(np.random.default_rng(0).normal(size=(20, 8)))
    scaled = to_common_scale(vectors, alike)
    assert scaled.shape == (20, 9)
    np.testing.assert_allclose(np.linalg.norm(scaled, axis=1), 1, atol=1e-6)
    stretched = 1 - (1 - vectors @ vectors.T) * (1 - ALIKE_TOGETHER) / (1 - alike)
    np.testing.assert_allclose(scaled @ scaled.T, stretched, atol=1e-5)


def test_the_limit_lands_on_the_limit() -> None:
    pair = np.array([[1, 0], [0.36, (1 - 0.36**2) ** 0.5]], np.float32)
    one, other = to_common_scale(pair, 0.36)
    assert one @ other == pytest.approx(ALIKE_TOGETHER, abs=1e-6)


@pytest.mark.parametrize("alike", [-1.0, 0.95, float("nan")])
def test_a_limit_that_cannot_be_is_refused(alike: float) -> None:
    with pytest.raises(ValueError, match="alike is"):
        to_common_scale(np.eye(2, dtype=np.float32), alike)
