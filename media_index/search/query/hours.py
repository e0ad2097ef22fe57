"""What the words of an hour mean, as the operations of :mod:`media_index.search.query.dates`. Pure."""

from __future__ import annotations

from media_index.search.query.moments import Almanac, Moment
from media_index.search.query.patterns import Values

MIDNIGHT = 24
SMALL_HOURS = "0..5"
"""What people mean by "after midnight"."""


def daypart(values: Values, almanac: Almanac) -> Moment | None:
    return Moment(further=(("time", values["daypart"] if "daypart" in values else str(values["clock"])),))


def _hours(values: Values, almanac: Almanac) -> Moment | None:
    """From an hour, up to one, or both; an hour holds all its minutes, so the last one does not count."""
    begin, end = values.get("begin", 0), values.get("end", 24)
    return Moment(further=(("time", f"{begin}..{(end - 1) % 24}"),))


def after_hour(values: Values, almanac: Almanac) -> Moment | None:
    if values["clock"] == MIDNIGHT:
        return Moment(further=(("time", SMALL_HOURS),))
    return _hours({"begin": values["clock"]}, almanac)


def before_hour(values: Values, almanac: Almanac) -> Moment | None:
    return _hours({"end": values["clock"]}, almanac)


def between_hours(values: Values, almanac: Almanac) -> Moment | None:
    return _hours({"begin": values["clock"], "end": values["clock2"]}, almanac)


def hour_to_hour(values: Values, almanac: Almanac) -> Moment | None:
    """ "Between 8 and 10 o'clock", of 24 hours."""
    return _hours({"begin": values["n"], "end": values["clock"]}, almanac) if values["n"] < 24 else None


def up_to_hour(values: Values, almanac: Almanac) -> Moment | None:
    """ "Between 8 and 10 pm": the half of the day comes with the second hour."""
    first, end = values["n"], values["clock"]
    if not 1 <= first <= 12:
        return None
    begin = first % 12 + end // 12 * 12
    return _hours({"begin": begin - 12 if begin > end else begin, "end": end}, almanac)


def with_time(values: Values, almanac: Almanac) -> Moment | None:
    moment: Moment = values["date"]
    if moment.further:
        return None
    return Moment(moment.span, moment.recurring, (("time", values["daypart"]),))
