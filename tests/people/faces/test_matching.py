"""Who a face may be, and what is asked first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.faces.matching import EVEN, NEAREST, Question, best_first, confidence, matches


def test_even_is_even() -> None:
    assert confidence([EVEN]) == pytest.approx(0.5)
    assert confidence([0.94]) > 0.6
    assert confidence([0.91]) < 0.1


def test_only_the_nearest_have_a_say() -> None:
    assert confidence([0.95] * NEAREST + [0.1] * 50) == pytest.approx(confidence([0.95]))


def test_one_face_alone_does_not_speak_for_a_person() -> None:
    assert confidence([0.99, 0.9, 0.9, 0.9]) < 0.5 < confidence([0.99])


def test_nobody_known() -> None:
    assert matches([]) == []
    with pytest.raises(ValueError, match="no face of the person is known"):
        confidence([])


def test_the_likeliest_comes_first_and_the_impossible_never() -> None:
    near = [(1, 0.94), (2, 0.96), (1, 0.95), (3, 0.99)]
    assert [match.person for match in matches(near, {3})] == [2, 1]


def test_known_faces_that_are_not_near_speak_against_it() -> None:
    near = [(1, 0.96), (2, 0.95), (2, 0.95), (2, 0.95)]
    assert [match.person for match in matches(near)] == [1, 2]
    assert [match.person for match in matches(near, known={1: 50, 2: 3})] == [2, 1]
    assert matches(near, known={1: 1, 2: 3}) == matches(near)


def test_ties_go_to_the_lower_person() -> None:
    assert [match.person for match in matches([(9, 0.95), (4, 0.95)])] == [4, 9]


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=30), st.floats(0, 0.5))
def test_more_alike_is_never_less_likely(likeness: list[float], more: float) -> None:
    assert confidence([value + more for value in likeness]) >= confidence(likeness)
    assert 0 <= confidence(likeness) <= 1


def test_whole_groups_first_then_the_surest() -> None:
    group = Question((1, 2, 3))
    doubtful, sure = Question((4,), person=1, confidence=0.4), Question((5,), person=1, confidence=0.9)
    guessed = Question((6, 7, 8, 9), person=2, confidence=0.8)
    assert best_first([doubtful, sure, group, guessed]) == [guessed, group, sure, doubtful]
