"""Numbers, hours, days and points as values of filters. Pure: what a filter makes of them is its own affair.

Every reader raises :class:`ValueError` with what is wrong, in words that follow the key ("wants an hour from 0 to 23").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from media_index.search.query.calendar import WEEKDAYS
from media_index.telling import gettext

SHOWN = 0.05
"""Pages show one decimal, so what is within half of it looks the same: 19.96 megapixels are at least 20.0."""
PLAIN: Mapping[str, float] = {"": 1}
BYTES: Mapping[str, float] = {
    unit: 1024**power
    for power, units in enumerate((("", "b"), ("k", "kb"), ("m", "mb"), ("g", "gb"), ("t", "tb")))
    for unit in units
}
"""Units of a size. By 1,024, as the pages tell sizes."""
SECONDS: Mapping[str, float] = {"": 1, "s": 1, "m": 60, "h": 3600}
"""Units of a duration."""
KILOMETRES: Mapping[str, float] = {"": 1, "km": 1, "m": 0.001, "mi": 1.609344}
"""Units of a distance; the mile is the international one of 1959."""
FARTHEST_KM = 20_100.0
"""A little more than half around the earth."""
NEAR_KM = 5.0
"""How far is near where no distance is told: about a town."""
_NUMBER = re.compile(r"(\d{1,12})(?:\.(\d{1,6}))?\s*([a-z]{0,2})", re.ASCII | re.IGNORECASE)
_SMALL = re.compile(r"\d{1,2}", re.ASCII)
_MONTH_DAY = re.compile(r"(\d{1,2})-(\d{1,2})", re.ASCII)
_DEGREES = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,15})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Range:
    """From ``low`` to ``high``, both included; None leaves it open on that side."""

    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees north and east (WGS 84), and what is near to there, in kilometres."""

    latitude: float
    longitude: float
    kilometres: float


def bounds(value: str) -> tuple[str, str]:
    """Both ends of ``6..8``; of ``6`` the same twice; an end that is left open is empty."""
    begin, dots, end = (part.strip() for part in value.partition(".."))
    return begin, end if dots else begin


def numbers(
    value: str,
    wants: str,
    units: Mapping[str, float] = PLAIN,
    *,
    whole: bool = False,
    slack: float | None = None,
    shown: float = SHOWN,
) -> Range:
    """``12``, ``6..8``, ``6..`` or ``..8``, each with one of the ``units``; ``wants`` is the message for anything else.

    ``whole`` numbers are meant exactly. Of others ``12`` is all that would be written so (11.5 to 12.5), or what lies
    within ``slack``, and the ends of a range reach as far as a page would show the same (``shown``, in units).
    """
    begin, end = bounds(value)
    if not begin and not end:
        raise ValueError(wants)
    low, high = (_number(text, wants, units, whole) if text else None for text in (begin, end))
    if low and high and low[0] > high[0]:
        raise ValueError(gettext("ends before it begins"))
    if whole:
        return Range(low[0] if low else None, high[0] if high else None)
    if ".." not in value and low:
        step = low[1] / 2 if slack is None else slack
        return Range(low[0] - step, low[0] + step)
    return Range(low[0] - shown * low[2] if low else None, high[0] + shown * high[2] if high else None)


def _number(text: str, wants: str, units: Mapping[str, float], whole: bool) -> tuple[float, float, float]:
    """A number, what its last digit counts, and its unit."""
    found = _NUMBER.fullmatch(text)
    if found is None or found[3].lower() not in units or (whole and found[2]):
        raise ValueError(wants)
    unit = units[found[3].lower()]
    return float(f"{found[1]}.{found[2] or 0}") * unit, unit / 10 ** len(found[2] or ""), unit


def hours(value: str) -> frozenset[int]:
    """The hours of ``18``, ``6..11`` or, over midnight, ``21..5``; each with all its minutes."""
    wants = gettext("wants an hour from 0 to 23 or a range of hours, like 6..11 or 21..5")
    first, last = bounds(value)
    if not all(_SMALL.fullmatch(one) and int(one) < 24 for one in (first, last)):
        raise ValueError(wants)
    return around(int(first), int(last), 0, 23)


def weekdays(value: str) -> frozenset[int]:
    """The days of ``monday``, ``mon..fri`` or, over the end of the week, ``friday..monday``: 1 (Monday) to 7."""
    named = {text: number for number, name in enumerate(WEEKDAYS, 1) for text in (name, name[:3])}
    first, last = bounds(value.lower())
    if first not in named or last not in named:
        raise ValueError(gettext("wants a day of the week or a range of them, like sunday or monday..friday"))
    return around(named[first], named[last], 1, 7)


def around(first: int, last: int, lowest: int, highest: int) -> frozenset[int]:
    """All from ``first`` to ``last``, going on from the ``lowest`` behind the ``highest``."""
    if first <= last:
        return frozenset(range(first, last + 1))
    return frozenset((*range(first, highest + 1), *range(lowest, last + 1)))


def days(value: str) -> tuple[int, int, bool]:
    """The first and last day of ``24``, ``28..3``, ``06-05`` or ``12-20..01-06``, and whether they name a month: a day
    with a month is told as 100 times the month and the day. The last is less than the first over a turn."""
    wants = gettext("wants a day of the month or the year, or a range, like 24, 06-05 or 12-20..01-06")
    first, last = bounds(value)
    if all(_SMALL.fullmatch(one) and 1 <= int(one) <= 31 for one in (first, last)):
        return int(first), int(last), False
    found = [_MONTH_DAY.fullmatch(one) for one in (first, last)]
    numbers_of = []
    for match in found:
        if match is None:
            raise ValueError(wants)
        month, day = int(match[1]), int(match[2])
        try:
            date(2000, month, day)
        except ValueError:
            raise ValueError(gettext("names a day that no year has: %(value)s") % {"value": match[0]}) from None
        numbers_of.append(100 * month + day)
    return numbers_of[0], numbers_of[1], True


def point(value: str) -> Point:
    """``38.72,-9.14`` or ``38.72,-9.14,2km``: degrees north and east, and how far around."""
    wants = gettext("wants degrees north and east and, if you like, a distance, like 38.72,-9.14,2km")
    parts = [part.strip() for part in value.split(",")]
    if not 2 <= len(parts) <= 3 or not all(_DEGREES.fullmatch(part) for part in parts[:2]):
        raise ValueError(wants)
    latitude, longitude = float(parts[0]), float(parts[1])
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise ValueError(gettext("wants degrees from -90 to 90 north and from -180 to 180 east"))
    if len(parts) == 2:
        return Point(latitude, longitude, NEAR_KM)
    return Point(latitude, longitude, kilometres(parts[2]))


def kilometres(value: str) -> float:
    """``2km``, ``500m`` or ``3mi``; a bare number is kilometres."""
    found, _, _ = _number(value, gettext("wants a distance, like 2km, 500m or 3mi"), KILOMETRES, whole=False)
    if not 0 < found <= FARTHEST_KM:
        raise ValueError(
            gettext("wants a distance of up to %(farthest_km)s km") % {"farthest_km": f"{FARTHEST_KM:,.0f}"}
        )
    return found
