"""How the outcomes of the index's own extractors become rows. Each runs inside the transaction of its batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from media_index import thumbnail_store
from media_index.extractors.base import Outcome
from media_index.extractors.embedding import EmbeddingOutcome
from media_index.extractors.exif import ExifOutcome
from media_index.extractors.fingerprint import FingerprintOutcome
from media_index.extractors.labels import LabelsOutcome
from media_index.extractors.palette import PaletteOutcome
from media_index.extractors.thumbnails import ThumbnailsOutcome
from media_index.models import Capture, Colour, Edited, Embedding, Encoder, Fingerprint, Label, Media, Palette
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
FILE_WORD = (
    "file_taken_at",
    "file_taken_offset",
    "file_taken_from",
    "file_latitude",
    "file_longitude",
    "file_altitude",
    "file_named",
)
"""What is kept of the file's word where people said something themselves."""


def _rows(outcomes: Iterable[tuple[int, Outcome]]) -> dict[int, Media]:
    return Media.objects.in_bulk([media_id for media_id, _ in outcomes])


def store_exif(outcomes: Sequence[tuple[int, Outcome]]) -> None:
    """When the photo was taken and how long a video is goes to its media, how and where to its capture."""
    rows, edited = _locked(outcomes)
    captures = []
    places = place_rows(one.place for _, one in outcomes if isinstance(one, ExifOutcome) and one.place is not None)
    for media_id, outcome in outcomes:
        if not isinstance(outcome, ExifOutcome) or media_id not in rows:
            continue
        media, said = rows[media_id], edited.get(media_id)
        media.duration = outcome.duration
        facts = {name: getattr(outcome, name) for name in CAPTURE_FIELDS}
        place = None if outcome.place is None else places[innermost_code(outcome.place)]
        capture = Capture(media_id=media_id, place_id=place, **facts)
        if said is None or not said.taken:
            media.taken_at = outcome.taken_at
            media.taken_offset = outcome.taken_offset
            media.taken_from = outcome.taken_from
        if said is not None:
            _put_aside(said, outcome, capture)
        captures.append(capture)
    Edited.objects.bulk_update(edited.values(), FILE_WORD)
    Media.objects.bulk_update(rows.values(), ["taken_at", "taken_offset", "taken_from", "duration"])
    Capture.objects.bulk_create(
        captures, update_conflicts=True, unique_fields=["media"], update_fields=[*CAPTURE_FIELDS, "place"]
    )


def _locked(outcomes: Sequence[tuple[int, Outcome]]) -> tuple[dict[int, Media], dict[int, Edited]]:
    """The media of a batch, and what people said of them. Locked first: what somebody says meanwhile waits, and stands
    when this is done."""
    ids = [media_id for media_id, _ in outcomes]
    media = Media.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    return {one.pk: one for one in media}, Edited.objects.in_bulk(ids)


def _put_aside(said: Edited, outcome: ExifOutcome, capture: Capture) -> None:
    """What the file says is kept beside people's word, and gives way to it in the capture."""
    said.file_taken_at, said.file_taken_offset = outcome.taken_at, outcome.taken_offset
    said.file_taken_from = outcome.taken_from
    said.file_latitude, said.file_longitude = capture.latitude, capture.longitude
    said.file_altitude, said.file_named_id = capture.altitude, capture.place_id
    if said.place:
        capture.latitude, capture.longitude, capture.altitude = said.latitude, said.longitude, None
        capture.place_id = said.named_id


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


def store_fingerprints(outcomes: Sequence[tuple[int, Outcome]]) -> None:
    """The hash of a media, to be compared with all others."""
    Fingerprint.objects.bulk_create(
        (
            Fingerprint(media_id=media_id, bits=outcome.bits, flat=outcome.flat, compared=False)
            for media_id, outcome in outcomes
            if isinstance(outcome, FingerprintOutcome)
        ),
        update_conflicts=True,
        unique_fields=["media"],
        update_fields=["bits", "flat", "compared"],
    )
