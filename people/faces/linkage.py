"""Average linkage over a graph of neighbours: those who are most alike to each other are joined, round after round.

In each round every pair of groups that are each other's nearest is joined at once ("reciprocal agglomerative
clustering": Sumengen et al., "Scaling Hierarchical Agglomerative Clustering to Billion-sized Datasets", 2021). For
average linkage that gives the same as joining the nearest pair of all over and over, but takes some tens of rounds.
The mean likeness of two groups is the inner product of their sums, so no pair is looked at twice: time and memory grow
with the edges. Pure.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_AT_ONCE = 50_000
"""Edges whose likeness is reckoned at once: 100 MB for two times 128 numbers each."""
_DIGITS = 9
"""Decimals that count, so that the order of additions decides nothing."""


def join(vectors: NDArray[np.float32], edges: Ints, photos: Ints, limit: Callable[[Ints], Floats]) -> Ints:
    """For each row of ``vectors`` ``(n, d)`` (unit rows) the lowest row of the group it ends up in.

    ``edges`` ``(m, 2)`` are pairs of rows; only groups with an edge between them are ever joined. Rows of one photo (a
    number from 0; -1 for none) never meet in a group. ``limit`` says for the size of the smaller group how alike two
    groups must be on average.
    """
    return _Linkage(vectors, edges, photos, limit).run()


class _Linkage:
    def __init__(
        self, vectors: NDArray[np.float32], edges: Ints, photos: Ints, limit: Callable[[Ints], Floats]
    ) -> None:
        self._sums = vectors.astype(np.float64)
        self._sizes = np.ones(len(vectors), np.int64)
        self._photos = [{int(photo)} - {-1} for photo in photos]
        self._limit = limit
        self._label = np.arange(len(vectors))
        self._edges = _tidy(edges)
        self._likeness = self._alike(self._edges)

    def run(self) -> Ints:
        while True:
            pairs = self._nearest_pairs()
            if not len(pairs):
                break
            clash = np.array([not self._photos[one].isdisjoint(self._photos[other]) for one, other in pairs])
            self._drop(pairs[clash])
            if not clash.all():
                self._join(pairs[~clash])
        return self._settled(self._label)

    def _nearest_pairs(self) -> Ints:
        """The pairs ``(k, 2)`` of groups that are alike enough and each other's nearest; the lower one first."""
        one, other = self._edges.T
        enough = self._likeness >= self._limit(np.minimum(self._sizes[one], self._sizes[other]))
        one, other, likeness = one[enough], other[enough], self._likeness[enough]
        best = np.full(len(self._sums), -np.inf)
        np.maximum.at(best, one, likeness)
        np.maximum.at(best, other, likeness)
        nearest = np.full(len(self._sums), len(self._sums))
        # Of several that are as near the lowest is taken, so that always some pair agrees.
        for here, there in ((one, other), (other, one)):
            at_best = likeness == best[here]
            np.minimum.at(nearest, here[at_best], there[at_best])
        agreed = (nearest[one] == other) & (nearest[other] == one)
        return np.stack([one[agreed], other[agreed]], axis=1)

    def _drop(self, pairs: Ints) -> None:
        """Forget the edges between these pairs: two of one photo would meet."""
        if len(pairs):
            kept = ~np.isin(self._keys(self._edges), self._keys(pairs))
            self._edges, self._likeness = self._edges[kept], self._likeness[kept]

    def _join(self, pairs: Ints) -> None:
        kept, gone = pairs.T
        self._sums[kept] += self._sums[gone]
        self._sizes[kept] += self._sizes[gone]
        self._label[gone] = kept
        for one, other in pairs:
            self._photos[one] |= self._photos[other]
        target = np.arange(len(self._sums))
        target[gone] = kept
        changed = np.zeros(len(self._sums), bool)
        changed[kept] = True
        moved = target[self._edges]
        touched = changed[moved].any(axis=1)
        fresh = _tidy(moved[touched])
        self._edges = np.concatenate([moved[~touched], fresh])
        self._likeness = np.concatenate([self._likeness[~touched], self._alike(fresh)])

    def _alike(self, edges: Ints) -> Floats:
        """The mean likeness of all pairs between the two groups of each edge."""
        likeness = np.empty(len(edges))
        for start in range(0, len(edges), _AT_ONCE):
            one, other = edges[start : start + _AT_ONCE].T
            total = np.einsum("ij,ij->i", self._sums[one], self._sums[other])
            likeness[start : start + _AT_ONCE] = total / (self._sizes[one] * self._sizes[other])
        return np.round(likeness, _DIGITS)

    def _keys(self, pairs: Ints) -> Ints:
        keys: Ints = pairs[:, 0] * len(self._sums) + pairs[:, 1]
        return keys

    @staticmethod
    def _settled(label: Ints) -> Ints:
        while not np.array_equal(label, label[label]):
            label = label[label]
        return label


def _tidy(edges: Ints) -> Ints:
    """Each pair once and the lower one first, none with itself."""
    ordered = np.sort(edges.reshape(-1, 2), axis=1)
    return np.unique(ordered[ordered[:, 0] != ordered[:, 1]], axis=0)
