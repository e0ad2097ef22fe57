"""Measures search on queries whose answers are known."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from media_index import encoder_service
from media_index.management.base import ScanpixCommand
from media_index.models import Embedding, Encoder, Location
from media_index.search.engine import active_encoder, search
from media_index.search.evaluation import Judged, summary
from media_index.search.filters.base import Scope

DEPTH = 1000
"""How far a ranking is looked at: what comes later counts as not found."""


class Command(ScanpixCommand):
    help = 'Measure search on cases, one JSON a line: {"query": "...", "relevant": ["path", ...]}.'

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("cases", metavar="CASES.jsonl", type=Path)
        parser.add_argument("--encoder", metavar="NAME", help="an encoder other than the active one")
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        encoder = encoder_service.encoder_named(options["encoder"]) if options["encoder"] else active_encoder()
        cases = _read(options["cases"])
        known = _media_by_path()
        judged = [_judge(query, relevant, known, encoder) for query, relevant in cases]
        gallery = Embedding.objects.filter(encoder=encoder).values("media").distinct().count()
        figures = {"encoder": encoder.name, "version": encoder.version, **summary(judged), "gallery": gallery}
        if options["json"]:
            self.document(figures)
            return
        for name, figure in figures.items():
            self.stdout.write(f"{name:<10} {figure}")


def _judge(query: str, relevant: list[str], known: dict[str, set[int]], encoder: Encoder) -> Judged:
    for path in relevant:
        if path not in known:
            raise CommandError(f"{path!r}, relevant for {query!r}, is in no source")
        if len(known[path]) > 1:
            raise CommandError(f"{path!r}, relevant for {query!r}, is in more than one source: write SOURCE:{path}")
    found = search(query, Scope.everything(), limit=DEPTH, encoder=encoder)
    if found.notice:
        raise CommandError(found.notice)
    ranking = [hit.media_id for hit in (*found.hits, *found.nearest)]
    return Judged(ranking, {media for path in relevant for media in known[path]}, silent=not found.hits)


def _media_by_path() -> dict[str, set[int]]:
    """Media by the path below the source's root, and by ``SOURCE:PATH``; several where sources hold the same path."""
    known: dict[str, set[int]] = {}
    rows = Location.objects.filter(gone_at__isnull=True, media__isnull=False)
    for source, path, media in rows.values_list("source__name", "path", "media"):
        known.setdefault(path, set()).add(media)
        known.setdefault(f"{source}:{path}", set()).add(media)
    return known


def _read(file: Path) -> list[tuple[str, list[str]]]:
    cases = []
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    cases.append(_case(line, f"{file}, line {number}"))
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CommandError(f"{file} is no UTF-8 text") from None
    if not cases:
        raise CommandError(f"{file} holds no cases")
    return cases


def _case(line: str, place: str) -> tuple[str, list[str]]:
    try:
        case = json.loads(line)
        query, relevant = case["query"], case["relevant"]
    except (ValueError, KeyError, TypeError):
        raise CommandError(f'{place}: wants {{"query": "...", "relevant": ["path", ...]}}') from None
    if (
        not isinstance(query, str)
        or not isinstance(relevant, list)
        or not all(isinstance(path, str) for path in relevant)
    ):
        raise CommandError(f"{place}: the query is a text and the relevant ones a list of paths")
    return query, relevant
