"""A search's answer as one JSON document: what ``manage.py search --json`` prints and the search's address answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from media_index import selectors
from media_index.models import Location, Media
from media_index.search.answers import Found, Hit
from media_index.search.filters.base import Scope
from media_index.search.meaning import meant
from media_index.search.shots import stacks_of


def document(found: Found, scope: Scope) -> dict[str, Any]:
    """All of an answer, as plain data; the same number of statements for any number of hits.

    ``results`` and ``nearest`` are best first, each ``{"id", "source", "path", "kind", "moment", "score",
    "probability", "why", "stack"}``, the last being the id of the best of its near-identical shots, its own where it
    stands alone; ``meant`` is the query with a mistyped name or filter put right, or "".
    A media that went away since it was found is left out.
    """
    leaders = {one: top for top, members in stacks_of(found, found.hits).items() for one in members}
    return {
        "query": found.query,
        "understood": [chip.sentence for chip in found.understood],
        "problems": [{"message": one.message, "position": one.position} for one in found.problems],
        "count": found.count,
        "results": list(results(found.hits, scope, leaders)),
        "nearest": list(results(found.nearest, scope, {})),
        "translated": found.translated,
        "caution": found.caution,
        "meant": meant(found.query, scope),
        "offers": [
            {"without": one.chip.sentence, "query": one.chip.without, "count": one.count} for one in found.offers
        ],
    }


def results(hits: Sequence[Hit], scope: Scope, leaders: Mapping[int, int]) -> Iterator[dict[str, Any]]:
    """Hits with what is told of their files to the one who asks. ``leaders``: the best of each one's stack, by id."""
    ids = [hit.media_id for hit in hits]
    media = Media.objects.in_bulk(ids)
    live = Location.objects.filter(
        media__in=ids, gone_at__isnull=True, source__in=scope.sources.order_by().values("pk")
    )
    named = selectors.location_names(live.order_by("-pk"), scope.sources)
    places = {location.media_id: (location, name) for location, name in named}
    for hit in hits:
        if hit.media_id in places and hit.media_id in media:
            location, path = places[hit.media_id]
            yield {
                "id": hit.media_id,
                "source": location.source.name,
                "path": path,
                "kind": media[hit.media_id].kind,
                "moment": hit.moment,
                "score": round(hit.score, 6),
                "probability": None if hit.probability is None else round(hit.probability, 4),
                "why": list(hit.why),
                "stack": leaders.get(hit.media_id, hit.media_id),
            }
