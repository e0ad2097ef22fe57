from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_index.memories.spans import (
    AROUND,
    DAY,
    GAP,
    JOURNEY,
    LEAST_DAYS,
    LEAST_PHOTOS,
    LONGEST,
    Span,
    homes,
    in_year,
    journeys,
    of_today,
    this_day,
)

days = st.dates(date(1950, 1, 5), date(2100, 12, 20))
START = date(2020, 1, 1)


@given(days, st.integers(0, 60))
def test_a_span_comes_back_from_its_key(first: date, length: int) -> None:
    span = Span(first, first + timedelta(days=length), JOURNEY)
    assert Span.parse(span.key) == span
    assert span.query == f"taken:{first}..{span.last}"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "day",
        "day-2020-01-01",
        "night-2020-01-01-2020-01-02",
        "day-2020-02-30-2020-03-01",
        "day-2020-01-02-2020-01-01",
        "day-2020-01-01-2020-03-02",
        "day-2020-01-01-2020-01-02-x",
    ],
)
def test_what_is_no_key(key: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Span.parse(key)


@given(days, st.integers(1950, 2100))
def test_this_day_in_other_years(today: date, first_year: int) -> None:
    found = this_day(today, first_year)
    assert len(found) == max(today.year - first_year, 0)
    assert [span.first.year for span in found] == sorted((span.first.year for span in found), reverse=True)
    for span, ago in zip(found, range(1, len(found) + 1), strict=True):
        middle = in_year(today, today.year - ago)
        assert span.first == middle - timedelta(days=AROUND) and span.last == middle + timedelta(days=AROUND)
        assert span.last < today


def test_the_last_of_february() -> None:
    assert in_year(date(2024, 2, 29), 2023) == date(2023, 2, 28)
    assert in_year(date(2024, 2, 29), 2020) == date(2020, 2, 29)


def days_at(*regions: int) -> dict[date, dict[int, int]]:
    """A photo of nine at home (1) and away on each day; 0 for a day without any."""
    return {START + timedelta(days=at): {region: 5} for at, region in enumerate(regions) if region}


def test_journeys_are_runs_of_days_far_from_home() -> None:
    found = journeys(days_at(*[1] * 20, 2, 2, 0, 2, 1, 1, 3, 3, 1, 1, *[1] * 20))
    assert found == [
        Span(START + timedelta(days=20), START + timedelta(days=23), JOURNEY, 2),
        Span(START + timedelta(days=26), START + timedelta(days=27), JOURNEY, 3),
    ]


def test_one_day_away_is_an_outing_and_few_photos_are_none() -> None:
    assert journeys(days_at(*[1] * 20, 2, *[1] * 20)) == []
    few = days_at(*[1] * 20)
    few |= {START + timedelta(days=30 + at): {2: 1} for at in range(3)}
    assert journeys(few) == []


def test_where_much_of_life_is_spent_is_no_journey() -> None:
    assert homes([1] * 60 + [2] * 30 + [3] * 2) == {1, 2}
    assert journeys(days_at(*[1] * 60, *[2] * 30)) == []


def test_a_journey_of_several_regions_is_called_by_the_most_photos() -> None:
    given_days = days_at(*[1] * 40)
    given_days |= {date(2020, 5, 1): {2: 10, 3: 4}, date(2020, 5, 2): {3: 5, 2: 1}, date(2020, 5, 3): {3: 3}}
    assert journeys(given_days) == [Span(date(2020, 5, 1), date(2020, 5, 3), JOURNEY, 3)]


counted = st.dictionaries(st.integers(1, 5), st.integers(1, 9), min_size=1)


@given(st.dictionaries(st.dates(date(2020, 1, 1), date(2020, 12, 31)), counted))
def test_journeys_are_apart_and_as_long_as_they_must_be(given_days: dict[date, dict[int, int]]) -> None:
    found = journeys(given_days)
    home = homes(max(sorted(regions), key=lambda one: regions[one]) for regions in given_days.values())
    for span in found:
        assert LEAST_DAYS <= (span.last - span.first).days + 1 <= LONGEST.days + 1
        assert span.region not in home
        inside = [regions for day, regions in given_days.items() if span.first <= day <= span.last]
        assert sum(sum(regions.values()) for regions in inside) >= LEAST_PHOTOS
    for one, other in pairwise(found):
        assert (other.first - one.last).days > GAP


def test_journeys_of_this_time_of_the_year_come_first_and_none_that_just_ended() -> None:
    spans = [Span(date(2015 + at, 1 + at, 10), date(2015 + at, 1 + at, 15), JOURNEY, 2) for at in range(9)]
    just = Span(date(2024, 5, 20), date(2024, 5, 28), JOURNEY, 2)
    shown = of_today([*spans, just], date(2024, 6, 8), 3)
    assert shown[0].first.month == 6
    assert just not in shown and len(shown) == 3
    others = {tuple(of_today(spans, date(2024, 6, day), 3)[1:]) for day in range(1, 29)}
    assert len(others) > 5


def test_the_kinds_differ() -> None:
    assert Span(START, START).kind == DAY
