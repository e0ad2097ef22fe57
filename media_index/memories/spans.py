"""Spans of days to look back on: this day in other years, and journeys. Pure."""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

AROUND = 3
"""Days before and after this day that count as well: people remember "that week", and one day of a year is mostly
empty."""
LONGEST = timedelta(days=60)
"""Of a span that an address may name; a journey that lasts longer is a move."""
GAP = 2
"""Days without a photo within a journey, one of rain or on the road."""
LEAST_DAYS = 2
LEAST_PHOTOS = 8
"""What makes a journey; less is an outing."""
AT_HOME = 0.1
"""Of all days with photos: a region with a larger share is one where people live, not one they travel to."""
_KEY = re.compile(r"(day|journey)-(\d{4}-\d{2}-\d{2})-(\d{4}-\d{2}-\d{2})", re.ASCII)

DAY, JOURNEY = "day", "journey"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From the first to the last day, both included. ``kind`` says why it is remembered, ``region`` is the number of
    the place of a journey, 0 for none."""

    first: date
    last: date
    kind: str = DAY
    region: int = 0

    @property
    def key(self) -> str:
        """In addresses."""
        return f"{self.kind}-{self.first.isoformat()}-{self.last.isoformat()}"

    @classmethod
    def parse(cls, key: str) -> Span:
        """Raises :class:`ValueError` for what is no key of a span."""
        found = _KEY.fullmatch(key)
        if found is None:
            raise ValueError(key)
        span = cls(date.fromisoformat(found[2]), date.fromisoformat(found[3]), found[1])
        if not timedelta() <= span.last - span.first <= LONGEST or span.last == date.max:
            raise ValueError(key)
        return span

    @property
    def query(self) -> str:
        """All that was taken in it, as a search."""
        return f"taken:{self.first.isoformat()}..{self.last.isoformat()}"


def in_year(day: date, year: int) -> date:
    """That day in another year; the 29th of February is the 28th where there is none."""
    return day.replace(year=year, day=min(day.day, calendar.monthrange(year, day.month)[1]))


def this_day(today: date, first_year: int) -> list[Span]:
    """The days around this one in the years before, the latest first."""
    found = []
    for year in range(today.year - 1, max(first_year, date.min.year + 1) - 1, -1):
        middle = in_year(today, year)
        found.append(Span(middle - timedelta(days=AROUND), middle + timedelta(days=AROUND)))
    return found


def journeys(days: Mapping[date, Mapping[int, int]]) -> list[Span]:
    """Runs of days far from home, the earliest first. ``days``: for each day how many photos of each region there are;
    home are the regions in which much of all days was spent."""
    most = {day: max(sorted(regions), key=lambda one: regions[one]) for day, regions in days.items() if regions}
    home = homes(most.values())
    away = sorted(day for day, region in most.items() if region not in home)
    found: list[Span] = []
    for run in _runs(away):
        if (run[-1] - run[0]).days + 1 < LEAST_DAYS or run[-1] - run[0] > LONGEST:
            continue
        photos: Counter[int] = Counter()
        for day in run:
            photos.update({region: count for region, count in days[day].items() if region not in home})
        if photos.total() >= LEAST_PHOTOS:
            region = max(sorted(photos), key=lambda one: photos[one])
            found.append(Span(run[0], run[-1], JOURNEY, region))
    return found


def homes(regions: Iterable[int]) -> set[int]:
    """The regions where people live, of those of each day."""
    counts = Counter(regions)
    if not counts:
        return set()
    most = max(counts.values())
    return {region for region, count in counts.items() if count == most or count >= AT_HOME * counts.total()}


def _runs(days: Sequence[date]) -> list[list[date]]:
    runs: list[list[date]] = []
    for day in days:
        if runs and (day - runs[-1][-1]).days <= GAP:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def of_today(found: Sequence[Span], today: date, most: int) -> list[Span]:
    """Some of the journeys, others each day: first those that were at this time of the year."""
    past = [span for span in found if span.last < today - LONGEST]

    def apart(span: Span) -> tuple[bool, int]:
        near = min(abs((in_year(today, year) - span.first).days) for year in (span.first.year, span.first.year + 1))
        turn = (span.first.toordinal() * 2_654_435_761 + today.toordinal() * 40_503) % 1_000_003
        return near > 10, turn

    return sorted(past, key=apart)[:most]
