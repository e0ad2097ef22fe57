"""Outcomes as rows: told twice they stand once, and a later one takes the place of the earlier."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from django.db import models

from media_index import thumbnail_store
from media_index.extractors.base import Outcome
from media_index.extractors.embedding import EmbeddingOutcome
from media_index.extractors.exif import MAX_TEXT, ExifOutcome
from media_index.extractors.labels import LabelsOutcome
from media_index.extractors.thumbnails import ThumbnailsOutcome
from media_index.models import Capture, Embedding, Encoder, Label, Media
from media_index.storing import CAPTURE_FIELDS, store_embeddings, store_exif, store_labels, store_thumbnails
from tests.factories import MediaFactory
from tests.media_index.places.known import placed

pytestmark = pytest.mark.django_db
GONE = 10**9
"""The id of a media that was unlinked while it was looked at."""


@pytest.fixture
def media(db: None) -> Media:
    return MediaFactory(has_preview=False)


def taken(**values: object) -> ExifOutcome:
    return ExifOutcome(datetime(2019, 6, 30, 23, 59), 60, "exif_offset", **values)


class TestExif:
    def test_time_goes_to_the_media_and_the_rest_to_its_capture(self, media: Media) -> None:
        outcome = taken(camera_make="Canon", camera_model="EOS 5D", lens="EF 50mm", iso=100, aperture=1.8,
                        exposure=0.004, focal_length=50.0, focal_length_35=50.0, latitude=-8.5, longitude=179.2,
                        altitude=3.0)  # fmt: skip
        store_exif([(media.pk, outcome)])
        store_exif([(media.pk, outcome)])
        media.refresh_from_db()
        assert (media.taken_at, media.taken_offset, media.taken_from) == (
            datetime(2019, 6, 30, 23, 59),
            60,
            "exif_offset",
        )
        (row,) = Capture.objects.values()
        assert row == {
            "media_id": media.pk, "place_id": None, **{name: getattr(outcome, name) for name in CAPTURE_FIELDS}
        }  # fmt: skip

    def test_a_later_one_replaces_all_of_it(self, media: Media) -> None:
        store_exif([(media.pk, taken(camera_model="EOS 5D", latitude=1.0, longitude=2.0))])
        store_exif([(media.pk, taken(lens="EF 50mm"))])
        capture = Capture.objects.get()
        assert (capture.camera_model, capture.lens, capture.latitude) == ("", "EF 50mm", None)

    def test_several_at_once_keep_apart(self) -> None:
        rows = MediaFactory.create_batch(3)
        store_exif([(one.pk, taken(iso=number)) for number, one in enumerate(rows)])
        assert list(Capture.objects.order_by("media").values_list("media", "iso")) == [
            (one.pk, number) for number, one in enumerate(rows)
        ]

    def test_the_longest_names_fit(self, media: Media) -> None:
        longest = "x" * MAX_TEXT
        store_exif([(media.pk, taken(camera_make=longest, camera_model=longest, lens=longest))])
        assert Capture.objects.get().lens

    def test_where_it_was_and_how_long(self, media: Media) -> None:
        for _ in range(2):
            store_exif(
                [(media.pk, taken(latitude=38.712, longitude=-9.13, place=placed(38.712, -9.13), duration=12.5))]
            )
        place = Capture.objects.get().place
        assert place is not None
        assert [level.name for level in place.levels()] == ["Alfama", "Lisbon", "Portugal"]
        media.refresh_from_db()
        assert media.duration == 12.5
        store_exif([(media.pk, taken())])
        media.refresh_from_db()
        assert (Capture.objects.get().place, media.duration) == (None, None)

    def test_every_field_of_a_capture_is_stored(self) -> None:
        fields = {field.name for field in Capture._meta.get_fields() if isinstance(field, models.Field)}
        assert fields - {"media", "place"} == set(CAPTURE_FIELDS)


class TestLabels:
    def test_are_replaced_as_a_whole(self, media: Media) -> None:
        other = MediaFactory()
        Label.objects.create(media=other, name="cat", score=0.1)
        store_labels([(media.pk, LabelsOutcome((("dog", 0.9), ("ball", 0.05))))])
        for _ in range(2):
            store_labels([(media.pk, LabelsOutcome((("dog", 0.7), ("bone", 0.2))))])
        assert list(media.labels.values_list("name", "score")) == [("dog", 0.7), ("bone", 0.2)]
        assert other.labels.get().name == "cat"

    def test_none_any_more(self, media: Media) -> None:
        Label.objects.create(media=media, name="dog", score=0.9)
        store_labels([(media.pk, LabelsOutcome(()))])
        assert not Label.objects.exists()


class TestEmbeddings:
    @pytest.fixture
    def encoders(self, db: None) -> list[Encoder]:
        return [
            Encoder.objects.create(name=name, version="1", dimensions=size)
            for name, size in [("small", 2), ("large", 3)]
        ]

    def test_two_encoders_side_by_side(self, media: Media, encoders: list[Encoder]) -> None:
        outcomes: list[tuple[int, Outcome]] = [
            (media.pk, EmbeddingOutcome("small", "1", np.array([1, 0], np.float32))),
            (media.pk, EmbeddingOutcome("large", "1", np.array([0, 0, 1], np.float32))),
        ]
        store_embeddings(outcomes)
        store_embeddings(outcomes)
        found = dict(Embedding.objects.values_list("encoder__name", "vector"))
        assert {name: list(vector) for name, vector in found.items()} == {"small": [1, 0], "large": [0, 0, 1]}
        assert Embedding.objects.count() == 2

    def test_a_later_vector_replaces_the_earlier(self, media: Media, encoders: list[Encoder]) -> None:
        for vector in ([1, 0], [0, 1]):
            store_embeddings([(media.pk, EmbeddingOutcome("small", "1", np.array(vector, np.float32)))])
        assert list(Embedding.objects.get().vector) == [0, 1]

    def test_one_that_was_removed_meanwhile_stores_nothing(self, media: Media, encoders: list[Encoder]) -> None:
        encoders[0].delete()
        store_embeddings([(media.pk, EmbeddingOutcome("small", "1", np.array([1, 0], np.float32)))])
        assert not Embedding.objects.exists()


class TestThumbnails:
    def test_pictures_and_what_was_learnt_of_the_original(self, media: Media) -> None:
        pictures = {size: size.encode() for size in thumbnail_store.SIZES}
        outcome = ThumbnailsOutcome(
            **pictures, placeholder=b"tiny", width=300, height=400, format="GIF", mime="image/gif", frames=2
        )
        for _ in range(2):
            store_thumbnails([(media.pk, outcome)])
        media.refresh_from_db()
        assert media.has_preview
        assert (media.width, media.height, media.frames, media.mime) == (300, 400, 2, "image/gif")
        assert bytes(media.placeholder) == b"tiny"
        for size, content in pictures.items():
            assert thumbnail_store.file(media.content_hash, size).read_bytes() == content


def test_what_is_gone_meanwhile_is_left_out(media: Media) -> None:
    store_exif([(GONE, taken()), (media.pk, taken(iso=200))])
    assert Capture.objects.get().iso == 200
    store_exif([])
    store_thumbnails([])
    store_labels([])
    store_embeddings([])
