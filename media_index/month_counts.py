"""How many photos and videos the library shows of each month: what its scrubber is made from."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db.models import Count, Q

from media_index.kept_counts import kept_counts
from media_index.models import Media
from media_index.models.fields import WallMonth
from media_index.search.filters.base import NO_SOURCE, Scope

Counts = list[tuple[datetime, int]]


def month_counts(scope: Scope) -> Counts:
    """Each month with something in the timeline of who sees the sources of the scope, the newest first; one statement,
    and two more where they are not kept."""
    return kept_counts("months", scope, lambda: _counted(scope))


def _counted(scope: Scope) -> Counts:
    shown = Media.objects.in_sources(scope.source_ids or NO_SOURCE).in_timeline()
    counts: Counter[datetime] = Counter()
    for stream in (Q(has_preview=True), Q(kind=Media.Kind.VIDEO, has_preview=False)):
        rows = shown.filter(stream).order_by().annotate(month=WallMonth("taken_at")).values_list("month")
        counts.update(dict(rows.annotate(count=Count("pk"))))
    return sorted(counts.items(), reverse=True)
