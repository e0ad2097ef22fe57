"""What the words of a date mean: one operation for each, told apart in the file of the language. Pure.

An operation takes the values of the slots and gives a :class:`Moment`, or None where there is no such date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from media_index.search.query import eras, hours
from media_index.search.query.calendar import Day, Recurring, Span, months
from media_index.search.query.moments import Almanac, Moment, Operation
from media_index.search.query.patterns import Values

NIGHT = ("18:00", "06:00")
"""When "last night" begins and ends, as the nearest hours to most evenings out."""
MOST_BACK = 100
"""More summers ago nobody took a photo."""


def _year(values: Values, almanac: Almanac) -> int | None:
    if "yy" in values:
        return almanac.year_of(values["yy"])
    year = values.get("year", values.get("yyyy"))
    return None if year is None else int(year)


def _recurring(values: Values) -> Recurring | None:
    for slot, key in (("holiday", "holiday"), ("season", "month"), ("month", "month"), ("weekday", "weekday")):
        if slot in values:
            return Recurring(key, values[slot])
    return None


def _whole_year(values: Values, almanac: Almanac) -> Moment | None:
    year = _year(values, almanac)
    return None if year is None else Moment(Span.one(year))


def _iso(values: Values, almanac: Almanac) -> Moment | None:
    return Moment(values["iso"])


def _day(values: Values, almanac: Almanac) -> Moment | None:
    return Moment(Span.one(values["year"], int(values["month"]), values["day"]))


def _day_of_year(values: Values, almanac: Almanac) -> Moment | None:
    day = Day(2000, int(values["month"]), values["day"])
    return Moment(recurring=Recurring("day", f"{day.month:02}-{day.day:02}"))


def _day_and_month(values: Values, almanac: Almanac) -> Moment | None:
    day, month = values["day_month"]
    return _day_of_year({"day": day, "month": month}, almanac)


def _again(values: Values, almanac: Almanac) -> Moment | None:
    return Moment(recurring=_recurring(values))


def _again_in_year(values: Values, almanac: Almanac) -> Moment | None:
    recurring, year = _recurring(values), _year(values, almanac)
    if recurring is None or year is None:
        return None
    return Moment(recurring.in_year(year, almanac.holidays))


def _last(values: Values, almanac: Almanac) -> Moment | None:
    recurring = _recurring(values)
    return None if recurring is None else Moment(recurring.latest(almanac.today, almanac.holidays, over=True))


def _nth_last(values: Values, almanac: Almanac) -> Moment | None:
    """ "Two summers ago": the one before the last that is over."""
    recurring, day = _recurring(values), almanac.today
    span = None
    for _ in range(min(values["n"], MOST_BACK) if recurring else 0):
        span = recurring.latest(day, almanac.holidays, over=True) if recurring else None
        if span is None or span.begin is None:
            return None
        day = span.begin.first
    return Moment(span) if span else None


def _this(values: Values, almanac: Almanac) -> Moment | None:
    recurring = _recurring(values)
    if recurring is None or recurring.key == "weekday":
        return _this_weekday(recurring, almanac)
    return Moment(recurring.latest(almanac.today, almanac.holidays))


def _this_weekday(recurring: Recurring | None, almanac: Almanac) -> Moment | None:
    """That of this week, today included."""
    if recurring is None:
        return None
    return Moment(recurring.latest(almanac.today + timedelta(days=1), almanac.holidays, over=True))


def _day_back(values: Values, almanac: Almanac) -> Moment | None:
    day = almanac.today - timedelta(days=values["n"])
    return Moment(Span.days(day, day))


def _night(values: Values, almanac: Almanac) -> Moment | None:
    evening = almanac.today - timedelta(days=values["n"])
    after = evening + timedelta(days=1)
    begin = Day(evening.year, evening.month, evening.day, NIGHT[0])
    return Moment(Span(begin, Day(after.year, after.month, after.day, NIGHT[1])))


def _units(values: Values) -> tuple[str, int]:
    """What is counted, and how many of it; a fortnight is two weeks."""
    unit, count = values.get("unit", "year"), values.get("n", 1)
    return ("week", 2 * count) if unit == "fortnight" else (unit, count)


def _unit_back(values: Values, almanac: Almanac) -> Moment | None:
    """The whole day, week, month ... so many before this one."""
    unit, count, today = *_units(values), almanac.today
    if unit in ("week", "weekend"):
        monday = today - timedelta(days=today.weekday() + 7 * count)
        return Moment(Span.days(monday + timedelta(days=5 if unit == "weekend" else 0), monday + timedelta(days=6)))
    if unit == "day":
        return _day_back(values, almanac)
    if unit == "month":
        back = Day(today.year, today.month).moved(-count)
        return Moment(Span(back, back))
    if unit == "decade":
        first = today.year // 10 * 10 - 10 * count
        return Moment(Span(Day(first), Day(first + 9)))
    return Moment(Span.one(today.year - count))


def _latest(values: Values, almanac: Almanac) -> Moment | None:
    """The last so many days, weeks ... up to today."""
    unit, count, today = *_units(values), almanac.today
    if unit in ("day", "week"):
        return Moment(Span.days(today - timedelta(days=count * (7 if unit == "week" else 1) - 1), today))
    if unit == "weekend":
        return None
    back = Day(today.year, today.month).moved(-count * {"month": 1, "year": 12, "decade": 120}[unit])
    same_day = min(today.day, back.last.day)
    return Moment(Span.days(date(back.year, back.month, same_day) + timedelta(days=1), today))


def _part_of_year(months_each: int) -> Operation:
    slot = {3: "quarter", 6: "half", 4: "third"}[months_each]

    def operation(values: Values, almanac: Almanac) -> Moment | None:
        last = int(values[slot]) * months_each
        return Moment(months(f"{last - months_each + 1}..{last}", values["year"]))

    return operation


def _either(values: Values, almanac: Almanac) -> Moment | None:
    """Two of one year, or one of two years."""
    second = {**values, **{slot.rstrip("2"): value for slot, value in values.items() if slot.endswith("2")}}
    first, other = _again_in_year(values, almanac), _again_in_year(second, almanac)
    return replace(first, otherwise=other) if first else None


def _today_at(values: Values, almanac: Almanac) -> Moment | None:
    return Moment(Span.days(almanac.today, almanac.today), further=(("time", values["daypart"]),))


def _this_day(values: Values, almanac: Almanac) -> Moment | None:
    today = almanac.today
    if "year" in values:
        return Moment(Span.one(values["year"], today.month, today.day))
    return Moment(recurring=Recurring("day", f"{today.month:02}-{today.day:02}"))


def _month_third(values: Values, almanac: Almanac) -> Moment | None:
    """Ten days, and in the last third what is left of the month."""
    third = int(values["third"])
    return _days({**values, "days": (10 * third - 9, 10 * third if third < 3 else _length(values))}, almanac)


def _week_of_month(values: Values, almanac: Almanac) -> Moment | None:
    """Seven days from the first on, or the last seven."""
    length, week = _length(values), int(values["ordinal"] if "ordinal" in values else values["n"])
    last = length if week == -1 else min(7 * week, length)
    return _days({**values, "days": (length - 6 if week == -1 else 7 * week - 6, last)}, almanac)


def _length(values: Values) -> int:
    """Days of the month; of February in any year 29."""
    return Day(values.get("year", 2000), int(values["month"])).last.day


def _week_of(values: Values, almanac: Almanac) -> Moment | None:
    span = almanac.span_of(values["date"])
    if span is None or span.begin is None or not span.begin.day or span.begin != span.end:
        return None
    monday = span.begin.first - timedelta(days=span.begin.first.weekday())
    return Moment(Span.days(monday, monday + timedelta(days=6)))


def _beside(values: Values, almanac: Almanac) -> Moment | None:
    """So many days after a date, or before it."""
    span, steps = almanac.span_of(values["date"]), int(values["n"])
    if span is None or span.begin is None or span.end is None:
        return None
    day = timedelta(days=1)
    if steps > 0:
        return Moment(Span.days(span.end.last + day, span.end.last + steps * day))
    return Moment(Span.days(span.begin.first + steps * day, span.begin.first - day))


def _added(values: Values, almanac: Almanac) -> Moment | None:
    span = almanac.span_of(values["date"])
    return Moment(span, key="added") if span else None


def _older(values: Values, almanac: Almanac) -> Moment | None:
    """Up to the day that lies so far back."""
    latest = _latest(values, almanac)
    if latest is None or latest.span is None or latest.span.begin is None:
        return None
    return Moment(Span(None, latest.span.begin.moved(-1)))


def _weekend(values: Values, almanac: Almanac) -> Moment | None:
    return Moment(recurring=Recurring("weekday", "saturday..sunday"))


def _before(values: Values, almanac: Almanac) -> Moment | None:
    span = almanac.span_of(values["date"])
    return Moment(Span(None, span.begin.moved(-1))) if span and span.begin else None


def _after(values: Values, almanac: Almanac) -> Moment | None:
    span = almanac.span_of(values["date"])
    return Moment(Span(span.end.moved(1), None)) if span and span.end else None


def _since(values: Values, almanac: Almanac) -> Moment | None:
    span = almanac.span_of(values["date"])
    return Moment(Span(span.begin, None)) if span and span.begin else None


def _until(values: Values, almanac: Almanac) -> Moment | None:
    span = almanac.span_of(values["date"])
    return Moment(Span(None, span.end)) if span and span.end else None


def _between(values: Values, almanac: Almanac) -> Moment | None:
    begin, end = values["date"], values["date2"]
    if begin.further or end.further:
        return None
    if begin.recurring and end.recurring and begin.recurring.key == end.recurring.key != "holiday":
        first = begin.recurring.value.partition("..")[0]
        last = end.recurring.value.rpartition("..")[2]
        return Moment(recurring=Recurring(begin.recurring.key, f"{first}..{last}"))
    until = almanac.span_of(end)
    if until is None or until.begin is None or until.end is None:
        return None
    since = begin.span
    if begin.recurring:
        since = _latest_before(begin.recurring, until.begin.first, almanac)
    if since is None or since.begin is None or since.begin.first > until.end.last:
        return None
    return Moment(Span(since.begin, until.end))


def _latest_before(recurring: Recurring, day: date, almanac: Almanac) -> Span | None:
    return recurring.latest(day, almanac.holidays)


def _days(values: Values, almanac: Almanac) -> Moment | None:
    """Two days of a month, in a year or in every one."""
    first, last = values["days"] if "days" in values else (values["day"], values["day2"])
    month = int(values["month"])
    if first >= last:
        return None
    if "year" in values:
        return Moment(Span(Day(values["year"], month, first), Day(values["year"], month, last)))
    begin, end = Day(2000, month, first), Day(2000, month, last)
    return Moment(recurring=Recurring("day", f"{str(begin)[5:]}..{str(end)[5:]}"))


def _itself(values: Values, almanac: Almanac) -> Moment | None:
    moment: Moment = values["date"]
    return moment


OPERATIONS: Mapping[str, Operation] = {
    "year": _whole_year,
    "year_back": _unit_back,
    "iso": _iso,
    "day": _day,
    "day_of_year": _day_of_year,
    "day_and_month": _day_and_month,
    "month": _again,
    "season": _again,
    "holiday": _again,
    "weekday": _again,
    "month_of": _again_in_year,
    "season_of": _again_in_year,
    "holiday_of": _again_in_year,
    "last": _last,
    "nth_last": _nth_last,
    "this": _this,
    "day_back": _day_back,
    "night": _night,
    "unit_back": _unit_back,
    "latest": _latest,
    "quarter": _part_of_year(3),
    "third": _part_of_year(4),
    "half": _part_of_year(6),
    "decade": eras.decade,
    "decade_third": eras.decade,
    "weekend": _weekend,
    "daypart": hours.daypart,
    "clock": hours.daypart,
    "clock_after": hours.after_hour,
    "clock_before": hours.before_hour,
    "clock_between": hours.between_hours,
    "clock_up_to": hours.up_to_hour,
    "clock_range": hours.hour_to_hour,
    "with_daypart": hours.with_time,
    "before": _before,
    "after": _after,
    "since": _since,
    "until": _until,
    "between": _between,
    "days": _days,
    "either": _either,
    "this_day": _this_day,
    "month_third": _month_third,
    "week_of_month": _week_of_month,
    "week_of": _week_of,
    "beside": _beside,
    "added": _added,
    "older": _older,
    "today_at": _today_at,
    "itself": _itself,
    "century": eras.century,
    "two_decades": eras.two_decades,
    "this_month": eras.this_month,
    "turn_of_year": eras.turn_of_year,
    "weekend_beside": eras.weekend_beside,
}


def reckon(operation: str, values: Values, almanac: Almanac) -> Moment | None:
    """What an operation makes of the values; None where there is no such date. ``KeyError`` for an unknown one."""
    try:
        return OPERATIONS[operation](values, almanac)
    except (ValueError, OverflowError):
        return None
