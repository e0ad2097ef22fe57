"""What stacking needs to know of media, from the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from media_index.duplicates.near import bits_of
from media_index.duplicates.stacking import Shot, best, place
from media_index.models import Capture, Fingerprint, Location, Media

BY_CAMERA = (Media.TakenFrom.EXIF, Media.TakenFrom.EXIF_OFFSET)


def shots_of(media_ids: Collection[int]) -> dict[int, Shot]:
    """Four statements, however many there are."""
    cameras = {
        pk: f"{make} {model}".strip()
        for pk, make, model in Capture.objects.filter(media__in=media_ids).values_list(
            "media", "camera_make", "camera_model"
        )
    }
    prints = {row.media_id: bits_of(row) for row in Fingerprint.objects.filter(media__in=media_ids, flat=False)}
    places: defaultdict[int, set[tuple[int, bytes, str]]] = defaultdict(set)
    for row in Location.objects.filter(media__in=media_ids, gone_at__isnull=True):
        places[row.media_id or 0].add(place(row.source_id, bytes(row.folder_hash), row.name))
    return {
        row.pk: Shot(
            media=row.pk,
            kind=row.kind,
            mime=row.mime,
            taken_at=row.taken_at,
            by_camera=row.taken_from in BY_CAMERA,
            camera=cameras.get(row.pk, ""),
            bits=prints.get(row.pk),
            places=frozenset(places[row.pk]),
            pixels=(row.width or 0) * (row.height or 0),
            size=row.size,
            duration=row.duration,
        )
        for row in Media.objects.filter(pk__in=media_ids)
    }


def best_of(media_ids: Collection[int]) -> int:
    """Which of these should lie on top."""
    return best(list(shots_of(media_ids).values())).media
