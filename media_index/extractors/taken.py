"""When a picture was taken: the rules by which EXIF, XMP, GPS, a sidecar, the name and the time of the file are
believed. Pure."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

FIRST_YEAR = 1826
"""Of the oldest photograph that is kept, Niépce's view from the window at Le Gras."""
_FUTURE = timedelta(days=1)
"""A clock may run ahead by a time zone, not by more."""
_MAX_OFFSET = 15 * 60
"""Minutes. Zones reach from -12:00 to +14:00."""
_OFFSET_GRID = 15
"""Minutes. All zones of today are whole multiples of a quarter of an hour."""
_CLOCK_TOLERANCE = timedelta(minutes=2)
"""How far the camera's clock may be from GPS time, so that their difference still tells the time zone."""

# The tags of a time, of its offset and of its fraction, the most telling time first (EXIF 2.32, section 4.6.5).
_EXIF_TIMES = (
    ("DateTimeOriginal", "OffsetTimeOriginal", ("SubsecTimeOriginal", "SubSecTimeOriginal")),
    ("DateTimeDigitized", "OffsetTimeDigitized", ("SubsecTimeDigitized", "SubSecTimeDigitized")),
    ("DateTime", "OffsetTime", ("SubsecTime", "SubSecTime")),
)
_EXIF_TIME = re.compile(
    r"(?P<year>\d{4})[:/.-](?P<month>\d{1,2})[:/.-](?P<day>\d{1,2})"
    r"(?:[T ]+(?P<hour>\d{1,2})[:.](?P<minute>\d{1,2})(?:[:.](?P<second>\d{1,2})(?:[.,](?P<fraction>\d+))?)?)?"
    r"\s*(?P<offset>Z|[+-]\d\d:?\d\d)?\s*"
)
_XMP_TIMES = ("exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate")
"""The most telling first: exposure, creation of the picture, creation of the file (XMP specification, part 2)."""
_OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)")

_DATE = r"(?<!\d)(?P<year>(?:18|19|20)\d\d)(?P<gap>[-_.]?)(?P<month>\d\d)(?P=gap)(?P<day>\d\d)"
_CLOCK = r"(?P<hour>\d\d)[-_.:h]?(?P<minute>\d\d)[-_.:m]?(?P<second>\d\d)"
# Between the two stand a sign or a short word ("at", "um"); a Mac adds AM or PM where the user wants twelve hours.
_NAME_TIME = re.compile(
    _DATE + r"(?:[-_ T.]|,? \w{1,3} )?" + _CLOCK + r"(?:[-_.]?(?P<fraction>\d{3}))?(?!\d)(?:\s?(?P<half>[AP])M\b)?"
)
_NAME_DATE = re.compile(_DATE + r"(?!\d)")
_NAME_EPOCH = re.compile(r"(?<!\d)(?P<milliseconds>1\d{12})(?!\d)")
_UTC_NAME = re.compile(r"PXL_", re.IGNORECASE)
"""Google's Pixel phones name their files by UTC, all others by wall time."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Local wall time (naive), minutes east of UTC if known, and the source: ``exif_offset``, ``exif``, ``xmp``,
    ``png``, ``gps``, ``sidecar``, ``filename`` or ``file``."""

    at: datetime
    offset: int | None
    source: str


def find_taken(
    tags: Mapping[str, Any], name: str, modified: datetime, *, now: datetime, home: tzinfo | None = None
) -> Taken:
    """The best answer there is; an impossible time is passed over for the next source.

    ``now`` is aware. Instants without a place (the file's time, names by UTC) are told by the wall clock at ``home``,
    which is the machine's zone if None; a naive ``modified`` is wall time already.
    """
    names = tuple(_from_name(name, home))
    notes = (*_from_exif(tags), *_from_xmp(tags), *_from_png(tags), *_from_gps(tags))
    candidates = (*notes, *_from_sidecar(tags, names, home), *names)
    latest = now.astimezone(home).replace(tzinfo=None) + _FUTURE
    for taken in candidates:
        if taken.at.year >= FIRST_YEAR and taken.at <= latest:
            return taken
    if modified.tzinfo is None:
        return Taken(modified, None, "file")
    return _at_home(modified, home, "file")


def _from_exif(tags: Mapping[str, Any]) -> Iterator[Taken]:
    for time_tag, offset_tag, fraction_tags in _EXIF_TIMES:
        match = _EXIF_TIME.fullmatch(_text(tags, time_tag))
        at = match and _build(match)
        if not match or not at:
            continue
        if not at.microsecond:
            at = at.replace(
                microsecond=_microseconds(next((_text(tags, tag) for tag in fraction_tags if tag in tags), ""))
            )
        offset = _offset(_text(tags, offset_tag) or match["offset"] or "")
        if offset is None and _text(tags, time_tag) == _text(tags, "DateTime"):
            offset = _offset(_text(tags, "OffsetTime"))
        if offset is None:
            offset = _offset_by_gps(at, tags)
        yield Taken(at, offset, "exif" if offset is None else "exif_offset")


def _from_xmp(tags: Mapping[str, Any]) -> Iterator[Taken]:
    for name in _XMP_TIMES:
        match = _EXIF_TIME.fullmatch(_text(tags, name))
        at = match and _build(match)
        if match and at:
            yield Taken(at, _offset(match["offset"] or ""), "xmp")


def _from_png(tags: Mapping[str, Any]) -> Iterator[Taken]:
    """The text "Creation Time", as the PNG specification asks for it (RFC 1123) or as EXIF would have it."""
    text = _text(tags, "png:Creation Time")
    match = _EXIF_TIME.fullmatch(text)
    at = match and _build(match)
    if match and at:
        yield Taken(at, _offset(match["offset"] or ""), "png")
        return
    try:
        told = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return
    east = told.utcoffset()
    yield Taken(told.replace(tzinfo=None), None if east is None else round(east.total_seconds() / 60), "png")


def _from_sidecar(tags: Mapping[str, Any], names: Iterable[Taken], home: tzinfo | None) -> Iterator[Taken]:
    """The instant that Takeout tells; its wall time by the file's name, if the two differ by a time zone."""
    stamp = tags.get("takeout:photoTakenTime")
    if not isinstance(stamp, int):
        return
    try:
        instant = datetime.fromtimestamp(stamp, UTC)
    except (ValueError, OverflowError, OSError):
        return
    for named in names:
        offset = _offset_between(named.at, instant.replace(tzinfo=None))
        if offset is not None and (named.at.hour, named.at.minute, named.at.second) != (0, 0, 0):
            yield Taken(named.at, offset, "sidecar")
    yield _at_home(instant, home, "sidecar")


def _from_gps(tags: Mapping[str, Any]) -> Iterator[Taken]:
    at = _gps_time(tags)
    if at is not None:
        yield Taken(at, 0, "gps")


def _from_name(name: str, home: tzinfo | None) -> Iterator[Taken]:
    stem = name.rpartition("/")[2]
    for match in _NAME_TIME.finditer(stem):
        at = _build(match)
        if at is not None and _UTC_NAME.match(stem):
            yield _at_home(at.replace(tzinfo=UTC), home, "filename")
        elif at is not None:
            yield Taken(at, None, "filename")
    for match in _NAME_EPOCH.finditer(stem):
        instant = datetime.fromtimestamp(int(match["milliseconds"]) / 1000, UTC)
        yield _at_home(instant, home, "filename")
    for match in _NAME_DATE.finditer(stem):
        at = _build(match)
        if at is not None:
            yield Taken(at, None, "filename")


def _at_home(instant: datetime, home: tzinfo | None, source: str) -> Taken:
    local = instant.astimezone(home)
    offset = local.utcoffset() or timedelta()
    return Taken(local.replace(tzinfo=None), round(offset.total_seconds() / 60), source)


def _build(match: re.Match[str]) -> datetime | None:
    """The time of a match with the groups year, month, day and perhaps hour, minute, second, fraction."""
    parts = match.groupdict()
    hour, minute, second = (int(parts.get(part) or 0) for part in ("hour", "minute", "second"))
    if parts.get("half"):
        hour = hour % 12 + (12 if parts["half"] == "P" else 0)
    hour = 0 if hour == 24 else hour  # some cameras count the hour after midnight so
    try:
        at = datetime(int(parts["year"]), int(parts["month"]), int(parts["day"]), hour, minute, min(second, 59))
    except ValueError:
        return None
    return at.replace(microsecond=_microseconds(parts.get("fraction") or ""))


def _microseconds(fraction: str) -> int:
    digits = fraction.strip()
    return int(digits[:6].ljust(6, "0")) if digits.isascii() and digits.isdigit() else 0


def _offset(text: str) -> int | None:
    """Minutes east of UTC of ``+02:00`` or ``Z``; None for anything else."""
    text = text.strip()
    if text == "Z":
        return 0
    match = _OFFSET.fullmatch(text)
    if not match or int(match["minutes"]) > 59:
        return None
    minutes = int(match["hours"]) * 60 + int(match["minutes"])
    return None if minutes > _MAX_OFFSET else minutes * (-1 if match["sign"] == "-" else 1)


def _offset_by_gps(at: datetime, tags: Mapping[str, Any]) -> int | None:
    gps = _gps_time(tags)
    return None if gps is None else _offset_between(at, gps)


def _offset_between(at: datetime, utc: datetime) -> int | None:
    """Minutes that the wall time ``at`` is ahead of ``utc`` (both naive), if that can be a time zone."""
    difference = at - utc
    offset = round(difference.total_seconds() / 60 / _OFFSET_GRID) * _OFFSET_GRID
    if abs(offset) > _MAX_OFFSET or abs(difference - timedelta(minutes=offset)) > _CLOCK_TOLERANCE:
        return None
    return offset


def _gps_time(tags: Mapping[str, Any]) -> datetime | None:
    """The UTC time of ``GPSDateStamp`` and ``GPSTimeStamp``, naive; None if either is missing or impossible."""
    day = _EXIF_TIME.fullmatch(_text(tags, "GPSDateStamp"))
    clock = tags.get("GPSTimeStamp")
    midnight = day and _build(day)
    if not midnight or not isinstance(clock, tuple) or len(clock) != 3:
        return None
    hours, minutes, seconds = clock
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= seconds < 61):
        return None
    return midnight + timedelta(hours=hours, minutes=minutes, seconds=int(seconds))


def _text(tags: Mapping[str, Any], name: str) -> str:
    value = tags.get(name)
    return value.strip() if isinstance(value, str) else ""
