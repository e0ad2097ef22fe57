"""Persons and faces as plain rows, for commands and scripts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Q

from media_index.models import Location
from media_index.search.filters.base import Scope
from media_index.selectors import location_names
from people.models import Person
from people.persons import selectors

AT_ONCE = 2_000


def persons(scope: Scope) -> list[dict[str, Any]]:
    """Everybody who has a name, those in most photos of the scope first; a constant number of statements. For commands
    of this machine: also who is in no photo."""
    counts = selectors.photo_counts(scope)
    faces = {
        pk: (every, sure)
        for pk, every, sure in selectors.faces(scope)
        .filter(person__isnull=False)
        .order_by()
        .values_list("person")
        .annotate(every=Count("pk"), sure=Count("pk", filter=Q(confirmed=True)))
    }
    rows = [
        {
            "id": person.pk,
            "name": person.name,
            "aliases": [alias.name for alias in person.aliases.all()],
            "relation": person.relation,
            "birth_date": person.birth_date,
            "photos": counts.get(person.pk, 0),
            "faces": faces.get(person.pk, (0, 0))[0],
            "confirmed": faces.get(person.pk, (0, 0))[1],
            "hidden": person.hidden,
            "favourite": person.favourite,
        }
        for person in Person.objects.prefetch_related("aliases")
    ]
    return sorted(rows, key=lambda row: (-row["photos"], row["name"]))


def faces(scope: Scope) -> Iterator[dict[str, Any]]:
    """Every face in every file of the scope, by path: its ``box`` in pixels of the upright original (left, top, width,
    height), its group and person, or None."""
    rows = selectors.faces(scope).select_related("person", "media").order_by("media", "left", "pk")
    by_media: defaultdict[int, list[Any]] = defaultdict(list)
    for face in rows.iterator(chunk_size=AT_ONCE):
        by_media[face.media_id].append(face)
    live = Location.objects.filter(gone_at__isnull=True, source__in=scope.sources.order_by().values("pk"))
    files = live.filter(media__in=selectors.faces(scope).order_by().values("media")).order_by("source", "path")
    for location, path in location_names(files, scope.sources):
        yield from (_face(face, path) for face in by_media[location.media_id or 0])


def _face(face: Any, path: str) -> dict[str, Any]:
    width, height = face.media.width or 0, face.media.height or 0
    return {
        "path": path,
        "box": [
            round(face.left * width),
            round(face.top * height),
            round(face.width * width),
            round(face.height * height),
        ],
        "cluster": face.cluster_id,
        "person": face.person.name if face.person else None,
        "confirmed": face.confirmed,
        "quality": round(face.quality, 4),
    }
