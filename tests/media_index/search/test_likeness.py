"""``similar:``: what it ranks, names and keeps, and that nobody is told of what they may not see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from media_index.models import Embedding, Encoder, Media, Sample, Source
from media_index.models.sample import SAMPLE_LIFE
from media_index.search.engine import search
from media_index.search.filters.base import Scope
from media_index.search.likeness import of_media, of_sample
from media_index.search.vectors.calibration import Calibration
from people.models import Member
from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory
from tests.media_index import colour_encoder

ALL = Scope.everything


def ids(query: str, scope: Scope | None = None) -> list[int]:
    return [hit.media_id for hit in search(query, scope or ALL()).hits]


def problem(query: str, scope: Scope | None = None) -> str:
    (one,) = search(query, scope or ALL()).problems
    return one.message


def embed(encoder: Encoder, media: Media, vector: Sequence[float]) -> Media:
    row = np.array(vector, np.float32)
    Embedding.objects.create(media=media, encoder=encoder, vector=row / np.linalg.norm(row))
    return media


@pytest.fixture
def source(db: None) -> Source:
    return SourceFactory()


@pytest.fixture
def photos(colours: Encoder, source: Source) -> list[Media]:
    """Red, nearly the same red, reddish, blue."""
    vectors = ([1, 0, 0], [1, 0, 0.05], [1, 0, 0.9], [0, 0, 1])
    return [embed(colours, MediaFactory(sources=[source]), vector) for vector in vectors]


def sample_of(member: Member, encoder: Encoder, given: Sequence[float], **values: object) -> Sample:
    values = {"state": "ready", "encoder": encoder, "vector": given, "token": f"{len(given):032x}"} | values
    return Sample.objects.create(member=member, **values)


class TestRanking:
    def test_the_most_alike_first_without_itself(self, photos: list[Media]) -> None:
        found = search(of_media(photos[0]), ALL())
        assert [hit.media_id for hit in found.hits] == [photo.pk for photo in photos[1:]]
        assert [chip.sentence for chip in found.understood] == ["like this photo"]
        assert found.hits[0].score == pytest.approx(1, abs=0.01)
        assert all("like this photo" in hit.why for hit in found.hits)
        assert found.nearest == () and found.encoder_key == "colour:small@1"

    def test_by_number_too(self, photos: list[Media]) -> None:
        assert ids(f"similar:{photos[3].pk}") == [photo.pk for photo in (photos[2], photos[1], photos[0])]

    def test_with_filters(self, photos: list[Media]) -> None:
        Media.objects.filter(pk=photos[1].pk).update(kind="video")
        assert ids(f"{of_media(photos[0])} type:photo") == [photos[2].pk, photos[3].pk]

    def test_with_words(self, photos: list[Media]) -> None:
        assert ids(f"{of_media(photos[0])} blue")[0] == photos[2].pk

    def test_like_both_of_two(self, photos: list[Media]) -> None:
        assert ids(f"similar:{photos[0].pk}|{photos[3].pk}") == [photos[2].pk, photos[1].pk]

    def test_every_moment_of_a_video_counts(self, photos: list[Media], colours: Encoder, source: Source) -> None:
        video = MediaFactory(sources=[source], kind="video")
        for moment, vector in ((0, [0, 0, 1]), (1, [0, 0, 1]), (2, [0, 1, 0])):
            Embedding.objects.create(media=video, encoder=colours, moment=moment, vector=vector)
        assert ids(f"similar:{video.pk}")[0] == photos[3].pk

    def test_the_background_of_a_calibrated_encoder_is_left_out(
        self, colours: Encoder, source: Source, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(colour_encoder.CALIBRATIONS, "1", Calibration(np.eye(3, dtype=np.float32), 1, 1.0))
        Encoder.objects.update(dimensions=4)
        red, near, far = MediaFactory.create_batch(3, sources=[source])
        # The one that is less alike has the background that text would like better.
        for photo, vector in ((red, [1, 0, 0, 0.9]), (near, [0.99, 0.14, 0, 0.9]), (far, [0.8, 0.6, 0, -0.9])):
            Embedding.objects.create(media=photo, encoder=colours, vector=vector)
        found = search(of_media(red), ALL())
        assert [hit.media_id for hit in found.hits] == [near.pk, far.pk]
        assert found.hits[1].score == pytest.approx(0.8, abs=0.01)


class TestAsASet:
    def test_taken_away_its_near_identical_shots_go(self, photos: list[Media]) -> None:
        assert set(ids(f"-{of_media(photos[0])}")) == {photos[2].pk, photos[3].pk}

    def test_or(self, photos: list[Media]) -> None:
        Media.objects.filter(pk=photos[3].pk).update(kind="video")
        assert set(ids(f"({of_media(photos[0])} | type:video)")) == {photos[0].pk, photos[1].pk, photos[3].pk}

    def test_without_a_vector_it_is_the_photo_alone(self, photos: list[Media], source: Source) -> None:
        bare = MediaFactory(sources=[source])
        assert set(ids(f"-similar:{bare.pk}")) == {photo.pk for photo in photos}


class TestNames:
    @pytest.mark.parametrize("value", ["x", "8f", "8f3g", "upload", "-1", "1" * 19 + "g", "ß"])
    def test_what_is_none(self, photos: list[Media], value: str) -> None:
        assert "wants the number of a photo" in problem(f"similar:{value}")

    def test_one_that_is_not_there(self, photos: list[Media]) -> None:
        assert problem("similar:99999999") == "similar: knows no photo 99999999"
        assert problem("similar:abcdef") == "similar: knows no photo abcdef"

    def test_a_beginning_of_several(self, colours: Encoder, source: Source) -> None:
        for end in "12":
            MediaFactory(sources=[source], content_hash="abcd" + end * 60)
        assert "several photos begin with abcd" in problem("similar:abcd")
        assert search("similar:ABCD1", ALL()).problems == ()

    def test_a_number_before_a_hash(self, colours: Encoder, source: Source) -> None:
        numbered = MediaFactory(sources=[source], pk=12345)
        MediaFactory(sources=[source], content_hash="12345" + "a" * 59)
        embed(colours, numbered, [1, 0, 0])
        assert search("similar:12345", ALL()).notice == ""

    def test_one_without_a_vector_yet(self, photos: list[Media], source: Source) -> None:
        found = search(f"similar:{MediaFactory(sources=[source]).pk}", ALL())
        assert "not been looked at yet" in found.notice


class TestWhoMayAsk:
    def test_a_strangers_photo_is_as_unknown_as_none(self, photos: list[Media], colours: Encoder) -> None:
        secret = embed(colours, MediaFactory(sources=[PrivateSourceFactory()]), [1, 0, 0])
        scope = Scope.of(MemberFactory())
        for value in (str(secret.pk), secret.content_hash[:16]):
            assert problem(f"similar:{value}", scope) == f"similar: knows no photo {value}"
        assert secret.pk not in ids(of_media(photos[0]), scope)
        assert secret.pk in ids(of_media(photos[0]))

    def test_a_picture_that_was_brought(self, photos: list[Media], colours: Encoder) -> None:
        member = MemberFactory()
        sample = sample_of(member, colours, [0, 0, 1])
        found = search(of_sample(sample), Scope.of(member))
        assert found.hits[0].media_id == photos[3].pk and len(found.hits) == 4
        assert found.understood[0].sentence == "like your picture"

    def test_is_for_who_brought_it_alone(self, photos: list[Media], colours: Encoder) -> None:
        sample = sample_of(MemberFactory(), colours, [0, 0, 1])
        for scope in (Scope.of(MemberFactory(is_staff=True)), ALL()):
            assert "not here any more" in problem(of_sample(sample), scope)

    def test_and_for_a_while(self, photos: list[Media], colours: Encoder) -> None:
        member = MemberFactory()
        sample = sample_of(member, colours, [0, 0, 1])
        Sample.objects.update(created_at=timezone.now() - SAMPLE_LIFE - timedelta(seconds=1))
        assert "not here any more" in problem(of_sample(sample), Scope.of(member))

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"state": "waiting", "vector": None}, "still being looked at"),
            ({"state": "failed", "vector": None}, "again"),
        ],
    )
    def test_one_that_is_not_ready(
        self, photos: list[Media], colours: Encoder, values: dict[str, object], said: str
    ) -> None:
        member = MemberFactory()
        sample = sample_of(member, colours, [0, 0, 1], **values)
        assert said in search(of_sample(sample), Scope.of(member)).notice

    def test_one_of_an_encoder_that_is_not_in_use_any_more(self, photos: list[Media]) -> None:
        member = MemberFactory()
        other = Encoder.objects.create(name="other", version="1", dimensions=3)
        sample = sample_of(member, other, [0, 0, 1])
        assert "bring it again" in search(of_sample(sample), Scope.of(member)).notice
