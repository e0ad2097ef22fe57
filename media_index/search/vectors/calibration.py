"""Scores that can be compared between photos, and what they say about whether a photo fits. Pure.

Some photos lie near to every description and crowd the results (hubs). Each photo's vector therefore carries one more
number, its *background*: the mean similarity to its nearest captions of a fixed bank. What is left of a similarity when
the background is taken off is CSLS's correction of the photos' side (Conneau et al. 2018, "Word Translation Without
Parallel Data"), with a bank in the place of the queries, which nobody knows beforehand.

The background is stored as one more dimension, and a query carries the negative weight there: the inner product of the
two is the corrected score, and the vector index answers as before.

Queries differ as well: any picture of people comes near to "a man". So a score is judged against the query's *level*,
what the best of some reference photos reach for it (CSLS's correction of the queries' side). Only what stands out above
that speaks for a match; the order of the photos does not depend on it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
EXTRA_DIMENSIONS = 1
CHUNK = 4096
"""Photos whose similarities to the bank are in memory at once: 16 MB for a bank of 1,000."""


@dataclass(frozen=True, slots=True)
class Relevance:
    """Score above the query's level to the probability that a photo fits: ``1 / (1 + exp(-(slope * score +
    intercept)))`` (Platt 1999).

    Where the best photo's probability is below ``threshold``, nothing matches; else the matches go on down to a
    probability of ``cut``. All four are fitted on labelled pairs, for one encoder and one bank only.
    """

    slope: float
    intercept: float
    threshold: float
    cut: float

    def __post_init__(self) -> None:
        """:class:`ValueError` where a better score would not be more probable, or a bar is no probability."""
        if not (math.isfinite(self.slope) and self.slope > 0 and math.isfinite(self.intercept)):
            raise ValueError(f"a slope of {self.slope} with an intercept of {self.intercept} orders nothing")
        if not 0 < self.cut <= self.threshold < 1:
            raise ValueError(f"cut {self.cut} and threshold {self.threshold} want to be in order between 0 and 1")

    def probability(self, score: float) -> float:
        """That a photo so far above the level fits, 0 to 1."""
        logit = self.slope * score + self.intercept
        # Written for both signs, so that neither overflows.
        return 1 / (1 + math.exp(-logit)) if logit >= 0 else math.exp(logit) / (1 + math.exp(logit))

    def score(self, probability: float) -> float:
        """How far above the level a photo lies that fits with this probability (between 0 and 1, exclusive)."""
        return (math.log(probability / (1 - probability)) - self.intercept) / self.slope

    def matches(self, probabilities: Sequence[float]) -> int:
        """How many of these, in falling order, are matches; 0 says that nothing matches."""
        if not probabilities or probabilities[0] < self.threshold:
            return 0
        return sum(one >= self.cut for one in probabilities)


@dataclass(frozen=True, eq=False)
class Calibration:
    """What belongs to one encoder. ``bank`` is ``(m, d)`` float32, vectors of generic captions, each of length 1;
    ``neighbours`` (1 to m) how many of them make a background; ``weight`` how much of it is taken off a score.

    ``references`` is ``(r, d)`` float32, unit vectors of photos that nobody has in the library; the mean of a query's
    best ``level_neighbours`` scores among them is its level, 0 where there are none. It is never taken to be below
    ``lowest_level``: what no reference comes near to would seem to be matched by any photo that is a little nearer.
    Without ``relevance`` scores are only ranked, and nothing is ever said not to match.
    """

    bank: Vectors
    neighbours: int
    weight: float
    references: Vectors | None = None
    level_neighbours: int = 1
    lowest_level: float = -1.0
    relevance: Relevance | None = None

    def __post_init__(self) -> None:
        """:class:`ValueError` where the parts do not fit together."""
        if self.bank.ndim != 2 or not np.isfinite(self.bank).all():
            raise ValueError("a bank is a table of finite numbers, a row a caption")
        if not 1 <= self.neighbours <= len(self.bank):
            raise ValueError(f"{self.neighbours} neighbours among {len(self.bank)} captions")
        if not (math.isfinite(self.weight) and self.weight >= 0):
            raise ValueError(f"the weight {self.weight} takes nothing off")
        if self.references is not None and not 1 <= self.level_neighbours <= len(self.references):
            raise ValueError(f"{self.level_neighbours} neighbours among {len(self.references)} references")

    def background(self, vectors: Vectors) -> Vectors:
        """``(n, d)`` to ``(n,)``: each one's mean similarity to the nearest captions of the bank."""
        parts = [self._background(vectors[start : start + CHUNK]) for start in range(0, len(vectors), CHUNK)]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.float32)

    def extend(self, vectors: Vectors) -> Vectors:
        """Vectors of photos ``(n, d)`` as they are stored, ``(n, d + 1)``: the background comes last."""
        return np.column_stack([vectors, self.background(vectors)]).astype(np.float32)

    def query(self, vector: Vectors) -> Vectors:
        """The vector of a text ``(d,)`` as it is searched with, ``(d + 1,)``."""
        return np.append(vector, np.float32(-self.weight)).astype(np.float32)

    def level(self, vector: Vectors) -> float:
        """What a text ``(d,)`` of length 1 reaches among the references."""
        if self.references is None:
            return 0.0
        scores = self._stored_references @ self.query(vector)
        reached = float(np.partition(scores, -self.level_neighbours)[-self.level_neighbours :].mean())
        return max(reached, self.lowest_level)

    @cached_property
    def _stored_references(self) -> Vectors:
        return self.extend(self.references if self.references is not None else self.bank[:0])

    def _background(self, vectors: Vectors) -> Vectors:
        similar = vectors @ self.bank.T
        nearest: Vectors = np.partition(similar, -self.neighbours, axis=1)[:, -self.neighbours :]
        mean: Vectors = nearest.mean(axis=1, dtype=np.float32)
        return mean
