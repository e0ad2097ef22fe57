"""Days, months and years as values of filters, and when holidays are. Pure.

Dates are written as in ISO 8601, to the day, the month or the year: ``2020-06-30``, ``2020-06``, ``2020``. A day may
carry a time: ``2026-11-21T18:00``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from media_index.telling import gettext

YEARS = range(1826, 2101)
"""The oldest photograph that is left was taken in 1826 or 1827."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""Their names as values of filters, as in ISO 8601 from Monday on."""
HOLIDAY_RULE = re.compile(
    r"easter(?P<days>[+-]\d+)|(?P<weekday>[a-z]+) (?P<nth>-?\d) (?P<side>of|before) (?P<date>[\d-]+)"
)


@dataclass(frozen=True, slots=True)
class Day:
    """A year, a month of it (1 to 12) or a day, with 0 for what is not told; ``clock`` is ``HH:MM`` or empty.

    Raises :class:`ValueError` for a day that does not exist or lies outside :data:`YEARS`.
    """

    year: int
    month: int = 0
    day: int = 0
    clock: str = ""

    def __post_init__(self) -> None:
        if self.year not in YEARS:
            raise ValueError(
                gettext("wants a year from %(first)s to %(last)s") % {"first": YEARS[0], "last": YEARS[-1]}
            )
        try:
            date(self.year, self.month or 1, self.day or 1)
        except ValueError:
            raise ValueError(gettext("names a date that does not exist: %(self)s") % {"self": self}) from None

    @classmethod
    def of(cls, day: date) -> Day:
        return cls(day.year, day.month, day.day)

    def __str__(self) -> str:
        numbers = [f"{self.year:04}", *(f"{number:02}" for number in (self.month, self.day) if number)]
        return "-".join(numbers) + (f"T{self.clock}" if self.clock else "")

    @property
    def first(self) -> date:
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """The last day of it."""
        if self.day:
            return self.first
        month = self.month or 12
        return date(self.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)

    def moved(self, steps: int) -> Day:
        """The year, month or day so many after it (before it where negative)."""
        if self.day:
            return Day.of(self.first + timedelta(days=steps))
        if self.month:
            months = self.year * 12 + self.month - 1 + steps
            return Day(months // 12, months % 12 + 1)
        return Day(self.year + steps)


@dataclass(frozen=True, slots=True)
class Span:
    """From a day to a day, both included; None leaves it open on that side."""

    begin: Day | None
    end: Day | None

    @classmethod
    def days(cls, begin: date, end: date) -> Span:
        return cls(Day.of(begin), Day.of(end))

    @classmethod
    def one(cls, year: int, month: int = 0, day: int = 0) -> Span:
        only = Day(year, month, day)
        return cls(only, only)

    def __str__(self) -> str:
        if self.begin == self.end:
            return str(self.begin)
        return f"{self.begin or ''}..{self.end or ''}"


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm printed in Nature, 20 April 1876; Meeus,
    "Astronomical Algorithms", chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - b // 4 - g + 15) % 30
    i = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * i) // 451
    month, day = divmod(h + i - 7 * m + 114, 31)
    return date(year, month, day + 1)


def holiday(rule: str, year: int) -> Span:
    """The days of a holiday in a year.

    ``rule`` is a day, or two with dots between: ``12-24``; ``easter+1`` (days after Easter Sunday); ``sunday 2 of 05``
    (the second Sunday of May, -1 the last); ``sunday -4 before 12-25`` (the fourth before that day). Raises
    :class:`ValueError` for any other rule.
    """
    begin, dots, end = rule.partition("..")
    first = _holiday_day(begin, year)
    return Span.days(first, _holiday_day(end, year) if dots else first)


def _holiday_day(rule: str, year: int) -> date:
    found = HOLIDAY_RULE.fullmatch(rule)
    if found is None:
        month, dash, day = rule.partition("-")
        if not dash:
            raise ValueError(f"{rule!r} is no rule for a holiday")
        return date(year, int(month), int(day))
    if found["days"]:
        return easter(year) + timedelta(days=int(found["days"]))
    weekday, nth = WEEKDAYS.index(found["weekday"]), int(found["nth"])
    if found["side"] == "of":
        whole = Day(year, int(found["date"]))
        anchor = whole.first if nth > 0 else whole.last + timedelta(days=1)
    else:
        anchor = _holiday_day(found["date"], year)
    return _nth_weekday(anchor, weekday, nth)


def _nth_weekday(anchor: date, weekday: int, nth: int) -> date:
    """The ``nth`` such weekday from a day on, or, where negative, before it."""
    if nth > 0:
        return anchor + timedelta(days=(weekday - anchor.weekday()) % 7 + 7 * (nth - 1))
    return anchor - timedelta(days=(anchor.weekday() - weekday - 1) % 7 + 1 + 7 * (-nth - 1))


def months(value: str, year: int) -> Span:
    """The months ``6..8`` of a year; with ``12..2`` those that begin in it."""
    begin, _, end = value.partition("..")
    first, last = int(begin), int(end or begin)
    return Span(Day(year, first), Day(year + (last < first), last))


@dataclass(frozen=True, slots=True)
class Recurring:
    """What comes again every year or week: ``key`` month, day, weekday or holiday, and the value of that filter."""

    key: str
    value: str

    def in_year(self, year: int, holidays: Mapping[str, str]) -> Span | None:
        """Its days in a year; None for a weekday. Raises :class:`ValueError` where that year has none (29 February)."""
        if self.key == "month":
            return months(self.value, year)
        if self.key == "holiday":
            return holiday(holidays[self.value], year)
        if self.key == "day":
            begin, _, end = self.value.partition("..")
            first, last = _month_day(begin), _month_day(end or begin)
            return Span(Day(year, *first), Day(year + (last < first), *last))
        return None

    def latest(self, today: date, holidays: Mapping[str, str], *, over: bool = False) -> Span | None:
        """The one that began last up to ``today``, or, ``over``, the last one that has ended before it."""
        if self.key == "weekday":
            begin, _, end = self.value.partition("..")
            first, length = WEEKDAYS.index(begin), WEEKDAYS.index(end or begin) - WEEKDAYS.index(begin)
            back = (today.weekday() - first) % 7
            start = today - timedelta(days=back)
            if (start + timedelta(days=length) >= today) if over else back == 0 and not length:
                start -= timedelta(days=7)
            return Span.days(start, start + timedelta(days=length))
        for year in range(today.year, today.year - 9, -1):
            try:
                span = self.in_year(year, holidays)
            except ValueError:
                continue
            if span is None or span.begin is None or span.end is None:
                return None
            if (span.end.last < today) if over else (span.begin.first <= today):
                return span
        return None


def _month_day(text: str) -> tuple[int, int]:
    month, _, day = text.partition("-")
    return int(month), int(day)
