"""The filters over when a picture was taken or came here. Days and hours are those of the clock on the wall."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, time, timedelta
from functools import cache

from django.db.models import BooleanField, F, Func, IntegerField, Q, TextField, TimeField, Value
from django.db.models.expressions import Combinable
from django.db.models.lookups import Exact, GreaterThanOrEqual, In, LessThanOrEqual
from django.utils import timezone
from django.utils.dates import MONTHS, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from media_index.models import Media
from media_index.search.filters import ranges, spoken
from media_index.search.filters.base import Filter, Scope, either, says
from media_index.search.query import calendar, values
from media_index.search.query.language import holidays_of_all, key_of, named_in_any


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
        raise ValueError(gettext("wants one date, like 2019, 2019-06 or 2019-06-30"))
    return values.moments(value)


def _before(value: str, scope: Scope) -> Q:
    return Q(taken_at__lt=_one_date(value)[0])


def _after(value: str, scope: Scope) -> Q:
    return Q(taken_at__gte=_one_date(value)[1])


def _added(value: str, scope: Scope) -> Q:
    return either(value, _added_within)


def _added_within(part: str) -> Q:
    """Days by the clock of who asks: when something came here is an instant."""
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
    named = named_in_any(table)
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
    name = named_in_any("holidays").get(key_of(text), text.strip().lower())
    if name not in holidays_of_all():
        raise ValueError(gettext("wants a holiday, like christmas, easter or halloween"))
    return name


@cache
def _spans(name: str) -> str:
    """The days of a holiday in all years there may be, as PostgreSQL writes spans of time."""
    spans = (calendar.holiday(holidays_of_all()[name], year) for year in calendar.YEARS)
    days = [(span.begin.first, span.end.last + timedelta(days=1)) for span in spans if span.begin and span.end]
    return "{" + ",".join(f"[{first},{after})" for first, after in days) + "}"


def _said_day(text: str) -> str:
    month, dash, day = text.rpartition("-")
    if not dash:
        return gettext("day %(day)s") % {"day": day}
    # A leap year, as it has every day there is.
    return date_format(date(2000, int(month), int(day)), "MONTH_DAY_FORMAT")


def _said_month(text: str) -> str:
    number = _numbered("months", text)
    return str(MONTHS[int(number)]) if number.isdigit() else number


def _said_weekday(text: str) -> str:
    return str(SAID_WEEKDAYS.get(text.strip().lower(), text.strip().capitalize()))


def _said_hours(part: str) -> str:
    """``21..5`` -> ``21:00 to 05:59``."""
    first, last = map(int, ranges.bounds(part))
    return gettext("%(begin)s to %(end)s") % {"begin": f"{first:02}:00", "end": f"{last:02}:59"}


def _said_holiday(part: str) -> str:
    name = _holiday_name(part)
    return str(HOLIDAYS.get(name, name.replace("-", " ")))


def _ranges(say: Callable[[str], str] = str) -> Callable[[str], str]:
    """Says a list of ranges of dates."""
    return lambda value: spoken.alternatives(value, lambda part: spoken.range_of(part, say, open_end=spoken.OR_LATER))


def _listed(say: Callable[[str], str]) -> Callable[[str], str]:
    return lambda value: spoken.alternatives(value, say)


SAID_WEEKDAYS = {
    **{name: WEEKDAYS[day] for day, name in enumerate(calendar.WEEKDAYS)},
    **{name[:3]: WEEKDAYS_ABBR[day] for day, name in enumerate(calendar.WEEKDAYS)},
}
HOLIDAYS = {
    "christmas": _("christmas"),
    "christmas-eve": _("christmas eve"),
    "christmas-day": _("christmas day"),
    "boxing-day": _("boxing day"),
    "new-years-eve": _("new years eve"),
    "new-years-day": _("new years day"),
    "epiphany": _("epiphany"),
    "valentines-day": _("valentines day"),
    "st-patricks-day": _("st patricks day"),
    "may-day": _("may day"),
    "independence-day": _("independence day"),
    "halloween": _("halloween"),
    "all-saints": _("all saints"),
    "bonfire-night": _("bonfire night"),
    "martinmas": _("martinmas"),
    "st-nicholas": _("st nicholas"),
    "carnival": _("carnival"),
    "shrove-tuesday": _("shrove tuesday"),
    "ash-wednesday": _("ash wednesday"),
    "palm-sunday": _("palm sunday"),
    "maundy-thursday": _("maundy thursday"),
    "good-friday": _("good friday"),
    "easter": _("easter"),
    "easter-sunday": _("easter sunday"),
    "easter-monday": _("easter monday"),
    "ascension": _("ascension"),
    "pentecost": _("pentecost"),
    "corpus-christi": _("corpus christi"),
    "mothers-day": _("mothers day"),
    "fathers-day": _("fathers day"),
    "martin-luther-king-day": _("martin luther king day"),
    "memorial-day": _("memorial day"),
    "labor-day": _("labor day"),
    "thanksgiving": _("thanksgiving"),
    "advent": _("advent"),
    "german-unity-day": _("german unity day"),
    "austrian-national-day": _("austrian national day"),
    "swiss-national-day": _("swiss national day"),
    "reformation-day": _("reformation day"),
    "rose-monday": _("rose monday"),
    "whit-monday": _("whit monday"),
    "repentance-day": _("day of repentance"),
    "first-advent": _("first sunday of advent"),
    "second-advent": _("second sunday of advent"),
    "third-advent": _("third sunday of advent"),
    "fourth-advent": _("fourth sunday of advent"),
}
"""Names of holidays as they are said; one that the language of search gains later is said by its key."""


FILTERS = (
    Filter(
        "taken",
        "taken:2020-06..2020-08",
        _("The day, month or year it was taken."),
        _taken,
        says(_("taken %(what)s"), _ranges()),
    ),
    Filter(
        "year",
        "year:2019..2021",
        _("The year it was taken."),
        _year,
        says(pgettext_lazy("year", "taken in %(what)s"), _ranges()),
    ),
    Filter(
        "before",
        "before:2020-06",
        _("Taken before that day, month or year."),
        _before,
        says(_("taken before %(what)s"), str),
    ),
    Filter(
        "after",
        "after:2020-06",
        _("Taken after that day, month or year."),
        _after,
        says(_("taken after %(what)s"), str),
    ),
    Filter(
        "month",
        "month:6..8",
        _("The month, in any year."),
        _month,
        says(pgettext_lazy("month", "taken in %(what)s"), _ranges(_said_month)),
    ),
    Filter(
        "day",
        "day:12-24",
        _("The day of the year or the month, in any of them."),
        _day,
        says(pgettext_lazy("day", "taken on %(what)s"), _ranges(_said_day)),
    ),
    Filter(
        "weekday",
        "weekday:saturday..sunday",
        _("The day of the week."),
        _weekday,
        says(pgettext_lazy("weekday", "taken on %(what)s"), _ranges(_said_weekday)),
        values=tuple(calendar.WEEKDAYS),
    ),
    Filter(
        "time",
        "time:6..11",
        _("The hours of the day, where a clock told them."),
        _time,
        says(_("taken from %(what)s"), _listed(_said_hours)),
    ),
    Filter(
        "holiday",
        "holiday:christmas",
        _("The days of a holiday, in any year."),
        _holiday,
        says(_("taken at %(what)s"), _listed(_said_holiday)),
        values=tuple(holidays_of_all()),
    ),
    Filter(
        "added",
        "added:2026-01..",
        _("The day, month or year it came to scanpix."),
        _added,
        says(_("added %(what)s"), _ranges()),
    ),
)
