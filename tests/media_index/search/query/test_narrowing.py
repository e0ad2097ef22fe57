from __future__ import annotations

from functools import partial

import pytest

from media_index.search.query.ast import Condition
from media_index.search.query.narrowing import narrowing
from media_index.search.query.parser import parse
from tests.media_index.search.world import KEYS, TODAY, VOCABULARY, cases

read = partial(parse, keys=KEYS, vocabulary=VOCABULARY, today=TODAY)
MORE = [
    "",
    "the",
    "without",
    "dogs -",
    "dogs not",
    "dogs in",
    "(a b",
    'foo "bar',
    "a) b",
    "(",
    '"',
    "near",
    "a or",
    "-(x",
]


@pytest.mark.parametrize("name", ["phrases.tsv", "phrases_more.tsv"])
def test_any_phrase_takes_a_condition_and_means_what_it_meant(name: str) -> None:
    """Of all of them at once, to be told of every one that does not."""
    wrong = []
    for case in cases(name):
        tree, year = read(case.query), Condition("year", "1987")
        found = read(narrowing(tree, read).with_condition("year", "1987"))
        if year not in found.parts or tuple(part for part in found.parts if part != year) != tree.parts:
            wrong.append(case.query)
    assert wrong == []


@pytest.mark.parametrize("query", MORE)
def test_whatever_is_typed_takes_a_condition(query: str) -> None:
    tree = read(query)
    found = read(narrowing(tree, read).with_condition("label", "golden retriever"))
    assert Condition("label", "golden retriever") in found.parts
    assert len(found.problems) <= len(tree.problems)


def test_what_was_typed_stays_as_it_was_typed() -> None:
    assert narrowing(read("Cats  or dogs"), read).with_condition("year", "2021") == "Cats  or dogs year:2021"
    assert narrowing(read("dogs in"), read).with_condition("year", "2021") == "(dogs in) year:2021"


def test_a_condition_that_is_there_is_known_whatever_its_case() -> None:
    ways = narrowing(read("dogs camera:pixel -year:2020"), read)
    there = ways.condition_in("camera", "Pixel")
    assert there is not None
    assert ways.without(there) == "dogs -year:2020"
    assert ways.condition_in("year", "2020") is None
    assert narrowing(read("camera:pixel or dogs"), read).condition_in("camera", "pixel") is None
