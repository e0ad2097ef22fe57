"""How commands understand the name of a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from media_index.models import Location, Source


def locations_named(path: str) -> list[Location]:
    """The files that ``path`` names: on this machine, below a source's root, or ``SOURCE:PATH``. With their sources and
    media; several where sources hold the same path."""
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


def nothing_named(path: str) -> str:
    """What to tell where :func:`locations_named` finds nothing."""
    return f"no source holds {path!r}: is its folder linked, and has it been scanned?"
