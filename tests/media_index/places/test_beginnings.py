"""Towns of the world while their names are typed."""

from __future__ import annotations

import pytest

from media_index.places.beginnings import towns_beginning
from tests.media_index.places.known import known_world


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("lis", "Lisbon"), ("LISSAB", "Lisbon"), ("münch", "Munich"), ("san f", "San Francisco"),
        ("новоси", "Novosibirsk"), ("東", "Tokyo"), ("llanfairpw", "Llanfairpwllgwyngyll"),
        ("par", "Paris"), (" nice", "Nice"),
    ],
)  # fmt: skip
def test_the_one_that_is_most_likely_meant_comes_first(typed: str, first: str) -> None:
    known = known_world()
    assert known.town(towns_beginning(known, typed, 8)[0]).name == first


@pytest.mark.parametrize("typed", ["l", "st", "springf", "san", "york"])
def test_no_more_than_wanted_each_once_and_all_begin_so(typed: str) -> None:
    known = known_world()
    rows = towns_beginning(known, typed, 8)
    assert len(rows) == len(set(rows)) == 8
    assert all(any(name.startswith(typed) for name in known.town(row).names) for row in rows)


@pytest.mark.parametrize("typed", ["", "  ", "xqzzz", "\0", "\n"])
def test_nothing_begins_so(typed: str) -> None:
    assert towns_beginning(known_world(), typed, 8) == []
