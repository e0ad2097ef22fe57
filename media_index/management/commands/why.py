"""All that is known of one file."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError

from media_index import plugins
from media_index.management.base import ScanpixCommand
from media_index.management.paths import locations_named, nothing_named
from media_index.models import Location, Media


class Command(ScanpixCommand):
    help = "All that is known of one file: its locations, the state of the work on it and why, and who sees it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", help="on this machine, below a source's root, or SOURCE:PATH")
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        found = locations_named(options["path"])
        if not found:
            raise CommandError(nothing_named(options["path"]))
        documents = [_document(location) for location in found]
        if options["json"]:
            self.document(documents[0] if len(documents) == 1 else documents)
            return
        for document in documents:
            for line in _lines(document):
                self.stdout.write(line)


def _document(location: Location) -> dict[str, Any]:
    media = location.media
    document: dict[str, Any] = {"path": location.path, "source": location.source.name, "problem": location.problem}
    if media is None:
        return document
    document["locations"] = [
        {
            "source": other.source.name,
            "path": other.path,
            "size": other.size,
            "gone_at": other.gone_at,
            "problem": other.problem,
        }
        for other in media.locations.select_related("source")
    ]
    members = get_user_model().objects.order_by("username")
    document["seen_by"] = [
        one.username for one in members if Media.objects.visible_to(one).filter(pk=media.pk).exists()
    ]
    return document | plugins.export(media)


def _lines(value: Any, indent: int = 0) -> list[str]:
    """Nested data as indented lines for people."""
    space = "  " * indent
    if isinstance(value, dict):
        lines = []
        for key, inner in value.items():
            if isinstance(inner, dict | list) and inner:
                lines += [f"{space}{key}:", *_lines(inner, indent + 1)]
            else:
                lines.append(f"{space}{key}: {'-' if inner in (None, '', [], {}) else inner}")
        return lines
    if isinstance(value, list):
        return [line for inner in value for line in _item(inner, indent)]
    return [f"{space}{value}"]


def _item(value: Any, indent: int) -> list[str]:
    """One of a list, its first line behind a dash."""
    first, *others = _lines(value, indent + 1)
    return [f"{'  ' * indent}- {first.lstrip()}", *others]
