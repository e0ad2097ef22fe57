"""Figures of rankings, against numbers worked out by hand."""

from __future__ import annotations

import pytest

from media_index.search.evaluation import Judged, ndcg, recall, reciprocal_rank, summary


def test_recall_is_the_share_of_the_relevant() -> None:
    case = Judged([1, 2, 3, 4], {2, 9})
    assert recall(case, 1) == 0
    assert recall(case, 2) == 0.5
    assert reciprocal_rank(case) == 0.5
    assert reciprocal_rank(Judged([1], {2})) == 0


def test_ndcg() -> None:
    # Gains at ranks 1 and 3: (1 + 1/2) / (1 + 1/log2(3)).
    assert ndcg(Judged([1, 2, 3], {1, 3}), 10) == pytest.approx(1.5 / 1.63093, abs=1e-4)
    assert ndcg(Judged([1, 3], {1, 3}), 10) == 1


def test_summary_keeps_silence_apart() -> None:
    cases = [Judged([1], {1}), Judged([2, 1], {1}), Judged([], ()), Judged([5], ())]
    assert summary(cases) == {
        "cases": 4,
        "recall@1": 0.5,
        "recall@5": 1.0,
        "recall@10": 1.0,
        "mrr": 0.75,
        "ndcg@10": 0.8155,
        "answered": 1.0,
        "silence": 0.5,
    }
