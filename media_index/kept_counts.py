"""Counts over all media that somebody may see, kept for a while.

1. They belong to the very sources that one may see now, which are asked each time: who loses access to a source gets
   other counts with the next page.
2. What people change is counted at once: the last row of each history that such counts may follow from is part of the
   key, and when the last of it was undone.
3. What the machine finds, by extraction or by a scan, may be :data:`KEEP_SECONDS` behind.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import TypeVar

from django.core.cache import cache
from django.db.models import Max, Model

from media_index.models import Change
from media_index.search.filters.base import Scope

KEEP_SECONDS = 60
"""While photos come in, all would be counted anew for each page: months in 130 ms for 200,000 photos, persons in 60."""
Counts = TypeVar("Counts")


def kept_counts(
    name: str, scope: Scope, count: Callable[[], Counts], histories: tuple[type[Model], ...] = (Change,)
) -> Counts:
    """What ``count()`` gives for this scope, by its ``name``. ``histories``: tables whose newest row, and the newest
    ``undone_at`` of these, tell that people changed something. One statement for each of them, and those of ``count``
    where nothing is kept: always where the scope is narrowed or of this machine."""
    if not scope.is_whole:
        return count()
    state = [scope.source_ids, *(_last(history) for history in histories)]
    key = f"counts:{name}:{blake2b(repr(state).encode(), digest_size=16).hexdigest()}"
    kept: tuple[Counts] | None = cache.get(key)
    if kept is None:
        kept = (count(),)
        cache.set(key, kept, KEEP_SECONDS)
    return kept[0]


def _last(history: type[Model]) -> tuple[object, object]:
    found = history._default_manager.aggregate(last=Max("pk"), undone=Max("undone_at"))
    return found["last"], found["undone"]
