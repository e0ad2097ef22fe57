"""Hybrid ranking against vectors alone, on words, things and captions.

    python -m research.search.ranking DATA CACHE --models FOLDER

The weight of the labels is tried on ``train``; the figures are those of ``dev``. "RRF" is reciprocal rank fusion
(Cormack, Clarke and Büttcher 2009, k = 60) of the two lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from media_index.search import evaluation, ranking
from media_index.search.words.wording import Wording
from research.bundled import words
from research.search.gallery import Case, Gallery, World, arguments, world

WEIGHTS = (0.1, 0.2, 0.4, 0.6, 0.8)
K = 60
FIRST = 10
Scores = NDArray[np.float64]
Rank = Callable[[Scores, Scores], Scores]
"""From similarities and from what labels say, the score of each place."""


def linear(weight: float, similar: Scores, named: Scores) -> Scores:
    return similar + weight * named


def reciprocal(similar: Scores, named: Scores) -> Scores:
    """Both lists by rank; what no label names is not in the second one."""
    ranks = np.empty(len(similar))
    ranks[np.argsort(-similar, kind="stable")] = np.arange(1, len(similar) + 1)
    score = 1 / (K + ranks)
    listed = np.argsort(-named, kind="stable")[: int((named > 0).sum())]
    score[listed] += 1 / (K + np.arange(1, len(listed) + 1))
    return score


def evidence(gallery: Gallery, case: Case) -> tuple[Scores, Scores]:
    """Similarities, and what labels say, of each place of a case."""
    wording = Wording.of(case.text)
    named = [wording.named_by(gallery.labels[place]) for place in case.places.tolist()]
    return gallery.similarities(case).astype(np.float64), np.array(named)


def judged(case: Case, scores: Scores) -> evaluation.Judged:
    order = np.argsort(-scores, kind="stable")[:FIRST]
    return evaluation.Judged(order.tolist(), set(np.flatnonzero(case.fits).tolist()))


def figures(gallery: Gallery, cases: Iterable[Case], ways: dict[str, Rank]) -> dict[str, NDArray[np.float64]]:
    """Means of nDCG@10, P@10, recall@1, @5 and @10 by the way of ranking."""
    found: dict[str, list[list[float]]] = {name: [] for name in ways}
    for case in cases:
        similar, named = evidence(gallery, case)
        for name, way in ways.items():
            one = judged(case, way(similar, named))
            right = len(set(one.found) & set(one.relevant)) / FIRST
            recalls = [evaluation.recall(one, cutoff) for cutoff in evaluation.CUTOFFS]
            found[name].append([evaluation.ndcg(one, FIRST), right, *recalls])
    return {name: np.mean(rows, axis=0) for name, rows in found.items()}


def as_shipped(similar: Scores, named: Scores) -> Scores:
    return linear(ranking.LABELS, similar, named)


def told(title: str, found: dict[str, NDArray[np.float64]], columns: Sequence[int]) -> None:
    for name, row in found.items():
        print(f"| {title} | {name} | " + " | ".join(f"{row[column]:.3f}" for column in columns) + " |", flush=True)


def main() -> None:
    """Print the tables in Markdown."""
    given: World = world(arguments(__doc__))
    fitted: dict[str, Rank] = {"vectors": partial(linear, 0.0)}
    fitted |= {f"labels {weight}": partial(linear, weight) for weight in WEIGHTS}
    print("| train | ranking | nDCG@10 | P@10 |\n|---|---|---|---|")
    told("words", figures(given.photos, given.word_cases(given.fitting, words.WORDS), fitted), (0, 1))
    ways: dict[str, Rank] = {"vectors": partial(linear, 0.0), "hybrid": as_shipped, "RRF": reciprocal}
    print("\n| dev | ranking | nDCG@10 | P@10 |\n|---|---|---|---|")
    told("words", figures(given.photos, given.word_cases(given.dev), ways), (0, 1))
    told("things", figures(given.things, given.thing_cases(), ways), (0, 1))
    print("\n| dev | ranking | R@1 | R@5 | R@10 |\n|---|---|---|---|---|")
    told("captions", figures(given.photos, given.caption_cases(given.dev), ways), (2, 3, 4))


if __name__ == "__main__":
    main()
