"""Scores that can be compared: against the formulas written out, and what they say about matches."""

from __future__ import annotations

import math

import numpy as np
import pytest

from media_index.search.vectors.calibration import CHUNK, Calibration, Relevance

CHANCE = np.random.default_rng(0)


def unit(*shape: int) -> np.ndarray:
    rows = CHANCE.standard_normal(shape).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


BANK = unit(20, 8)
REFERENCES = unit(12, 8)
RELEVANCE = Relevance(slope=10, intercept=-1, threshold=0.5, cut=0.2)
WHOLE = Calibration(BANK, 3, 0.5, REFERENCES, 2, relevance=RELEVANCE)


def background(vector: np.ndarray) -> float:
    return float(np.mean(sorted((float(one @ vector) for one in BANK), reverse=True)[:3]))


def test_the_background_is_the_mean_of_the_nearest_captions() -> None:
    photos = unit(5, 8)
    np.testing.assert_allclose(WHOLE.background(photos), [background(one) for one in photos], atol=1e-6)


def test_many_photos_are_done_in_parts() -> None:
    photos = unit(CHUNK + 3, 8)
    whole = WHOLE.background(photos)
    assert whole.shape == (CHUNK + 3,)
    np.testing.assert_allclose(whole[-3:], WHOLE.background(photos[-3:]), atol=1e-6)
    assert WHOLE.background(photos[:0]).shape == (0,)


def test_the_inner_product_of_what_is_stored_is_the_corrected_score() -> None:
    photos, text = unit(5, 8), unit(8)
    stored = WHOLE.extend(photos)
    assert (stored.shape, stored.dtype, WHOLE.query(text).shape) == ((5, 9), np.float32, (9,))
    wanted = [float(one @ text) - 0.5 * background(one) for one in photos]
    np.testing.assert_allclose(stored @ WHOLE.query(text), wanted, atol=1e-6)


def test_a_photo_near_to_everything_falls_behind() -> None:
    """As near to the query as the other, and nearer to the captions of the bank."""
    text, elsewhere = np.eye(3, dtype=np.float32)[0], np.eye(3, dtype=np.float32)[1:]
    calibration = Calibration(elsewhere[:1], 1, 0.5)
    hub, special = np.array([[0.6, 0.8, 0], [0.6, 0, 0.8]], dtype=np.float32)
    scores = calibration.extend(np.stack([hub, special])) @ calibration.query(text)
    assert scores.tolist() == pytest.approx([0.2, 0.6])


def test_the_level_is_what_the_best_references_reach() -> None:
    text = unit(8)
    reached = sorted((float(one @ text) - 0.5 * background(one) for one in REFERENCES), reverse=True)
    assert WHOLE.level(text) == pytest.approx((reached[0] + reached[1]) / 2, abs=1e-6)
    assert Calibration(BANK, 3, 0.5).level(text) == 0.0
    assert Calibration(BANK, 3, 0.5, REFERENCES, 2, lowest_level=5.0).level(text) == 5.0


@pytest.mark.parametrize("score", [-1e6, -2.0, 0.0, 0.1, 3.0, 1e6])
def test_probabilities(score: float) -> None:
    found = RELEVANCE.probability(score)
    assert 0 <= found <= 1
    if abs(score) < 10:
        assert found == pytest.approx(1 / (1 + math.exp(-(10 * score - 1))))


@pytest.mark.parametrize(
    ("probabilities", "matches"),
    [([], 0), ([0.49, 0.4], 0), ([0.5], 1), ([0.9, 0.3, 0.2, 0.19], 3), ([0.51, 0.1], 1)],
)
def test_matches_begin_at_the_threshold_and_end_at_the_cut(probabilities: list[float], matches: int) -> None:
    assert RELEVANCE.matches(probabilities) == matches


@pytest.mark.parametrize(
    ("slope", "intercept", "threshold", "cut"),
    [(0, 0, 0.5, 0.2), (-1, 0, 0.5, 0.2), (math.nan, 0, 0.5, 0.2), (1, math.inf, 0.5, 0.2), (1, 0, 1, 0.2),
     (1, 0, 0.2, 0.5), (1, 0, 0.5, 0)],
)  # fmt: skip
def test_a_curve_that_makes_no_sense_is_refused(slope: float, intercept: float, threshold: float, cut: float) -> None:
    with pytest.raises(ValueError, match=r"orders nothing|want to be in order"):
        Relevance(slope, intercept, threshold, cut)


@pytest.mark.parametrize(
    ("bank", "neighbours", "weight", "references", "level"),
    [
        (BANK[0], 1, 0.5, None, 1),
        (BANK * np.nan, 1, 0.5, None, 1),
        (BANK[:0], 1, 0.5, None, 1),
        (BANK, 0, 0.5, None, 1),
        (BANK, 21, 0.5, None, 1),
        (BANK, 1, -0.5, None, 1),
        (BANK, 1, math.nan, None, 1),
        (BANK, 1, 0.5, REFERENCES, 13),
        (BANK, 1, 0.5, REFERENCES, 0),
    ],
)
def test_parts_that_do_not_fit_are_refused(
    bank: np.ndarray, neighbours: int, weight: float, references: np.ndarray | None, level: int
) -> None:
    with pytest.raises(ValueError, match=r"bank|neighbours|weight"):
        Calibration(bank, neighbours, weight, references, level)
