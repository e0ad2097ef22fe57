"""Dates in words and in filters: the calendar, holidays, what a relative date is on a given day, and values."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_index.search.query import values
from media_index.search.query.ast import And
from media_index.search.query.calendar import Day, Recurring, Span, easter, holiday, months
from media_index.search.query.dates import OPERATIONS
from media_index.search.query.language import holidays_of_all, known, language
from media_index.search.query.parser import parse
from tests.media_index.search.world import KEYS

DATES = st.dates(date(1830, 1, 1), date(2099, 12, 31))


def said(query: str, today: date) -> str:
    return str(parse(query, KEYS, today=today))


class TestCalendar:
    @pytest.mark.parametrize(
        ("year", "expected"),
        # The earliest and the latest that are possible, and some of the years since.
        [
            (1818, "03-22"),
            (1943, "04-25"),
            (2000, "04-23"),
            (2019, "04-21"),
            (2024, "03-31"),
            (2025, "04-20"),
            (2038, "04-25"),
        ],
    )
    def test_easter(self, year: int, expected: str) -> None:
        assert f"{easter(year):%m-%d}" == expected

    @given(st.integers(1830, 2099))
    def test_easter_is_a_sunday_in_its_season(self, year: int) -> None:
        assert easter(year).weekday() == 6
        assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)

    @pytest.mark.parametrize(
        ("rule", "year", "expected"),
        [
            ("12-24..12-26", 2019, "2019-12-24..2019-12-26"),
            ("easter-2..easter+1", 2024, "2024-03-29..2024-04-01"),
            ("sunday 2 of 05", 2023, "2023-05-14"),
            ("sunday 2 of 05", 2022, "2022-05-08"),
            ("monday -1 of 05", 2021, "2021-05-31"),
            ("thursday 4 of 11", 2023, "2023-11-23"),
            ("sunday -4 before 12-25..12-24", 2022, "2022-11-27..2022-12-24"),
            ("sunday -4 before 12-25..12-24", 2023, "2023-12-03..2023-12-24"),
        ],
    )
    def test_holidays(self, rule: str, year: int, expected: str) -> None:
        assert str(holiday(rule, year)) == expected

    @pytest.mark.parametrize("rule", ["", "soon", "easter", "sunday 2"])
    def test_another_rule_is_refused(self, rule: str) -> None:
        with pytest.raises(ValueError, match="no rule for a holiday"):
            holiday(rule, 2020)

    def test_every_holiday_of_english_is_in_every_year(self) -> None:
        for name, rule in language().holidays.items():
            for year in (1830, 1999, 2000, 2024, 2099):
                span = holiday(rule, year)
                assert span.begin and span.end and span.begin.first <= span.end.last, name

    @given(DATES, st.integers(-400, 400))
    def test_a_day_moves_by_days(self, day: date, steps: int) -> None:
        moved = day + timedelta(days=steps)
        if 1826 <= moved.year <= 2100:
            assert Day.of(day).moved(steps) == Day.of(moved)

    @pytest.mark.parametrize(
        ("day", "steps", "expected"),
        [
            (Day(2020), -1, "2019"),
            (Day(2020, 1), -1, "2019-12"),
            (Day(2020, 12), 1, "2021-01"),
            (Day(2020, 6), 12, "2021-06"),
        ],
    )
    def test_years_and_months_move_by_themselves(self, day: Day, steps: int, expected: str) -> None:
        assert str(day.moved(steps)) == expected

    def test_the_last_day(self) -> None:
        assert Day(2024, 2).last == date(2024, 2, 29)
        assert Day(2100).last == date(2100, 12, 31)

    @pytest.mark.parametrize("numbers", [(2021, 2, 29), (1825,), (2101, 1), (2020, 13)])
    def test_a_day_that_is_not_is_refused(self, numbers: tuple[int, ...]) -> None:
        with pytest.raises(ValueError, match=r"wants a year|does not exist"):
            Day(*numbers)

    def test_months_over_the_turn_of_the_year(self) -> None:
        assert str(months("12..2", 2019)) == "2019-12..2020-02"

    @pytest.mark.parametrize(
        ("recurring", "today", "over", "expected"),
        [
            (Recurring("month", "6..8"), date(2026, 7, 1), False, "2026-06..2026-08"),
            (Recurring("month", "6..8"), date(2026, 7, 1), True, "2025-06..2025-08"),
            (Recurring("month", "12..2"), date(2026, 1, 10), False, "2025-12..2026-02"),
            (Recurring("month", "12..2"), date(2026, 1, 10), True, "2024-12..2025-02"),
            (Recurring("weekday", "sunday"), date(2026, 11, 22), False, "2026-11-15"),
            (Recurring("weekday", "monday"), date(2026, 11, 22), True, "2026-11-16"),
            (Recurring("weekday", "saturday..sunday"), date(2026, 11, 21), True, "2026-11-14..2026-11-15"),
            (Recurring("day", "02-29"), date(2026, 11, 22), False, "2024-02-29"),
            (Recurring("holiday", "christmas"), date(2026, 12, 25), True, "2025-12-24..2025-12-26"),
        ],
    )
    def test_the_latest_of_what_comes_again(self, recurring: Recurring, today: date, over: bool, expected: str) -> None:
        assert str(recurring.latest(today, language().holidays, over=over)) == expected


class TestRelative:
    """What a phrase means depends on the day: at the turn of a year, on a leap day, on a Monday."""

    @pytest.mark.parametrize(
        ("query", "today", "expected"),
        [
            ("yesterday", date(2026, 1, 1), "taken:2025-12-31"),
            ("last month", date(2026, 1, 15), "taken:2025-12"),
            ("last week", date(2026, 1, 5), "taken:2025-12-29..2026-01-04"),
            ("this week", date(2026, 1, 5), "taken:2026-01-05..2026-01-11"),
            ("last weekend", date(2026, 1, 5), "taken:2026-01-03..2026-01-04"),
            ("last summer", date(2026, 1, 5), "taken:2025-06..2025-08"),
            ("last winter", date(2026, 1, 5), "taken:2024-12..2025-02"),
            ("this winter", date(2026, 1, 5), "taken:2025-12..2026-02"),
            ("last christmas", date(2026, 1, 5), "taken:2025-12-24..2025-12-26"),
            ("last december", date(2026, 12, 5), "taken:2025-12"),
            ("last monday", date(2026, 1, 5), "taken:2025-12-29"),
            ("last 2 months", date(2026, 3, 31), "taken:2026-02-01..2026-03-31"),
            ("last year", date(2024, 2, 29), "taken:2023"),
            ("a year ago today", date(2023, 3, 1), "taken:2022-03-01"),
            ("on this day", date(2024, 2, 29), "day:02-29"),
            ("last night", date(2026, 1, 1), "taken:2025-12-31T18:00..2026-01-01T06:00"),
            ("since monday", date(2026, 11, 25), "taken:2026-11-23.."),
            ("since december", date(2026, 11, 25), "taken:2025-12.."),
            ("the 20s", date(2026, 11, 25), "taken:2020..2029"),
            ("the 30s", date(2026, 11, 25), "taken:1930..1939"),
            ("summer 27", date(2026, 11, 25), "taken:2027-06..2027-08"),
            ("summer 28", date(2026, 11, 25), "taken:1928-06..1928-08"),
            ("2027", date(2026, 11, 25), "taken:2027"),
            ("2028", date(2026, 11, 25), "~2028"),
        ],
    )
    def test_on_that_day(self, query: str, today: date, expected: str) -> None:
        assert said(query, today) == expected

    @given(DATES)
    def test_what_is_over_lies_before_today(self, today: date) -> None:
        for query in ("yesterday", "last month", "last week", "last summer", "last easter", "last friday", "last may"):
            (condition,) = parse(query, KEYS, today=today).conditions
            _, before = values.moments(condition.value)
            assert before and before <= datetime.combine(today, datetime.min.time()), query

    @given(DATES, DATES)
    def test_any_date_is_read_in_every_writing(self, day: date, today: date) -> None:
        if day.year > today.year:
            day, today = today, day
        name = f"{day:%B}"
        expected = f"taken:{day}"
        for query in (f"{day}", f"{day:%d.%m.%Y}", f"{day.day} {name} {day.year}", f"{name} {day.day}, {day.year}"):
            assert said(query, today) == expected
        assert said(f"{day:%Y%m%d}", today) == expected
        assert said(f"before {day.day} {name} {day.year}", today) == f"taken:..{day - timedelta(days=1)}"


def test_each_operation_is_used_and_known() -> None:
    families = [one.tables[family] for one in known() for family in ("year", "date", "bound")]
    assert {rule["is"] for rules in families for rule in rules} == set(OPERATIONS)


def test_a_holiday_is_on_the_same_days_in_all_languages() -> None:
    for one in known():
        assert one.holidays.items() <= holidays_of_all().items()
        assert all(holiday(rule, 2019).begin for rule in one.holidays.values())


def test_all_that_a_date_gives_can_be_read_as_a_value() -> None:
    for query in (
        "last night",
        "since 2019",
        "until june 2020",
        "the 80s",
        "easter 2024",
        "5-8 june 2020",
        "last 2 weeks",
    ):
        tree = parse(query, KEYS, today=date(2026, 11, 22))
        parts = tree.root.parts if isinstance(tree.root, And) else tree.conditions
        for condition in parts:
            assert values.moments(condition.value)  # type: ignore[union-attr]


class TestValues:
    @pytest.mark.parametrize(
        ("value", "after", "before"),
        [
            ("2019", datetime(2019, 1, 1), datetime(2020, 1, 1)),
            ("2020-06..2020-08", datetime(2020, 6, 1), datetime(2020, 9, 1)),
            ("2020-2-28", datetime(2020, 2, 28), datetime(2020, 2, 29)),
            ("2021..", datetime(2021, 1, 1), None),
            ("..2100", None, datetime(2101, 1, 1)),
            ("2026-11-21T18:00..2026-11-22T06:00", datetime(2026, 11, 21, 18), datetime(2026, 11, 22, 6)),
        ],
    )
    def test_moments(self, value: str, after: datetime | None, before: datetime | None) -> None:
        assert values.moments(value) == (after, before)

    @pytest.mark.parametrize(
        ("value", "wants"),
        [
            ("", "wants a date or a range, like 2019 or 2020-06..2020-08"),
            ("..", "wants a date or a range, like 2019 or 2020-06..2020-08"),
            ("soon", "wants a date, like 2019, 2019-06 or 2019-06-30"),
            ("2021-02-30", "names a date that does not exist: 2021-02-30"),
            ("2021-00", "names a date that does not exist: 2021-00"),
            ("2021-01-01T25:00", "names a time that does not exist: 2021-01-01T25:00"),
            ("2021..2019", "ends before it begins"),
            ("1700", "wants a year from 1826 to 2100"),
        ],
    )
    def test_moments_refuse(self, value: str, wants: str) -> None:
        with pytest.raises(ValueError) as refused:
            values.moments(value)
        assert str(refused.value) == wants

    @pytest.mark.parametrize(
        ("value", "expected"),
        [("6", {6}), ("6..8", {6, 7, 8}), ("12..2", {12, 1, 2}), ("5..5", {5}), ("1..12", set(range(1, 13)))],
    )
    def test_months(self, value: str, expected: set[int]) -> None:
        assert values.months(value) == expected

    @pytest.mark.parametrize("value", ["", "13", "0", "6..", "..6", "june", "6..13", "٦"])
    def test_months_refuse(self, value: str) -> None:
        with pytest.raises(ValueError, match="wants a month from 1 to 12"):
            values.months(value)

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ('"Grandma Rose",Ben', ("Grandma Rose", "Ben")),
            ("anna, ben ,", ("anna", "ben")),
            ('"a,b",c', ("a,b", "c")),
            ("", ()),
        ],
    )
    def test_lists(self, value: str, expected: tuple[str, ...]) -> None:
        assert values.parts(value, ",") == expected

    @given(st.lists(st.text(st.characters(exclude_characters='"'), min_size=1).filter(lambda one: one.strip() == one)))
    def test_a_list_comes_back(self, parts: list[str]) -> None:
        assert values.parts(values.joined(parts, ","), ",") == tuple(parts)

    def test_a_span_as_a_value(self) -> None:
        assert str(Span(Day(2020), None)) == "2020.."
        assert str(Span.one(2020, 5)) == "2020-05"
