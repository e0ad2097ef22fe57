"""Average linkage by reciprocal neighbours, against the plain way."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from people.faces.linkage import join


def plain(vectors: np.ndarray, limit: float) -> list[set[int]]:
    """Join the most alike pair of groups, over and over."""
    groups = [{row} for row in range(len(vectors))]
    likeness = vectors @ vectors.T
    while len(groups) > 1:
        means = {
            (one, other): likeness[np.ix_(sorted(groups[one]), sorted(groups[other]))].mean()
            for one, other in combinations(range(len(groups)), 2)
        }
        one, other = max(means, key=lambda pair: means[pair])
        if means[one, other] < limit:
            break
        groups[one] |= groups.pop(other)
    return groups


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("limit", [0.2, 0.5, 0.8])
def test_it_joins_what_the_plain_way_joins(seed: int, limit: float) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(30, 4))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    edges = np.array(list(combinations(range(30), 2)))
    labels = join(vectors, edges, np.full(30, -1), lambda sizes: np.full(len(sizes), limit))
    found = [set(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels)]
    assert sorted(map(sorted, found)) == sorted(map(sorted, plain(vectors, limit)))


def test_a_label_is_the_lowest_row() -> None:
    vectors = np.tile(np.array([[1.0, 0.0]], np.float32), (4, 1))
    labels = join(vectors, np.array([[3, 2], [1, 2]]), np.full(4, -1), lambda sizes: np.full(len(sizes), 0.5))
    assert labels.tolist() == [0, 1, 1, 1]


def test_no_edges() -> None:
    labels = join(np.eye(3, dtype=np.float32), np.empty((0, 2), int), np.full(3, -1), lambda sizes: sizes * 0.0)
    assert labels.tolist() == [0, 1, 2]
