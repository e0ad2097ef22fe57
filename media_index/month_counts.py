"""How many photos and videos the library shows of each month: what its scrubber is made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.core.cache import cache
from django.db.models import Count, Max, Q

from media_index.models import Change, Media
from media_index.models.fields import WallMonth

KEEP_SECONDS = 60
"""How long counts may be behind what the machine finds: while photos come in, they would be counted anew for each page,
in 130 ms for 200,000. What people change is counted at once."""

Counts = list[tuple[datetime, int]]


def month_counts(sources: Sequence[int]) -> Counts:
    """Each month with something in the timeline of who sees these sources (their ids), the newest first; one statement,
    and two more where they are not kept."""
    changed = Change.objects.aggregate(last=Max("pk"), undone=Max("undone_at"))
    stamp = f"{changed['last']}-{changed['undone'].timestamp() if changed['undone'] else ''}"
    key = f"months:{'-'.join(map(str, sources))}:{stamp}"
    found: Counts | None = cache.get(key)
    if found is None:
        found = _counted(sources)
        cache.set(key, found, KEEP_SECONDS)
    return found


def _counted(sources: Sequence[int]) -> Counts:
    shown = Media.objects.in_sources(sources).in_timeline()
    counts: Counter[datetime] = Counter()
    for stream in (Q(has_preview=True), Q(kind=Media.Kind.VIDEO, has_preview=False)):
        rows = shown.filter(stream).order_by().annotate(month=WallMonth("taken_at")).values_list("month")
        counts.update(dict(rows.annotate(count=Count("pk"))))
    return sorted(counts.items(), reverse=True)
