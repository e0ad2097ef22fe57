"""What to take away from a query that finds nothing, so that it finds something."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from media_index.models import Media
from media_index.search.answers import Chip, Offer
from media_index.search.conditions import Kept, kept_by
from media_index.search.finding import Wanted
from media_index.search.ranking import Candidate, best_first, parted
from media_index.search.vectors.nearest import nearest

MOST_OFFERED = 5
"""Chips that are tried; so many statements at most."""
MOST_COUNTED = 1000
"""Media that are counted for a chip."""


def offers(
    media: QuerySet[Media], kept: Sequence[Kept], chips: Sequence[Chip], wanted: Wanted | None
) -> tuple[Offer, ...]:
    """The chips without which something of ``media``, all that may be seen, is found; how much, up to 1,000.

    ``wanted`` are the words beside the filters, if any: what is near enough to them is looked for without any filter,
    in as many statements as one search, and asked which filters it would pass.
    """
    if not kept:
        return ()
    if wanted is not None:
        media = media.filter(pk__in=_matching(media, wanted))
    tried = range(len(kept))[:MOST_OFFERED]
    counts = [_count(kept_by(media, _but(kept, place))) for place in tried]
    found = [Offer(chips[place], count) for place, count in zip(tried, counts, strict=True) if count]
    return tuple(sorted(found, key=lambda one: -one.count))


def _but(kept: Sequence[Kept], place: int) -> list[Kept]:
    return [one for other, one in enumerate(kept) if other != place]


def _count(media: QuerySet[Media]) -> int:
    return media.order_by()[:MOST_COUNTED].count()


def _matching(media: QuerySet[Media], wanted: Wanted) -> list[int]:
    """The media that match the words, whatever the filters."""
    if wanted.asked is None or wanted.encoder is None:
        return []
    near = nearest(media, wanted.encoder, wanted.asked.vector, limit=MOST_COUNTED)
    ranked = best_first([Candidate(one.media_id, one.moment, one.similarity) for one in near], ())
    matches, _ = parted(ranked, wanted.asked.relevance, wanted.asked.level)
    return [one.candidate.media_id for one in matches]
