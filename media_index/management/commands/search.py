"""Search from the shell."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError

from media_index import encoder_service, selectors
from media_index.management.base import ScanpixCommand
from media_index.models import Location, Media
from media_index.search.engine import Hit, search
from media_index.search.filters import Scope


class Command(ScanpixCommand):
    help = "Find media by words and filters, best first. Without --user all media are searched."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("query")
        parser.add_argument("--user", metavar="NAME", help="what this member may see")
        parser.add_argument("--limit", type=int, default=20)
        parser.add_argument("--encoder", metavar="NAME", help="an encoder other than the active one")
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["limit"] < 1:
            raise CommandError("--limit wants a number from 1")
        scope = _scope(options["user"])
        encoder = encoder_service.encoder_named(options["encoder"]) if options["encoder"] else None
        found = search(options["query"], scope, limit=options["limit"], encoder=encoder)
        if found.notice:
            raise CommandError(found.notice)
        results, nearest = list(_results(found.hits, scope)), list(_results(found.nearest, scope))
        if options["json"]:
            self.document(
                {
                    "query": found.query,
                    "understood": [chip.sentence for chip in found.understood],
                    "problems": [{"message": one.message, "position": one.position} for one in found.problems],
                    "count": found.count,
                    "results": results,
                    "nearest": nearest,
                    "translated": found.translated,
                    "caution": found.caution,
                }
            )
            return
        if found.caution:
            self.tell(found.caution)
        for one in found.problems:
            self.tell(f"at {one.position + 1}: {one.message}")
        if nearest and not results:
            self.tell("Nothing here matches. The nearest, none of which is likely to be meant:")
        for result in results or nearest:
            self.stdout.write(f"{result['score']:.3f}  {result['path']}  ({', '.join(result['why'])})")


def _scope(name: str | None) -> Scope:
    if name is None:
        return Scope.everything()
    member = get_user_model().objects.filter(username=name).first()
    if member is None:
        raise CommandError(f"there is no member called {name!r}")
    return Scope.of(member)


def _results(hits: Sequence[Hit], scope: Scope) -> Iterator[dict[str, Any]]:
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
            }
