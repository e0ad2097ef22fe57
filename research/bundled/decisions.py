"""Cases for "nothing here matches", and how often search is right about them. Each query is asked twice: of a gallery
that holds what it means, and of the same one without all photos that do. What is left there are the near misses: horses
for "a zebra", oranges for "an apple".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from media_index.encoders.base import Vectors
from media_index.search.vectors.calibration import Calibration, Relevance
from research.bundled import words
from research.bundled.data import Photo

BINS = 10
DEPTH = 20
"""Results of a query whose probabilities are looked at: what is shown on the first screen."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A query ``(d,)`` with its gallery: positions ``kept`` of photos, of which those in ``relevant`` (a mask over
    ``kept``) fit; none where the right answer is silence. ``kind`` is ``word`` or ``caption``."""

    query: Vectors
    kept: NDArray[np.int64]
    relevant: NDArray[np.bool_]
    kind: str


@dataclass(frozen=True, slots=True)
class Decided:
    """``answered``: share of the queries with something to find that got results; ``silence``: share of the others that
    got none; ``precision`` of silence, where both kinds are equally frequent."""

    answered: float
    silence: float

    @property
    def precision(self) -> float:
        return self.silence / max(self.silence + 1 - self.answered, 1e-9)

    @property
    def balanced(self) -> float:
        return (self.answered + self.silence) / 2

    def __str__(self) -> str:
        return f"{self.answered:.3f} | {self.silence:.3f} | {self.precision:.3f}"


def word_cases(photos: Sequence[Photo], gallery: Sequence[int], queries: dict[str, Vectors]) -> list[Case]:
    """Two cases for each text of ``queries`` (by word, ``(texts, d)``): with and without what it means."""
    places = np.asarray(gallery)
    here = [photos[place] for place in gallery]
    cases = []
    for word, vectors in queries.items():
        found = words.mentions(here, word)
        known = found != 1
        for query in vectors:
            if (found > 1).any():
                cases.append(Case(query, places[known], found[known] > 1, "word"))
            cases.append(Case(query, places[found == 0], np.zeros((found == 0).sum(), bool), "word"))
    return cases


def caption_cases(photos: Sequence[Photo], gallery: Sequence[int], first_captions: Vectors) -> list[Case]:
    """The first caption of each photo, ``(gallery, d)``, asked of all, and of those with none of its things."""
    places = np.asarray(gallery)
    here = [photos[place] for place in gallery]
    mentioned = {word: words.mentions(here, word) > 0 for word in words.WORDS}
    cases = []
    for own, query in enumerate(first_captions):
        # Photos that share a thing with it may fit as well: only those that do not are known not to.
        named = [word for word in words.WORDS if words.uses(here[own].captions[0], word)]
        telling = [word for word in named if word not in words.BROAD]
        if not telling:
            continue
        alike = np.logical_or.reduce([mentioned[word] for word in telling])
        alike[own] = False
        mine = np.arange(len(places)) == own
        cases.append(Case(query, places[~alike], mine[~alike], "caption"))
        cases.append(Case(query, places[~alike & ~mine], np.zeros((~alike & ~mine).sum(), bool), "caption"))
    return cases


def scores(case: Case, calibration: Calibration, stored: Vectors) -> NDArray[np.float32]:
    """Of each kept photo, above the query's level; ``stored`` ``(photos, d + 1)`` are extended vectors."""
    return stored[case.kept] @ calibration.query(case.query) - np.float32(calibration.level(case.query))


def decide(best: NDArray[np.float64], is_answer: NDArray[np.bool_], bar: float) -> Decided:
    """From each case's best value and whether there was something to find."""
    return Decided(float((best[is_answer] >= bar).mean()), float((best[~is_answer] < bar).mean()))


def best_of(
    cases: Sequence[Case], calibration: Calibration, stored: Vectors
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Each case's best score, and whether it has something to find."""
    best = np.array([scores(case, calibration, stored).max(initial=-9.0) for case in cases], dtype=np.float64)
    return best, np.array([bool(case.relevant.any()) for case in cases])


def reliability(said: NDArray[np.float64], true: NDArray[np.bool_]) -> float:
    """Expected calibration error over ten bins of equal width (Guo et al. 2017)."""
    places = np.minimum((said * BINS).astype(int), BINS - 1)
    gaps = [
        abs(said[places == one].mean() - true[places == one].mean()) * (places == one).mean() for one in set(places)
    ]
    return float(sum(gaps))


def shown(case: Case, calibration: Calibration, relevance: Relevance, stored: Vectors) -> NDArray[np.bool_]:
    """Which of the kept photos search would give as matches."""
    said = np.array([relevance.probability(float(one)) for one in scores(case, calibration, stored)])
    order = np.argsort(-said)
    given = np.zeros(len(said), bool)
    given[order[: relevance.matches(said[order].tolist())]] = True
    return given
