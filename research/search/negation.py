"""Words that are taken away, "A without B": leaving out and sinking, against taking B's vector off.

    python -m research.search.negation DATA CACHE --models FOLDER

100 pairs of words, drawn by chance from those with at least three photos of both and three of A alone. *Precision*: of
the photos of A that are left out, the share that shows B. *Lost*: of the photos of A without B, the share left out.
*Gone*: of those with both, the share left out. *P@10* and *B in ten*: of the first ten, the share of A without B and
that of B. Vector subtraction leaves nothing out by itself: of each pair as many photos of A count so as search leaves
out, those that it ranks last.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from media_index.search.ranking import DOUBT, DOUBTED, LEFT_OUT, SURE
from media_index.search.vectors.calibration import Relevance
from media_index.search.words.wording import Wording
from research.bundled import words
from research.search.gallery import World, arguments, world

PAIRS = 100
FEWEST = 3
FIRST = 10
Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Pair:
    """Scores above their levels for A and for B of each photo, how sure a label names B, and what is true of it:
    ``is_a``; ``has_b`` and ``no_b``, which are both false where that is not known."""

    a: Numbers
    b: Numbers
    label: Numbers
    is_a: Mask
    has_b: Mask
    no_b: Mask


Way = Callable[[Pair], tuple[Mask, Numbers]]
"""Which photos are left out, and the score of each."""


def pairs(given: World, places: NDArray[np.int64]) -> list[Pair]:
    """The pairs, with all that is known of the photos at these places."""
    here = given.here(places)
    found = {word: words.mentions(here, word) for word in words.WORDS}
    fit = [pair for pair in itertools.permutations(words.WORDS, 2) if _fits(*pair, found)]
    drawn = np.random.default_rng(0).permutation(len(fit))[:PAIRS]
    return [_pair(given, places, *fit[number], found) for number in drawn]


def _fits(a: str, b: str, found: dict[str, NDArray[np.int64]]) -> bool:
    """Two words for one thing are no pair."""
    also = {one: set(words.ALSO.get(one, "").split()) for one in (a, b)}
    is_a = found[a] > 1
    enough = min((is_a & (found[b] > 1)).sum(), (is_a & (found[b] == 0)).sum()) >= FEWEST
    return bool(enough) and b not in also[a] and a not in also[b]


def _pair(given: World, places: NDArray[np.int64], a: str, b: str, found: dict[str, NDArray[np.int64]]) -> Pair:
    calibration = given.photos.calibration
    scores = []
    for text in (f"a {a.replace('-', ' ')}", b.replace("-", " ")):
        vector = given.vector(text)
        near = given.photos.stored[places] @ calibration.query(vector) - calibration.level(vector)
        scores.append(near.astype(np.float64))
    wording = Wording.of(b.replace("-", " "))
    sure = [
        max((score for name, score in given.photos.labels[place] if wording.is_whole_in(name)), default=0.0)
        for place in places.tolist()
    ]
    return Pair(scores[0], scores[1], np.array(sure), found[a] > 1, found[b] > 1, found[b] == 0)


def leaving_out(relevance: Relevance, bar: float, sure: float, doubt: float = DOUBT) -> Way:
    """As search does, with other numbers."""

    def way(pair: Pair) -> tuple[Mask, Numbers]:
        out = (pair.b >= relevance.score(bar)) | (pair.label >= sure)
        return out, pair.a - doubt * np.maximum(pair.b - relevance.score(DOUBTED), 0)

    return way


def subtracting(search: Way, weight: float) -> Way:
    """The vector of B, ``weight`` times, off that of A; leaves out as many photos of A as ``search`` does."""

    def way(pair: Pair) -> tuple[Mask, Numbers]:
        score = pair.a - weight * pair.b
        asked = pair.is_a & (pair.has_b | pair.no_b)
        count = int((search(pair)[0] & asked).sum())
        out = np.zeros(len(score), dtype=bool)
        out[np.argsort(np.where(asked, score, np.inf), kind="stable")[:count]] = True
        return out, score

    return way


def row(several: list[Pair], way: Way) -> str:
    """The figures as a row in Markdown."""
    wrong = out_of_a = lost = right = both = 0
    first, first_b = [], []
    for pair in several:
        out, score = way(pair)
        known = pair.has_b | pair.no_b
        gone = out & pair.is_a & known
        wrong, out_of_a, lost = (
            wrong + (gone & pair.has_b).sum(),
            out_of_a + gone.sum(),
            lost + (gone & pair.no_b).sum(),
        )
        right, both = right + (pair.is_a & pair.no_b).sum(), both + (pair.is_a & pair.has_b).sum()
        order = np.argsort(-np.where(out | ~known, -np.inf, score), kind="stable")[:FIRST]
        first.append((pair.is_a & pair.no_b)[order].mean())
        first_b.append(pair.has_b[order].mean())
    shares = (wrong / max(out_of_a, 1), lost / right, wrong / both, np.mean(first), np.mean(first_b))
    return " | ".join(f"{share:.3f}" for share in shares)


def main() -> None:
    """Print the tables in Markdown."""
    given = world(arguments(__doc__))
    known = given.photos.relevance
    ways: dict[str, Way] = {"as A alone": leaving_out(known, 1 - 1e-9, 2.0, 0.0)}
    ways["by labels alone"] = leaving_out(known, 1 - 1e-9, 0.0001, 0.0)
    for bar in (0.02, 0.05, 0.1, 0.2):
        ways[f"from {bar}, a label from {SURE}"] = leaving_out(known, bar, SURE)
    for sure in (0.03, 0.3):
        ways[f"from {LEFT_OUT}, a label from {sure}"] = leaving_out(known, LEFT_OUT, sure)
    for doubt in (0.0, 0.25, 0.75):
        ways[f"as search does, but doubt {doubt}"] = leaving_out(known, LEFT_OUT, SURE, doubt)
    ways["as search does"] = leaving_out(known, LEFT_OUT, SURE)
    shipped = ways["as search does"]
    ways |= {f"B's vector off, {weight} times": subtracting(shipped, weight) for weight in (0.25, 0.5, 0.75, 1.0)}
    for split, places in (("train", given.fitting), ("dev", given.dev)):
        several = pairs(given, places)
        print(
            f"| {split}, {len(several)} pairs | precision | lost | gone | P@10 | B in ten |\n|---|---|---|---|---|---|"
        )
        for name, way in ways.items():
            print(f"| {name} | {row(several, way)} |", flush=True)


if __name__ == "__main__":
    main()
