"""The values of filters, as text and as what it means. Pure: what a filter makes of them is its own affair.

Every reader raises :class:`ValueError` with what is wrong, in words that follow the key ("wants a year, like 2019").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from media_index.search.query.calendar import Day
from media_index.telling import gettext

DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:T(\d{2}:\d{2}))?)?)?", re.ASCII)
YEAR_RANGE = re.compile(r"\d{4}|(\d{4})?\.\.(\d{4})?", re.ASCII)
KINDS = {"photo": "image", "image": "image", "video": "video", "file": "other", "other": "other"}
"""What may follow ``type:``, and the kind of media it is."""
_NEEDS_QUOTES = re.compile(r"[\s,|()]")
Moments = tuple[datetime | None, datetime | None]


def parts(value: str, separator: str) -> tuple[str, ...]:
    """The parts of a list: ``"Grandma Rose",Ben`` -> ``Grandma Rose``, ``Ben``. In quotes a separator is none."""
    pieces, current, quoted = [], "", False
    for char in value:
        if char == '"':
            quoted = not quoted
        elif char == separator and not quoted:
            pieces.append(current)
            current = ""
        else:
            current += char
    return tuple(piece.strip() for piece in (*pieces, current) if piece.strip())


def joined(values: Iterable[str], separator: str) -> str:
    """A list as one value, parts with spaces or separators in quotes."""
    return separator.join(quoted(value) for value in values)


def quoted(value: str) -> str:
    """``value`` as a part of a list."""
    return f'"{value}"' if _NEEDS_QUOTES.search(value) else value


def kinds(value: str) -> frozenset[str]:
    """Kinds of media of ``photo|video``."""
    wanted = [part.strip() for part in value.lower().split("|")]
    if any(part not in KINDS for part in wanted):
        raise ValueError(gettext("wants photo, video or file"))
    return frozenset(KINDS[part] for part in wanted)


def moments(value: str) -> Moments:
    """The first moment of ``2019``, ``2020-06..2020-08``, ``2021..`` or ``..2022-12-23``, and the first after it."""
    begin, dots, end = value.partition("..")
    if not begin and not end:
        raise ValueError(gettext("wants a date or a range, like 2019 or 2020-06..2020-08"))
    after = _moments(begin)[0] if begin else None
    before = _moments(end if dots else begin)[1] if end or not dots else None
    if after and before and after >= before:
        raise ValueError(gettext("ends before it begins"))
    return after, before


def years(value: str) -> Moments:
    """As :func:`moments`, of years alone: ``2019``, ``2019..2021``, ``..2021``."""
    if not YEAR_RANGE.fullmatch(value) or value == "..":
        raise ValueError(gettext("wants a year or a range of years, like 2019 or 2019..2021"))
    return moments(value)


def months(value: str) -> frozenset[int]:
    """The months of ``6``, ``6..8`` or, over the turn of the year, ``12..2``."""
    begin, dots, end = value.partition("..")
    if not all(
        re.fullmatch(r"\d{1,2}", one, re.ASCII) and 1 <= int(one) <= 12 for one in (begin, end if dots else begin)
    ):
        raise ValueError(gettext("wants a month from 1 to 12 or a range of months, like 6 or 12..2"))
    first, last = int(begin), int(end if dots else begin)
    return frozenset((month - 1) % 12 + 1 for month in range(first, last + (13 if last < first else 1)))


def _moments(text: str) -> tuple[datetime, datetime]:
    """The first moment of a date and the first after it; a time of day is a moment by itself."""
    found = DATE.fullmatch(text)
    if not found:
        raise ValueError(gettext("wants a date, like 2019, 2019-06 or 2019-06-30"))
    year, month, day = (int(number) if number else None for number in found.groups()[:3])
    if month == 0 or day == 0:
        raise ValueError(gettext("names a date that does not exist: %(text)s") % {"text": text})
    whole = Day(int(year or 0), month or 0, day or 0)
    if found[4]:
        try:
            moment = datetime.fromisoformat(f"{whole}T{found[4]}")
        except ValueError:
            raise ValueError(gettext("names a time that does not exist: %(text)s") % {"text": text}) from None
        return moment, moment
    last = datetime.combine(whole.last, datetime.min.time())
    return datetime.combine(whole.first, datetime.min.time()), last + timedelta(days=1)
