"""The measures of search themselves, on cases whose figures can be told by hand."""

from __future__ import annotations

import numpy as np
import pytest

from media_index.search.vectors.calibration import Calibration, Relevance
from research.search.gallery import Case, Gallery
from research.search.negation import Pair, leaving_out, row, subtracting
from research.search.no_match import as_search, by_vectors
from research.search.ranking import as_shipped, evidence, figures, linear, reciprocal

RELEVANCE = Relevance(slope=20, intercept=-10, threshold=0.5, cut=0.25)
"""One half at a score of 0.5."""


def gallery(*vectors: tuple[float, float], labels: tuple[tuple[tuple[str, float], ...], ...]) -> Gallery:
    calibration = Calibration(np.eye(2, dtype=np.float32), 1, 0.0, relevance=RELEVANCE)
    return Gallery(calibration.extend(np.array(vectors, np.float32)), list(labels), calibration)


def case(text: str, count: int, *fits: int) -> Case:
    return Case(text, np.array([1, 0], np.float32), np.arange(count), np.isin(np.arange(count), fits))


class TestRanking:
    def test_labels_bring_up_what_vectors_miss(self) -> None:
        given = gallery((0.6, 0.8), (0.5, 0.87), labels=((), (("dog", 1.0),)))
        found = figures(given, [case("dog", 2, 1)], {"vectors": lambda similar, _: similar, "hybrid": as_shipped})
        assert found["hybrid"].tolist() == [1, 0.1, 1, 1, 1]
        assert found["vectors"].tolist() == pytest.approx([1 / np.log2(3), 0.1, 0, 1, 1])

    def test_reciprocal_ranks_count_both_lists(self) -> None:
        scores = reciprocal(np.array([0.9, 0.8, 0.1]), np.array([0.0, 0.0, 0.5]))
        assert scores.tolist() == pytest.approx([1 / 61, 1 / 62, 1 / 63 + 1 / 61])

    def test_evidence(self) -> None:
        given = gallery((1, 0), (0, 1), labels=((), (("dog", 0.25),)))
        similar, named = evidence(given, case("dog", 2))
        assert linear(0.5, similar, named).tolist() == pytest.approx([1, 0.25])


class TestNegation:
    PAIR = Pair(
        a=np.array([0.9, 0.8, 0.7, 0.0]),
        b=np.array([0.6, 0.0, 0.5, 0.9]),
        label=np.zeros(4),
        is_a=np.array([True, True, True, False]),
        has_b=np.array([True, False, False, True]),
        no_b=np.array([False, True, True, False]),
    )

    def test_what_is_left_out_is_counted_among_photos_of_a(self) -> None:
        way = leaving_out(RELEVANCE, 0.4, 0.1, 0.0)
        assert way(self.PAIR)[0].tolist() == [True, False, True, True]
        precision, lost, gone, *_ = row([self.PAIR], way).split(" | ")
        assert (precision, lost, gone) == ("0.500", "0.500", "1.000")

    def test_a_sure_label_leaves_out(self) -> None:
        labelled = Pair(self.PAIR.a, self.PAIR.b * 0, np.array([0.2, 0, 0, 0]), *(
            getattr(self.PAIR, name) for name in ("is_a", "has_b", "no_b")
        ))  # fmt: skip
        assert leaving_out(RELEVANCE, 0.4, 0.1)(labelled)[0].tolist() == [True, False, False, False]

    def test_subtraction_leaves_out_as_many(self) -> None:
        search = leaving_out(RELEVANCE, 0.6, 0.1, 0.0)
        out, score = subtracting(search, 1.0)(self.PAIR)
        assert score.tolist() == pytest.approx([0.3, 0.8, 0.2, -0.9])
        assert out.tolist() == [False, False, True, False]


def test_silence_is_broken_by_a_label_alone() -> None:
    far = gallery((0.1, 0.99), labels=((("dog", 0.5),),))
    assert not by_vectors(far, case("dog", 1))
    assert as_search(far, case("a photo of a dog", 1))
    assert not as_search(far, case("cat", 1))
