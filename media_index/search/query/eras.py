"""Decades, centuries and what lies beside a date, as operations of :mod:`media_index.search.query.dates`. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from media_index.search.query.calendar import YEARS, Day, Recurring, Span
from media_index.search.query.moments import Almanac, Moment
from media_index.search.query.patterns import Values

THIRDS = {"1": (0, 3), "2": (4, 6), "3": (7, 9)}
"""Years of a decade that are its early, middle and late ones."""


def decade(values: Values, almanac: Almanac) -> Moment | None:
    first = values["decade"]
    if first < 100:
        first += values.get("n", almanac.today.year // 100 * 100)
        first -= 100 if first > almanac.today.year else 0
    begin, end = THIRDS[values["third"]] if "third" in values else (0, 9)
    return Moment(Span(Day(first + begin), Day(first + end)))


def century(values: Values, almanac: Almanac) -> Moment | None:
    """The years as people count them: the 19th century is 1800 to 1899."""
    first = 100 * (values["ordinal"] - 1)
    return Moment(Span(Day(max(first, YEARS[0])), Day(first + 99)))


def two_decades(values: Values, almanac: Almanac) -> Moment | None:
    first, other = decade({"decade": values["decade"]}, almanac), decade({"decade": values["decade2"]}, almanac)
    return replace(first, otherwise=other) if first else None


def this_month(values: Values, almanac: Almanac) -> Moment | None:
    return Moment(Span.one(values["year"], almanac.today.month))


def turn_of_year(values: Values, almanac: Almanac) -> Moment | None:
    """New Year's Eve and the day after it."""
    if "year" not in values:
        return Moment(recurring=Recurring("day", "12-31..01-01"))
    return Moment(Span(Day(values["year"], 12, 31), Day(values["year"] + 1, 1, 1)))


def weekend_beside(values: Values, almanac: Almanac) -> Moment | None:
    """The Saturday and Sunday after a date, or before it."""
    span = almanac.span_of(values["date"])
    if span is None or span.begin is None or span.end is None:
        return None
    if values["n"] > 0:
        saturday = span.end.last + timedelta(days=(4 - span.end.last.weekday()) % 7 + 1)
    else:
        saturday = span.begin.first - timedelta(days=((span.begin.first.weekday() - 6) % 7 or 7) + 1)
    return Moment(Span.days(saturday, saturday + timedelta(days=1)))
