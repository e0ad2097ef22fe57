"""How calibrations are fitted and judged, on cases small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest

from media_index.search.vectors.calibration import Calibration, Relevance
from research.bundled import decisions, words
from research.bundled.data import Photo
from research.bundled.relevance import fit

PHOTOS = [
    Photo("1.jpg", "dev", ("A puppy on a sofa.", "A dog lies there.")),
    Photo("2.jpg", "dev", ("Two cats.", "A kitten and a cat.")),
    Photo("3.jpg", "dev", ("A dog.", "An animal.")),
    Photo("4.jpg", "dev", ("A red bus.", "A bus in a street.")),
]


@pytest.mark.parametrize(
    ("caption", "word", "used"),
    [
        ("Two dogs.", "dog", True),
        ("A hotdog.", "dog", False),
        ("A hot dog, eaten", "hot-dog", True),
        ("A kitten!", "cat", True),
        ("A category", "cat", False),
        ("three benches", "bench", True),
    ],
)
def test_what_a_caption_names(caption: str, word: str, used: bool) -> None:
    assert words.uses(caption, word) is used


def test_each_word_is_asked_with_and_without_what_it_means() -> None:
    with_dog, without = decisions.word_cases(PHOTOS, [0, 1, 2, 3], {"dog": np.eye(2, dtype=np.float32)[:1]})
    assert with_dog.kept.tolist() == [0, 1, 3], "one caption of two is not enough to know"
    assert with_dog.relevant.tolist() == [True, False, False]
    assert without.kept.tolist() == [1, 3]
    assert not without.relevant.any()


def test_a_caption_is_asked_of_photos_that_share_nothing_with_it() -> None:
    cases = decisions.caption_cases(PHOTOS, [0, 1, 2, 3], np.eye(4, dtype=np.float32))
    first = cases[0]
    assert first.kept.tolist() == [0, 1, 3], "the other dog may fit as well"
    assert first.relevant.tolist() == [True, False, False]
    assert cases[1].kept.tolist() == [1, 3]


def test_the_curve_is_found_again() -> None:
    chance = np.random.default_rng(0)
    scores = chance.normal(size=20_000)
    true = chance.random(20_000) < 1 / (1 + np.exp(-(3 * scores - 1)))
    slope, intercept = fit(scores, true)
    assert (slope, intercept) == (pytest.approx(3, abs=0.15), pytest.approx(-1, abs=0.1))


def test_decisions_are_counted() -> None:
    decided = decisions.decide(np.array([0.9, 0.4, 0.6, 0.1]), np.array([True, True, False, False]), 0.5)
    assert (decided.answered, decided.silence, decided.balanced, decided.precision) == (0.5, 0.5, 0.5, 0.5)


def test_probabilities_that_are_right_have_no_error() -> None:
    said = np.array([0.25] * 4 + [0.75] * 4)
    assert decisions.reliability(said, np.array([1, 0, 0, 0, 1, 1, 1, 0], bool)) == 0
    assert decisions.reliability(said, np.array([0] * 8, bool)) == pytest.approx(0.5)


def test_what_is_shown_is_what_search_would_show() -> None:
    calibration = Calibration(np.eye(2, dtype=np.float32), 1, 0.0)
    stored = calibration.extend(np.array([[1, 0], [0.6, 0.8], [0, 1]], np.float32))
    query = np.array([1, 0], np.float32)
    case = decisions.Case(query, np.arange(3), np.array([True, False, False]), "word")
    relevance = Relevance(slope=10, intercept=-5, threshold=0.9, cut=0.5)
    assert decisions.shown(case, calibration, relevance, stored).tolist() == [True, True, False]
    assert not decisions.shown(case, calibration, Relevance(10, -5, 0.999, 0.5), stored).any()
