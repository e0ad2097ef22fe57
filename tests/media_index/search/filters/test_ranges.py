"""Values of filters as text, and what they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_index.search.filters import ranges, spoken
from media_index.search.filters.ranges import Point, Range

WANTS = "wants a number"


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("12", 11.5, 12.5),
        ("12.2", 12.15, 12.25),
        ("20..", 19.95, None),
        ("..8", None, 8.05),
        ("6 .. 8", 5.95, 8.05),
        ("8..8", 7.95, 8.05),
    ],
)
def test_a_number_is_all_that_is_written_so(value: str, low: float | None, high: float | None) -> None:
    found = ranges.numbers(value, WANTS)
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize(("value", "found"), [("400", Range(400, 400)), ("400..", Range(400, None))])
def test_whole_numbers_are_exact(value: str, found: Range) -> None:
    assert ranges.numbers(value, WANTS, whole=True) == found


@pytest.mark.parametrize(
    ("value", "low"), [("10mb", 9.5 * 1024**2), ("10 MB..", 10 * 1024**2), ("1g..", 1024**3), ("7..", 7)]
)
def test_sizes_have_units(value: str, low: float) -> None:
    assert ranges.numbers(value, WANTS, ranges.BYTES, shown=0).low == pytest.approx(low)


@pytest.mark.parametrize("value", ["", "..", "x", "1,5", "-3", "1e3", "1..2..3", "٤", "1xx", "1" * 13, "nan"])
def test_what_is_no_number_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=WANTS):
        ranges.numbers(value, WANTS, ranges.BYTES)


def test_a_range_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        ranges.numbers("2mb..3kb", WANTS, ranges.BYTES)
    with pytest.raises(ValueError, match=WANTS):
        ranges.numbers("1.5", WANTS, whole=True)


@pytest.mark.parametrize(
    ("value", "found"),
    [("18", {18}), ("6..8", {6, 7, 8}), ("22..1", {22, 23, 0, 1}), ("0..23", set(range(24))), ("00", {0})],
)
def test_hours(value: str, found: set[int]) -> None:
    assert ranges.hours(value) == found


@pytest.mark.parametrize("value", ["", "24", "6..", "..6", "6:30", "six", "-1", "1..2..3"])
def test_hours_refused(value: str) -> None:
    with pytest.raises(ValueError, match="wants an hour from 0 to 23"):
        ranges.hours(value)


@pytest.mark.parametrize(
    ("value", "found"),
    [("sunday", {7}), ("Mon..fri", {1, 2, 3, 4, 5}), ("friday..monday", {5, 6, 7, 1})],
)
def test_weekdays(value: str, found: set[int]) -> None:
    assert ranges.weekdays(value) == found


@pytest.mark.parametrize("value", ["", "someday", "monday..", "1"])
def test_weekdays_refused(value: str) -> None:
    with pytest.raises(ValueError, match="wants a day of the week"):
        ranges.weekdays(value)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("24", (24, 24, False)),
        ("28..3", (28, 3, False)),
        ("06-05", (605, 605, True)),
        ("2-29", (229, 229, True)),
        ("12-20..01-06", (1220, 106, True)),
    ],
)
def test_days(value: str, found: tuple[int, int, bool]) -> None:
    assert ranges.days(value) == found


@pytest.mark.parametrize("value", ["", "0", "32", "06-", "5..06-05", "06-05..", "2020-06-05"])
def test_days_refused(value: str) -> None:
    with pytest.raises(ValueError, match="wants a day of the month or the year"):
        ranges.days(value)


@pytest.mark.parametrize("value", ["02-30", "13-01", "00-01", "04-01..04-31"])
def test_a_day_that_no_year_has(value: str) -> None:
    with pytest.raises(ValueError, match="names a day that no year has"):
        ranges.days(value)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("38.72,-9.14", Point(38.72, -9.14, ranges.NEAR_KM)),
        ("38.72, -9.14, 2km", Point(38.72, -9.14, 2)),
        ("-90,180,500m", Point(-90, 180, 0.5)),
        ("0,0,5 mi", Point(0, 0, 8.04672)),
        ("0,0,3", Point(0, 0, 3)),
    ],
)
def test_points(value: str, found: Point) -> None:
    assert ranges.point(value) == found


@pytest.mark.parametrize("value", ["", "lisbon", "lisbon,5km", "1", "1,2,3,4", "nan,1", "1,inf"])
def test_points_refused(value: str) -> None:
    with pytest.raises(ValueError, match="wants degrees north and east"):
        ranges.point(value)


@pytest.mark.parametrize("value", ["1,2,far", "1,2,"])
def test_distances_refused(value: str) -> None:
    with pytest.raises(ValueError, match="wants a distance, like 2km, 500m or 3mi"):
        ranges.point(value)


@pytest.mark.parametrize("value", ["91,0", "0,181", "0,0,0", "0,0,99999km"])
def test_points_that_are_not_on_earth(value: str) -> None:
    with pytest.raises(ValueError, match=r"wants (degrees from|a distance of)"):
        ranges.point(value)


@given(st.text(alphabet="0123456789.-,|kmi ay"))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (ranges.hours, ranges.weekdays, ranges.days, ranges.point, lambda one: ranges.numbers(one, WANTS)):
        try:
            read(text)
        except ValueError as error:
            assert str(error)


@pytest.mark.parametrize(
    ("value", "said"),
    [("6", "6"), ("6..8", "6 to 8"), ("6..", "6 or more"), ("..8", "up to 8"), ('1|3..4|"5|6"', "1 or 3 to 4 or 5|6")],
)
def test_said(value: str, said: str) -> None:
    assert spoken.alternatives(value, spoken.range_of) == said
