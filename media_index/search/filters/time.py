"""The filters over when a picture was taken or came here. Days and hours are those of the clock on the wall."""

from __future__ import annotations

import calendar as months_of_the_year
from collections.abc import Callable, Collection
from datetime import time, timedelta
from functools import cache

from django.db.models import BooleanField, F, Func, IntegerField, Q, TextField, TimeField, Value
from django.db.models.expressions import Combinable
from django.db.models.lookups import Exact, GreaterThanOrEqual, In, LessThanOrEqual
from django.utils import timezone

from media_index.models import Media
from media_index.search.filters import ranges, spoken
from media_index.search.filters.base import Filter, Scope, either
from media_index.search.query import calendar, values
from media_index.search.query.language import key_of, language


class WallPart(Func):
    """A part of the wall time as a number: ``MONTH``, ``DAY``, ``ISODOW``, ``HOUR``. Django's own ``__month`` and the
    like would take it for UTC and convert it."""

    template = "EXTRACT(%(part)s FROM %(expressions)s)::int"
    output_field = IntegerField()

    def __init__(self, part: str) -> None:
        super().__init__(F("taken_at"), part=part)


class WithinAny(Func):
    """Whether the first lies in one of the spans that the second lists, found by bisection at any number of them."""

    template = "(%(expressions)s::tsmultirange)"
    arg_joiner = " <@ "
    output_field = BooleanField()


def _between(moments: values.Moments) -> Q:
    after, before = moments
    condition = Q()
    if after:
        condition &= Q(taken_at__gte=after)
    if before:
        condition &= Q(taken_at__lt=before)
    return condition


def _taken(value: str, scope: Scope) -> Q:
    return either(value, lambda part: _between(values.moments(part)))


def _year(value: str, scope: Scope) -> Q:
    return either(value, lambda part: _between(values.years(part)))


def _one_date(value: str) -> values.Moments:
    if ".." in value:
        raise ValueError("wants one date, like 2019, 2019-06 or 2019-06-30")
    return values.moments(value)


def _before(value: str, scope: Scope) -> Q:
    return Q(taken_at__lt=_one_date(value)[0])


def _after(value: str, scope: Scope) -> Q:
    return Q(taken_at__gte=_one_date(value)[1])


def _added(value: str, scope: Scope) -> Q:
    return either(value, _added_within)


def _added_within(part: str) -> Q:
    """Days of the house: when something came here is an instant."""
    after, before = (moment and timezone.make_aware(moment) for moment in values.moments(part))
    condition = Q()
    if after:
        condition &= Q(added_at__gte=after)
    if before:
        condition &= Q(added_at__lt=before)
    return condition


def _one_of(expression: Combinable, numbers: Collection[int]) -> Q:
    return Q(In(expression, sorted(numbers)))


def _numbered(table: str, value: str) -> str:
    """A range with its names as the values that they stand for: ``june..august`` -> ``6..8``."""
    named = language().named(table)
    begin, dots, end = value.partition("..")
    return dots.join(named.get(key_of(text), text.strip()) for text in ((begin, end) if dots else (begin,)))


def _month(value: str, scope: Scope) -> Q:
    return either(value, lambda part: _one_of(WallPart("MONTH"), values.months(_numbered("months", part))))


def _weekday(value: str, scope: Scope) -> Q:
    return either(value, lambda part: _one_of(WallPart("ISODOW"), ranges.weekdays(_numbered("weekdays", part))))


def _day(value: str, scope: Scope) -> Q:
    return either(value, _on_days)


def _on_days(part: str) -> Q:
    first, last, of_year = ranges.days(part)
    day = WallPart("MONTH") * Value(100) + WallPart("DAY") if of_year else WallPart("DAY")
    if first == last:
        return Q(Exact(day, first))
    since, until = Q(GreaterThanOrEqual(day, first)), Q(LessThanOrEqual(day, last))
    return since & until if first < last else since | until


def _time(value: str, scope: Scope) -> Q:
    """Only where a clock told it: the time of a file is that of a copy, and a bare date is kept as midnight sharp."""
    clock = Func(F("taken_at"), template="%(expressions)s::time", output_field=TimeField())
    known = ~Q(taken_from=Media.TakenFrom.FILE) & ~Q(Exact(clock, time(0)))
    return known & either(value, lambda part: _one_of(WallPart("HOUR"), ranges.hours(part)))


def _holiday(value: str, scope: Scope) -> Q:
    return either(value, lambda part: Q(WithinAny(F("taken_at"), Value(_spans(_holiday_name(part)), TextField()))))


def _holiday_name(text: str) -> str:
    name = language().named("holidays").get(key_of(text), text.strip().lower())
    if name not in language().holidays:
        raise ValueError("wants a holiday, like christmas, easter or halloween")
    return name


@cache
def _spans(name: str) -> str:
    """The days of a holiday in all years there may be, as PostgreSQL writes spans of time."""
    spans = (calendar.holiday(language().holidays[name], year) for year in calendar.YEARS)
    days = [(span.begin.first, span.end.last + timedelta(days=1)) for span in spans if span.begin and span.end]
    return "{" + ",".join(f"[{first},{after})" for first, after in days) + "}"


def _said_day(text: str) -> str:
    month, dash, day = text.rpartition("-")
    return f"{int(day)} {months_of_the_year.month_name[int(month)]}" if dash else f"day {day}"


def _said_month(text: str) -> str:
    number = _numbered("months", text)
    return months_of_the_year.month_name[int(number)] if number.isdigit() else number


def _said_hours(value: str) -> str:
    """``21..5`` -> ``taken from 21:00 to 05:59``."""
    return "taken from " + spoken.alternatives(
        value, lambda part: "{:02}:00 to {:02}:59".format(*map(int, ranges.bounds(part)))
    )


def _said(before: str, say: Callable[[str], str] = str) -> Callable[[str], str]:
    """The sentence of a list of ranges of dates."""

    def sentence(value: str) -> str:
        return before + spoken.alternatives(value, lambda part: spoken.range_of(part, say, open_end="or later"))

    return sentence


FILTERS = (
    Filter("taken", "taken:2020-06..2020-08", "The day, month or year it was taken.", _taken, _said("taken ")),
    Filter("year", "year:2019..2021", "The year it was taken.", _year, _said("taken in ")),
    Filter("before", "before:2020-06", "Taken before that day, month or year.", _before, lambda v: f"taken before {v}"),
    Filter("after", "after:2020-06", "Taken after that day, month or year.", _after, lambda v: f"taken after {v}"),
    Filter("month", "month:6..8", "The month, in any year.", _month, _said("taken in ", _said_month)),
    Filter(
        "day", "day:12-24", "The day of the year or the month, in any of them.", _day, _said("taken on ", _said_day)
    ),
    Filter(
        "weekday",
        "weekday:saturday..sunday",
        "The day of the week.",
        _weekday,
        _said("taken on ", lambda day: day.strip().capitalize()),
        values=tuple(name.lower() for name in months_of_the_year.day_name),
    ),
    Filter("time", "time:6..11", "The hours of the day, where a clock told them.", _time, _said_hours),
    Filter(
        "holiday",
        "holiday:christmas",
        "The days of a holiday, in any year.",
        _holiday,
        lambda v: "taken at " + spoken.alternatives(v, lambda part: _holiday_name(part).replace("-", " ")),
        values=tuple(language().holidays),
    ),
    Filter("added", "added:2026-01..", "The day, month or year it came to scanpix.", _added, _said("added ")),
)
