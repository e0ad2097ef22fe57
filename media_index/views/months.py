"""The months of the library: links that work without script, and what the scrubber beside the timeline is made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from media_index.month_counts import month_counts
from media_index.search.filters.base import Scope
from media_index.search.scrubber import level
from media_index.views.parts import page_or_part


@dataclass(frozen=True, slots=True)
class Month:
    """``level`` is how high its bar is (:data:`media_index.search.scrubber.LEVELS`)."""

    date: datetime
    count: int
    level: int

    @property
    def url(self) -> str:
        return f"{reverse('library')}?at={self.date:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Year:
    date: datetime
    months: tuple[Month, ...]

    @property
    def url(self) -> str:
        return f"{reverse('library')}?at={self.date:%Y}"

    @property
    def count(self) -> int:
        return sum(month.count for month in self.months)


@require_safe
def library_dates(request: HttpRequest) -> HttpResponse:
    counts = month_counts(Scope.of(request.user))
    highest = max((count for _month, count in counts), default=0)
    months = [Month(month, count, level(count, highest)) for month, count in counts]
    years = [tuple(group) for _year, group in groupby(months, key=lambda month: month.date.year)]
    context = {"years": [Year(group[0].date, group) for group in years]}
    return page_or_part(request, "media_index/library_dates.html", "media_index/_months.html", context)
