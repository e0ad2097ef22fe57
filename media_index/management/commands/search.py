"""Search from the shell."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError

from media_index import encoder_service
from media_index.management.base import ScanpixCommand
from media_index.search.document import document, results
from media_index.search.engine import search
from media_index.search.filters.base import Scope
from media_index.search.meaning import meant


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
        if options["json"]:
            self.document(document(found, scope))
            return
        shown = list(results(found.hits or found.nearest, scope, {}))
        if found.caution:
            self.tell(found.caution)
        for one in found.problems:
            self.tell(f"at {one.position + 1}: {one.message}")
        if found.nearest and not found.hits:
            self.tell("Nothing here matches. The nearest, none of which is likely to be meant:")
        better = meant(options["query"], scope)
        if better:
            self.tell(f"Did you mean: {better}")
        for offer in found.offers:
            rest = f": {offer.chip.without}" if offer.chip.without else ""
            self.tell(f"without “{offer.chip.text}” there are {offer.count}{rest}")
        for result in shown:
            self.stdout.write(f"{result['score']:.3f}  {result['path']}  ({', '.join(result['why'])})")


def _scope(name: str | None) -> Scope:
    if name is None:
        return Scope.everything()
    member = get_user_model().objects.filter(username=name).first()
    if member is None:
        raise CommandError(f"there is no member called {name!r}")
    return Scope.of(member)
