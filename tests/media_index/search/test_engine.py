"""Search from what is typed to hits: filters, chips, problems, ranking with a real encoder, and who finds what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from django.conf import LazySettings
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from media_index import plugins
from media_index.encoders.conse import ConseEncoder
from media_index.extractors.base import ExtractorOptions
from media_index.models import Capture, Embedding, Encoder, Label, Media, Source
from media_index.plugins import Plugin
from media_index.search import asking, engine
from media_index.search.engine import search
from media_index.search.filters.base import Filter, Scope
from media_index.search.vectors.calibration import Calibration, Relevance
from media_index.search.vectors.text_side import TextSide
from tests.factories import LocationFactory, MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory
from tests.media_index import colour_encoder

pytestmark = pytest.mark.django_db
ALL = Scope.everything
NOBODY = (Filter("who", "who:anna", "Who.", lambda value, scope: Q(pk__in=[]), lambda value: value),)


@pytest.fixture
def source(db: None) -> Source:
    return SourceFactory()


def ids(query: str, scope: Scope, **options: object) -> list[int]:
    return [hit.media_id for hit in search(query, scope, **options).hits]


def embed(encoder: Encoder, media: Sequence[Media], texts: Sequence[str]) -> None:
    """Vectors of colours that the texts name, as if the photos were these."""
    vectors = colour_encoder.ColourEncoder(encoder.name).encode_texts(texts)
    Embedding.objects.bulk_create(
        Embedding(media=one, encoder=encoder, vector=vector) for one, vector in zip(media, vectors, strict=True)
    )


class TestFilters:
    def test_alone_give_the_newest_first(self, source: Source) -> None:
        old = MediaFactory(sources=[source], taken_at=datetime(2001, 5, 1))
        new, twin = MediaFactory.create_batch(2, sources=[source], taken_at=datetime(2009, 5, 1))
        MediaFactory(sources=[source], kind="video")
        found = search("type:photo", ALL())
        assert [hit.media_id for hit in found.hits] == [twin.pk, new.pk, old.pk]
        assert {(hit.score, hit.moment, hit.why) for hit in found.hits} == {(1.0, None, ("only photos",))}
        assert (found.count, found.notice, found.problems) == (3, "", ())
        assert ids("type:photo", ALL(), limit=2) == [twin.pk, new.pk]

    def test_all_must_hold(self, source: Source) -> None:
        both, *_ = (MediaFactory(sources=[source], kind=kind, taken_at=at) for kind, at in [
            ("video", datetime(2019, 1, 1)), ("video", datetime(2020, 1, 1)), ("image", datetime(2019, 1, 1)),
        ])  # fmt: skip
        found = search("year:2019 type:video", ALL())
        assert [hit.media_id for hit in found.hits] == [both.pk]
        assert found.hits[0].why == ("taken in 2019", "only videos")

    def test_the_same_key_twice_means_both(self, source: Source) -> None:
        media = MediaFactory(sources=[source])
        Label.objects.create(media=media, name="dog", score=0.5)
        Label.objects.create(media=media, name="ball", score=0.5)
        Label.objects.create(media=MediaFactory(sources=[source]), name="dog", score=0.5)
        assert ids("label:dog label:ball", ALL()) == [media.pk]

    def test_a_file_in_two_places_is_found_once(self, source: Source) -> None:
        media = MediaFactory(sources=[source, source, SourceFactory()])
        assert ids("filename:photo", ALL()) == [media.pk]

    def test_nothing_typed_finds_nothing(self, source: Source) -> None:
        MediaFactory(sources=[source])
        for query in ("", "   ", '""', '"'):
            found = search(query, ALL())
            assert (found.hits, found.notice) == ((), "")


class TestChips:
    def test_each_can_be_taken_away(self) -> None:
        found = search('type:photo  -camera:"pixel 7" year:2019 -snow', ALL())
        assert [(chip.sentence, chip.text, chip.without) for chip in found.understood] == [
            ("only photos", "type:photo", '-camera:"pixel 7" year:2019 -snow'),
            ("not camera: pixel 7", '-camera:"pixel 7"', "type:photo year:2019 -snow"),
            ("taken in 2019", "year:2019", 'type:photo -camera:"pixel 7" -snow'),
            ("not labelled snow", "-snow", 'type:photo -camera:"pixel 7" year:2019'),
        ]

    def test_what_cannot_be_read_has_none(self, source: Source) -> None:
        found = search("year:soon", ALL())
        assert found.understood == found.hits == ()


class TestProblems:
    def test_each_tells_its_position_and_the_rest_is_searched(self, source: Source) -> None:
        photo = MediaFactory(sources=[source])
        MediaFactory(sources=[source], kind="video")
        found = search('type:photo year:soon -has:wings camera:"" "', ALL())
        assert {one.position: one.message for one in found.problems} == {
            11: "year: wants a year or a range of years, like 2019 or 2019..2021",
            21: "has: wants one of album, camera, caption, date, faces, gps, labels, lens, people, place, rating, tag, "
            "title",
            32: "camera: wants a value, like camera:pixel",
            42: "The quotation mark is never closed.",
        }
        assert [hit.media_id for hit in found.hits] == [photo.pk]

    def test_the_text_is_ranked_as_well(self, source: Source, colours: Encoder) -> None:
        red, blue = MediaFactory.create_batch(2, sources=[source])
        embed(colours, [red, blue], ["red", "blue"])
        found = search("blue year:soon", ALL())
        assert [hit.media_id for hit in found.hits] == [blue.pk, red.pk]
        assert len(found.problems) == 1

    @pytest.mark.parametrize("query", ["\0", "label:\0x", "x" * 5000, "label:" + "(" * 900, "camera:\udcff", "\ud800"])
    def test_whatever_is_typed_is_answered(self, query: str, colours: Encoder) -> None:
        assert search(query, ALL()).hits == ()


class TestNotice:
    """Text that cannot be searched now is said so, with what was understood."""

    def test_before_there_is_an_encoder(self, source: Source) -> None:
        MediaFactory(sources=[source])
        found = search("beach type:photo", ALL())
        assert found.notice == "no encoder is active: run `manage.py models activate NAME`"
        assert (found.hits, len(found.understood)) == ((), 1)

    def test_filters_alone_need_none(self, source: Source) -> None:
        media = MediaFactory(sources=[source])
        assert ids("type:photo", ALL()) == [media.pk]

    def test_an_encoder_that_is_not_there_any_more(
        self, source: Source, settings: LazySettings, tmp_path: Path
    ) -> None:
        settings.MODELS = tmp_path
        Encoder.objects.create(name="open_clip:ViT-B-32/gone.pt", version="1", dimensions=512, state="active")
        found = search("beach", ALL())
        assert "gone.pt" in found.notice
        assert "\n" not in found.notice

    def test_only_one_that_was_built_beside(self, colours: Encoder) -> None:
        Encoder.objects.update(state=Encoder.State.BUILDING)
        assert search("beach", ALL()).notice.startswith("no encoder is active")


class TestRanking:
    def test_nearest_first_with_the_cosine(self, source: Source, colours: Encoder) -> None:
        media = MediaFactory.create_batch(3, sources=[source])
        embed(colours, media, ["red", "red blue", "blue"])
        found = search("blue", ALL())
        assert [hit.media_id for hit in found.hits] == [media[2].pk, media[1].pk, media[0].pk]
        assert [hit.score for hit in found.hits] == pytest.approx([1.0, 0.7071, 0.002], abs=2e-3)
        assert ids("blue", ALL(), limit=1) == [media[2].pk]

    def test_among_what_the_filters_leave(self, source: Source, colours: Encoder) -> None:
        media = [MediaFactory(sources=[source], kind=kind) for kind in ("image", "video", "video")]
        embed(colours, media, ["blue", "blue", "red"])
        assert ids("blue type:video", ALL()) == [media[1].pk, media[2].pk]
        assert ids("blue -type:video", ALL()) == [media[0].pk]

    def test_without_a_vector_a_photo_is_not_found_by_text(self, source: Source, colours: Encoder) -> None:
        MediaFactory(sources=[source])
        assert ids("blue", ALL()) == []

    def test_by_an_encoder_beside_the_active_one(self, source: Source, colours: Encoder) -> None:
        other = Encoder.objects.create(name=colour_encoder.LARGE, version="1", dimensions=8)
        media = MediaFactory.create_batch(2, sources=[source])
        embed(colours, media, ["red", "blue"])
        embed(other, media[:1], ["red"])
        assert ids("blue", ALL()) == [media[1].pk, media[0].pk]
        assert ids("blue", ALL(), encoder=other) == [media[0].pk]

    def test_of_the_few_that_a_filter_leaves_none_is_kept_back(
        self, source: Source, colours: Encoder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        relevance = Relevance(slope=20, intercept=-16, threshold=0.5, cut=0.3)
        calibration = Calibration(np.eye(3, dtype=np.float32), 1, 0.0, relevance=relevance)
        monkeypatch.setattr(colour_encoder, "CALIBRATIONS", {"1": calibration})
        Encoder.objects.update(dimensions=4)
        media = [MediaFactory(sources=[source], kind=kind) for kind in ("image", "image", "video")]
        for one, vector in zip(media, ([1, 0, 0, 0.5], [0, 0.6, 0.8, 0.5], [1, 0, 0, 0.5]), strict=True):
            Embedding.objects.create(media=one, encoder=colours, vector=vector)
        left = [media[1].pk, media[0].pk]
        assert (ids("green", ALL()), ids("green type:photo", ALL())) == ([], left)
        assert search("green type:photo", ALL()).nearest == ()
        assert ids("green type:photo", ALL(), limit=1) == left[:1]
        monkeypatch.setattr(engine, "FEW", 1)
        assert [hit.media_id for hit in search("green type:photo", ALL(), limit=1).nearest] == left[:1]
        assert ids("green type:photo", ALL()) == []

    def test_a_filter_that_can_match_nothing(self, source: Source, colours: Encoder) -> None:
        """A plug-in's filter may know before asking the database that there is nobody of that name."""
        plugins.register(Plugin("nobody", filters=f"{__name__}.NOBODY"))
        media = MediaFactory(sources=[source])
        embed(colours, [media], ["blue"])
        assert ids("blue who:anna", ALL()) == ids("who:anna", ALL()) == []
        assert ids("blue -who:anna", ALL()) == ids("-who:anna", ALL()) == [media.pk]

    @pytest.mark.parametrize(
        ("query", "labels", "why"),
        [
            ("two Dogs", ["beagle dog", "tennis ball"], ("shows: beagle dog",)),
            ("dog with ball", ["beagle dog", "tennis ball"], ("shows: beagle dog", "shows: tennis ball")),
            ("boxes", ["box"], ("shows: box",)),
            ("dogsled", ["beagle dog"], ("similar: beagle dog",)),
            ("blue sky", [], ("looks like “blue sky”",)),
            ("a type:photo", ["cat"], ("similar: cat", "only photos")),
            ("big cat", ["wild cat", "house cat", "big fish", "cat tree"], tuple(
                f"shows: {name}" for name in ("wild cat", "house cat", "big fish"))),
        ],
    )  # fmt: skip
    def test_why(self, source: Source, colours: Encoder, query: str, labels: list[str], why: tuple[str, ...]) -> None:
        media = MediaFactory(sources=[source])
        embed(colours, [media], ["red"])
        for rank, name in enumerate(labels):
            Label.objects.create(media=media, name=name, score=0.9 - rank / 10)
        (hit,) = search(query, ALL()).hits
        assert hit.why == why

    def test_with_the_bundled_encoder(
        self, source: Source, bundled_models: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.MODELS = bundled_models
        side = TextSide()
        monkeypatch.setattr(asking, "TEXT_SIDE", side)
        model = ConseEncoder(ExtractorOptions(models=bundled_models, threads=2), version="1")
        encoder = Encoder.objects.create(
            name=model.name, version=model.version, dimensions=model.dimensions, state=Encoder.State.ACTIVE
        )
        captions = ["a sailing boat on the sea", "a dog that plays with a ball", "a plate of pasta with tomatoes"]
        media = MediaFactory.create_batch(3, sources=[source])
        for one, vector in zip(media, model.encode_texts(captions), strict=True):
            Embedding.objects.create(media=one, encoder=encoder, vector=vector)
        firsts = [ids(query, ALL())[0] for query in ("yacht on the ocean", "puppy", "spaghetti for dinner")]
        assert firsts == [one.pk for one in media]
        (best, *_) = search(captions[1], ALL()).hits
        assert (best.media_id, best.score) == (media[1].pk, pytest.approx(1, abs=1e-3))
        assert side.unload_when_idle(0)
        model.unload()


class TestWhoFindsWhat:
    """What lies in somebody else's private source does not exist for a member, nor do its paths."""

    @pytest.fixture
    def private(self, db: None) -> Source:
        return PrivateSourceFactory(name="Diary")

    def test_private_files_are_never_hits(self, source: Source, private: Source, colours: Encoder) -> None:
        shared, secret = MediaFactory(sources=[source]), MediaFactory(sources=[private])
        embed(colours, [shared, secret], ["red", "blue"])
        stranger, owner = Scope.of(MemberFactory()), Scope.of(private.owner)
        for query in ("blue", "type:photo", "-type:video", "blue -has:gps"):
            assert ids(query, stranger) == [shared.pk]
            assert set(ids(query, owner)) == {shared.pk, secret.pk}

    @pytest.mark.parametrize("query", ["source:Diary", "path:love/", "filename:letter", "blue path:love/"])
    def test_a_private_copy_of_a_shared_file_tells_nothing(
        self, source: Source, private: Source, colours: Encoder, query: str
    ) -> None:
        media = MediaFactory()
        embed(colours, [media], ["blue"])
        LocationFactory(source=source, media=media, path="scans/1.jpg")
        LocationFactory(source=private, media=media, path="love/letter.jpg")
        negated = query.replace("blue ", "")
        stranger, owner = Scope.of(MemberFactory()), Scope.of(private.owner)
        assert ids(query, stranger) == []
        assert ids(f"-{negated}", stranger) == [media.pk]
        assert ids(query, owner) == [media.pk]
        assert ids(f"-{negated}", owner) == []

    def test_a_copy_that_is_gone_from_the_shared_source_is_not_shared_any_more(
        self, source: Source, private: Source
    ) -> None:
        media = MediaFactory(sources=[private])
        LocationFactory(source=source, media=media, gone_at="2020-01-01T00:00Z")
        assert ids("type:photo", Scope.of(MemberFactory())) == []

    @pytest.mark.parametrize("query", ["type:photo", "blue", "blue -path:x", "source:Diary"])
    def test_a_member_who_was_switched_off_finds_nothing(self, source: Source, colours: Encoder, query: str) -> None:
        embed(colours, [MediaFactory(sources=[source])], ["blue"])
        assert ids(query, Scope.of(MemberFactory(is_active=False))) == []

    def test_everything_is_what_has_a_file(self, source: Source, private: Source) -> None:
        MediaFactory()
        here = [MediaFactory(sources=[one]).pk for one in (source, private)]
        assert ids("type:photo", ALL()) == here[::-1]


@pytest.mark.parametrize("query", ["blue", "blue type:photo camera:pixel -source:Diary", "type:photo -filename:x"])
def test_the_same_statements_for_any_number(source: Source, colours: Encoder, query: str) -> None:
    member = MemberFactory()

    def counted() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert ids(query, Scope.of(member))
        return len(captured)

    def add(count: int) -> None:
        media = MediaFactory.create_batch(count, sources=[source])
        embed(colours, media, ["blue"] * count)
        Capture.objects.bulk_create(Capture(media=one, camera_model="Pixel") for one in media)
        Label.objects.bulk_create(Label(media=one, name="sky", score=0.5) for one in media)

    add(10)
    counted()  # the names are known from now on
    few = counted()
    add(90)
    assert counted() == few <= 10
