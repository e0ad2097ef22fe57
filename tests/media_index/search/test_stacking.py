"""Near-identical shots on one stack."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from media_index.search.stacking import NEAR_IN_TIME, SAME_COPY, SAME_SHOT, Shot, stacks

NOON = datetime(2024, 5, 1, 12)


def at(cosine: float, seconds: float = 0, size: tuple[int, int] | None = (400, 300)) -> Shot:
    """A shot with this cosine to ``at(1)``."""
    vector = np.array([cosine, np.sqrt(max(0.0, 1 - cosine**2))], np.float32)
    return Shot(vector, NOON + timedelta(seconds=seconds), size)


def test_alike_and_near_in_time() -> None:
    shots = {1: at(1), 2: at(SAME_SHOT + 0.01, 20), 3: at(SAME_SHOT - 0.01, 20)}
    assert stacks([1, 2, 3], shots) == {1: (1, 2), 3: (3,)}


def test_alike_another_day_is_another_photo() -> None:
    edge = NEAR_IN_TIME.total_seconds()
    shots = {1: at(1), 2: at(SAME_SHOT + 0.01, edge), 3: at(SAME_SHOT + 0.01, edge + 1), 4: at(1, -edge - 1, (1, 1))}
    assert stacks([1, 2, 3, 4], shots) == {1: (1, 2), 3: (3,), 4: (4,)}


def test_what_lies_on_one_stack_of_the_library_is_one_whatever_its_vectors() -> None:
    shots = {1: replace(at(1), stack=5), 2: replace(at(0, 1e6), stack=5), 3: replace(at(0, 1e6), stack=6)}
    assert stacks([1, 2, 3], shots) == {1: (1, 2), 3: (3,)}


def test_a_copy_of_the_same_size_whenever_it_was_made() -> None:
    shots = {1: at(1), 2: at(SAME_COPY + 0.01, 1e6), 3: at(SAME_COPY - 0.01, 1e6), 4: at(1, 2e6, None)}
    assert stacks([1, 2, 3, 4], shots) == {1: (1, 2), 3: (3,), 4: (4,)}


def test_the_best_leads_and_the_order_is_kept() -> None:
    shots = {one: at(1, one) for one in (7, 3, 9)} | {5: at(0)}
    assert stacks([7, 5, 3, 9], shots) == {7: (7, 3, 9), 5: (5,)}


def test_a_chain_of_small_steps_does_not_join_its_ends() -> None:
    step = np.arccos(SAME_SHOT + 0.002)
    shots = {one: at(float(np.cos(one * step)), one) for one in range(4)}
    found = stacks([0, 1, 2, 3], shots)
    assert found[0] == (0, 1) and 3 not in found[0]


def test_without_a_vector_each_stands_alone() -> None:
    assert stacks([1, 2], {1: at(1)}) == {1: (1,), 2: (2,)}
    assert stacks([], {}) == {}


@given(st.lists(st.tuples(st.floats(-1, 1), st.integers(0, 600)), max_size=25))
def test_every_hit_is_on_one_stack_under_a_better_one(given: list[tuple[float, int]]) -> None:
    shots = {one: at(cosine, seconds) for one, (cosine, seconds) in enumerate(given)}
    ranked = list(shots)
    found = stacks(ranked, shots)
    assert sorted(one for members in found.values() for one in members) == ranked
    assert list(found) == sorted(found)
    for leader, members in found.items():
        assert members[0] == leader == min(members) and list(members) == sorted(members)
