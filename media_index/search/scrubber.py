"""When the results of a query were taken, by year and month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from media_index.models.fields import WallMonth
from media_index.search.facets import counted_over
from media_index.search.filters.base import Scope
from media_index.search.query.narrowing import narrowing
from media_index.search.understanding import looking, reader

TAKEN = "taken"
LEVELS = 5
"""Heights of a bar; one for each class in the style sheet."""


@dataclass(frozen=True, slots=True)
class Span:
    """A month or a year: its date, how many were taken in it, the query that keeps only these, and how high its bar is,
    1 to :data:`LEVELS`."""

    date: datetime
    count: int
    query: str
    level: int
    months: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Scrubber:
    """Years with their months, the newest first. ``all_dates`` is the query without a span that was picked before,
    ``""`` where none was; ``about`` tells that the counts are estimates, ``best`` that they are of the best results
    only."""

    years: tuple[Span, ...]
    all_dates: str = ""
    about: bool = False
    best: bool = False


def scrubber(query: str, scope: Scope) -> Scrubber:
    """The spans of what a query finds; the statements of its facets, and one more."""
    read, conditions = reader(scope)
    asked = looking(read(query), conditions)
    tree, found = asked.tree, counted_over(asked)
    ways = narrowing(tree, read)
    there = next((part for part in tree.parts if getattr(part, "key", "") == TAKEN), None)
    months = dict(
        found.media.annotate(month=WallMonth("taken_at")).order_by().values_list("month").annotate(n=Count("pk"))
    )
    months = {month: found.all(count) for month, count in sorted(months.items(), reverse=True)}
    highest = max(months.values(), default=0)
    years: dict[int, list[Span]] = {}
    for month, count in months.items():
        narrower = ways.with_condition(TAKEN, f"{month:%Y-%m}")
        years.setdefault(month.year, []).append(Span(month, count, narrower, level(count, highest)))
    sums = {year: sum(span.count for span in spans) for year, spans in years.items()}
    return Scrubber(
        tuple(
            Span(
                spans[0].date.replace(month=1),
                sums[year],
                ways.with_condition(TAKEN, str(year)),
                level(sums[year], max(sums.values())),
                tuple(spans),
            )
            for year, spans in years.items()
        ),
        all_dates=tree.without(there) if there is not None else "",
        about=found.times > 1,
        best=found.best,
    )


def level(count: int, highest: int) -> int:
    """The height of a bar, 1 to :data:`LEVELS`: by the square root, so that a month of a few shows beside one of
    hundreds."""
    share = (count / highest) ** 0.5 if highest else 0.0
    return max(1, round(share * LEVELS))
