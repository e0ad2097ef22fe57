from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from media_index.memories.choosing import ONE_SHOT, Candidate, best, cover

NOON = datetime(2020, 6, 1, 12)
candidates = st.lists(
    st.builds(
        Candidate,
        media=st.integers(1, 10_000),
        taken_at=st.integers(0, 10_000).map(lambda minutes: NOON + timedelta(minutes=minutes)),
        favourite=st.booleans(),
        rating=st.none() | st.integers(1, 5),
        faces=st.booleans(),
        pixels=st.none() | st.integers(1, 10**7),
    ),
    unique_by=lambda one: one.media,
    max_size=40,
)


def at(minutes: int, **values: object) -> Candidate:
    return Candidate(media=minutes + 1, taken_at=NOON + timedelta(minutes=minutes), **values)  # type: ignore[arg-type]


@given(candidates, st.integers(0, 10))
def test_the_best_are_few_in_order_and_of_different_shots(given_ones: list[Candidate], most: int) -> None:
    found = best(given_ones, most)
    assert len(found) <= most
    assert set(found) <= set(given_ones)
    assert [one.taken_at for one in found] == sorted(one.taken_at for one in found)
    for one, other in pairwise(found):
        assert other.taken_at - one.taken_at >= ONE_SHOT
    if given_ones and most:
        assert max(one.score for one in given_ones) == max(one.score for one in found)


@given(candidates)
def test_nothing_is_left_out_but_what_is_of_one_shot(given_ones: list[Candidate]) -> None:
    found = best(given_ones, len(given_ones))
    for one in given_ones:
        assert any(abs(one.taken_at - other.taken_at) < ONE_SHOT for other in found)


@given(candidates, st.integers(0, 10))
def test_they_are_those_that_a_look_at_all_would_find(given_ones: list[Candidate], most: int) -> None:
    left = sorted(given_ones, key=lambda one: (-one.score, one.taken_at, one.media))
    chosen: list[Candidate] = []
    while left and len(chosen) < most:
        equal = [one for one in left if one.score == left[0].score]
        apart = [min((abs(one.taken_at - other.taken_at) for other in chosen), default=None) for one in equal]
        pick = equal[apart.index(max(apart))] if chosen else equal[len(equal) // 2]  # type: ignore[type-var]
        chosen.append(pick)
        left = [one for one in left if abs(one.taken_at - pick.taken_at) >= ONE_SHOT]
    assert best(given_ones, most) == sorted(chosen, key=lambda one: (one.taken_at, one.media))


def test_a_favourite_comes_before_all_that_a_machine_says() -> None:
    chosen = best([at(0, faces=True, told=True, pixels=10**7), at(60, favourite=True), at(120)], 1)
    assert chosen == [at(60, favourite=True)]


def test_of_a_burst_the_best_one_is_taken() -> None:
    assert best([at(0), at(1, rating=5), at(2)], 3) == [at(1, rating=5)]


def test_badly_rated_and_small_ones_come_last() -> None:
    good = [at(10), at(100)]
    assert best([at(0, rating=1), *good, at(200, pixels=1000)], 2) == good


def test_they_are_spread_over_the_days() -> None:
    found = best([at(minutes) for minutes in (*range(0, 60, 5), 3000, 6000)], 3)
    assert [one.media for one in found][1:] == [3001, 6001]


def test_the_cover_is_the_best() -> None:
    assert cover([at(0), at(60, favourite=True), at(120)]).favourite
    assert cover([at(0), at(60)]) == at(0)
