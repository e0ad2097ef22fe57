"""How the outcomes of the index's own extractors become rows. Each runs inside the transaction of its batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from media_index import thumbnail_store
from media_index.extractors.base import Outcome
from media_index.extractors.embedding import EmbeddingOutcome
from media_index.extractors.exif import ExifOutcome
from media_index.extractors.labels import LabelsOutcome
from media_index.extractors.palette import PaletteOutcome
from media_index.extractors.thumbnails import ThumbnailsOutcome
from media_index.models import Capture, Colour, Embedding, Encoder, Label, Media, Palette
from media_index.place_rows import innermost_code, place_rows

CAPTURE_FIELDS = (
    "camera_make",
    "camera_model",
    "lens",
    "iso",
    "aperture",
    "exposure",
    "focal_length",
    "focal_length_35",
    "latitude",
    "longitude",
    "altitude",
)


def _rows(outcomes: Iterable[tuple[int, Outcome]]) -> dict[int, Media]:
    return Media.objects.in_bulk([media_id for media_id, _ in outcomes])


def store_exif(outcomes: Sequence[tuple[int, Outcome]]) -> None:
    """When the photo was taken and how long a video is goes to its media, how and where to its capture."""
    rows = _rows(outcomes)
    captures = []
    places = place_rows(one.place for _, one in outcomes if isinstance(one, ExifOutcome) and one.place is not None)
    for media_id, outcome in outcomes:
        if not isinstance(outcome, ExifOutcome) or media_id not in rows:
            continue
        media = rows[media_id]
        media.taken_at = outcome.taken_at
        media.taken_offset = outcome.taken_offset
        media.taken_from = outcome.taken_from
        media.duration = outcome.duration
        facts = {name: getattr(outcome, name) for name in CAPTURE_FIELDS}
        place = None if outcome.place is None else places[innermost_code(outcome.place)]
        captures.append(Capture(media_id=media_id, place_id=place, **facts))
    Media.objects.bulk_update(rows.values(), ["taken_at", "taken_offset", "taken_from", "duration"])
    Capture.objects.bulk_create(
        captures, update_conflicts=True, unique_fields=["media"], update_fields=[*CAPTURE_FIELDS, "place"]
    )


def store_thumbnails(outcomes: Sequence[tuple[int, Outcome]]) -> None:
    """Pictures go to the thumbnail store, what their making told of the original to its media."""
    rows = _rows(outcomes)
    pictures: dict[str, dict[str, bytes]] = {}
    for media_id, outcome in outcomes:
        if not isinstance(outcome, ThumbnailsOutcome) or media_id not in rows:
            continue
        media = rows[media_id]
        pictures[media.content_hash] = {size: getattr(outcome, size) for size in thumbnail_store.SIZES}
        media.width, media.height = outcome.width, outcome.height
        media.frames, media.mime = outcome.frames, outcome.mime
        media.placeholder = outcome.placeholder
        media.has_preview = True
    thumbnail_store.write_all(pictures)
    Media.objects.bulk_update(rows.values(), ["width", "height", "frames", "mime", "placeholder", "has_preview"])


def store_labels(outcomes: Sequence[tuple[int, Outcome]]) -> None:
    """The labels of a media are replaced as a whole."""
    ids = [media_id for media_id, _ in outcomes]
    Label.objects.filter(media__in=ids).delete()
    Label.objects.bulk_create(
        Label(media_id=media_id, name=name, score=score)
        for media_id, outcome in outcomes
        if isinstance(outcome, LabelsOutcome)
        for name, score in outcome.labels
    )


def store_palettes(outcomes: Sequence[tuple[int, Outcome]]) -> None:
    """The colours of a media are replaced as a whole."""
    found = [(media_id, outcome) for media_id, outcome in outcomes if isinstance(outcome, PaletteOutcome)]
    Palette.objects.bulk_create(
        (Palette(media_id=media_id, monochrome=outcome.monochrome) for media_id, outcome in found),
        update_conflicts=True,
        unique_fields=["media"],
        update_fields=["monochrome"],
    )
    Colour.objects.filter(media__in=[media_id for media_id, _ in found]).delete()
    Colour.objects.bulk_create(
        Colour(media_id=media_id, name=swatch.name, share=swatch.share, lightness=swatch.lab[0],
               green_red=swatch.lab[1], blue_yellow=swatch.lab[2])
        for media_id, outcome in found
        for swatch in outcome.swatches
    )  # fmt: skip


def store_embeddings(outcomes: Sequence[tuple[int, Outcome]]) -> None:
    """One vector of a photo and encoder; an encoder that was taken away meanwhile stores nothing."""
    encoders = {(name, version): pk for name, version, pk in Encoder.objects.values_list("name", "version", "pk")}
    Embedding.objects.bulk_create(
        (
            Embedding(media_id=media_id, encoder_id=encoders[outcome.encoder, outcome.version], vector=outcome.vector)
            for media_id, outcome in outcomes
            if isinstance(outcome, EmbeddingOutcome) and (outcome.encoder, outcome.version) in encoders
        ),
        update_conflicts=True,
        unique_fields=["media", "encoder", "moment"],
        update_fields=["vector"],
    )
