"""What the measures of stacks and of thumbs are made of."""

from __future__ import annotations

import numpy as np

from research.search.shots import CROP, TURN, second_take
from research.search.thumbs import reciprocal


def test_a_second_take_is_nearly_the_same_picture() -> None:
    rng = np.random.default_rng(1)
    pixels = np.full((200, 300, 3), (200, 100, 50), np.uint8)
    take = second_take(pixels, rng)
    height, width, _ = take.shape
    assert 200 * (1 - 2 * CROP - 2 * TURN / 100) - 2 <= height < 200
    assert 300 * (1 - 2 * CROP - 2 * TURN / 100) - 2 <= width < 300
    middle = take[height // 2, width // 2].astype(int)
    assert np.abs(middle - (200, 100, 50)).max() < 20 and not np.array_equal(take, second_take(pixels, rng))


def test_the_reciprocal_rank_with_and_without_votes() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5], np.float32)
    assert reciprocal(scores, 3, {}) == 1 / 4
    assert reciprocal(scores, 3, {3: 1}, 2) == 1 / 2
    assert reciprocal(scores, 0, {0: -1}, 2) == 1 / 3
