"""Queries as trees: what is a filter, what is text, and no input that fails."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_index.search.ast import Condition
from media_index.search.parser import parse

KEYS = {"year", "label", "camera"}


def conditions(query: str) -> list[tuple[str, str, bool]]:
    return [(one.key, one.value, one.negated) for one in parse(query, KEYS).conditions]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("dog on grass", "dog on grass", []),
        ("dog year:2019", "dog", [("year", "2019", False)]),
        ("YEAR:2019..2021 dog", "dog", [("year", "2019..2021", False)]),
        ("dog -year:2019", "dog", [("year", "2019", True)]),
        ('camera:"pixel 7" beach', "beach", [("camera", "pixel 7", False)]),
        ("beach -dog", "beach", [("label", "dog", True)]),
        ('"birthday cake" -candles', "birthday cake", [("label", "candles", True)]),
        ("at 12:30", "at 12:30", []),
        ("recipe: soup", "recipe: soup", []),
        ('"year:2019"', "year:2019", []),
        ("", "", []),
        ("year:", "year:", []),
    ],
)
def test_what_is_text_and_what_is_a_filter(query: str, text: str, expected: list[tuple[str, str, bool]]) -> None:
    assert parse(query, KEYS).text == text
    assert conditions(query) == expected


def test_an_open_quote_is_told_with_its_position() -> None:
    tree = parse('beach "birthday cake', KEYS)
    assert [(one.position, one.message) for one in tree.problems] == [(6, "The quotation mark is never closed.")]
    assert tree.text == "beach birthday cake"


def test_a_part_can_be_taken_away() -> None:
    tree = parse("dog  year:2019 on grass", KEYS)
    (condition,) = tree.conditions
    assert tree.source[condition.start : condition.end] == "year:2019"
    assert tree.without(condition) == "dog on grass"


@given(st.text(max_size=200))
def test_nothing_fails(query: str) -> None:
    tree = parse(query, KEYS)
    for part in (*tree.texts, *tree.conditions):
        assert 0 <= part.start < part.end <= len(query)
        again = parse(tree.without(part), KEYS)
        assert isinstance(again.text, str)


@given(st.sampled_from(sorted(KEYS)), st.from_regex(r"[a-z0-9.]+", fullmatch=True), st.booleans())
def test_a_condition_survives_any_text_around_it(key: str, value: str, negated: bool) -> None:
    tree = parse(f"some words {'-' if negated else ''}{key}:{value} more", KEYS)
    assert [(one.key, one.value, one.negated) for one in tree.conditions] == [(key, value, negated)]
    assert isinstance(tree.conditions[0], Condition)
    assert tree.text == "some words more"
