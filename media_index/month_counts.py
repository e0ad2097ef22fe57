"""How many photos and videos the library shows of each month: what its scrubber is made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Q

from media_index.models import Media
from media_index.models.fields import WallMonth


def month_counts(sources: Sequence[int]) -> list[tuple[datetime, int]]:
    """Each month with something in the timeline of who sees these sources (their ids), the newest first; two
    statements."""
    shown = Media.objects.in_sources(sources).in_timeline()
    counts: Counter[datetime] = Counter()
    for stream in (Q(has_preview=True), Q(kind=Media.Kind.VIDEO, has_preview=False)):
        rows = shown.filter(stream).order_by().annotate(month=WallMonth("taken_at")).values_list("month")
        counts.update(dict(rows.annotate(count=Count("pk"))))
    return sorted(counts.items(), reverse=True)
