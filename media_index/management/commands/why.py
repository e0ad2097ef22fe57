"""All that is known of one file."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError

from media_index import plugins
from media_index.management.base import ScanpixCommand
from media_index.models import Location, Media, Source


class Command(ScanpixCommand):
    help = "All that is known of one file: its locations, the state of the work on it and why, and who sees it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", help="on this machine, below a source's root, or SOURCE:PATH")
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        found = _find(options["path"])
        if not found:
            raise CommandError(f"no source holds {options['path']!r}: is its folder linked, and has it been scanned?")
        documents = [_document(location) for location in found]
        if options["json"]:
            self.document(documents[0] if len(documents) == 1 else documents)
            return
        for document in documents:
            for line in _lines(document):
                self.stdout.write(line)


def _find(path: str) -> list[Location]:
    locations = Location.objects.select_related("source", "media")
    below = _as_kept(path)
    name, colon, rest = below.partition(":")
    if colon and Source.objects.filter(name=name).exists():
        return list(locations.filter(source__name=name, path=rest))
    for place in _places(path):
        for source in Source.objects.all():
            if place.is_relative_to(source.root):
                inside = list(locations.filter(source=source, path=_as_kept(str(place.relative_to(source.root)))))
                if inside:
                    return inside
    return list(locations.filter(path=below))


def _places(path: str) -> Iterator[Path]:
    """Where a path of this machine may lead: as it stands, for a file may be known by a link in its source, and with
    the links resolved that lead to its folder, for a source's root is known without any."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 (resolve() would follow the file's own link as well)
    yield absolute
    yield absolute.parent.resolve() / absolute.name


def _as_kept(path: str) -> str:
    """An argument as ``Location.path`` has it: what is no UTF-8 is replaced."""
    return path.encode(errors="surrogateescape").decode(errors="replace")


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
