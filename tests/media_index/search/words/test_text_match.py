"""Words in names of files and in labels, asked of the database, and who is told of them."""

from __future__ import annotations

import numpy as np
import pytest
from django.db import connection

from media_index.models import Encoder, FileWord, Label, Location, Source
from media_index.search.engine import search
from media_index.search.filters.base import Scope
from media_index.search.vectors.calibration import Calibration, Relevance
from media_index.search.words import text_match
from media_index.search.words.wording import words_of
from tests.factories import LocationFactory, MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory
from tests.media_index import colour_encoder
from tests.media_index.search.asking import found, photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(db: None) -> Source:
    return SourceFactory()


@pytest.fixture
def silent(colours: Encoder, monkeypatch: pytest.MonkeyPatch) -> Encoder:
    """An encoder that knows what does not match."""
    relevance = Relevance(slope=20, intercept=-14, threshold=0.6, cut=0.4)
    monkeypatch.setattr(
        colour_encoder, "CALIBRATIONS", {"1": Calibration(np.eye(3, dtype=np.float32), 1, 0.0, relevance=relevance)}
    )
    Encoder.objects.filter(pk=colours.pk).update(dimensions=4)
    colours.refresh_from_db()
    return colours


class TestWords:
    @pytest.mark.parametrize(
        "path",
        ["2019/Lisbon-Trip_(1).JPG", "Müller & Søn/Œuvre.heic", "Straße/ﬁne.png", "дача/Дом.jpg", "a\u3000b", ""],
    )
    def test_the_database_cuts_as_python_does(self, path: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tsvector_to_array(media_index_words(%s))", [path])
            assert set(cursor.fetchone()[0]) == set(words_of(path))

    def test_a_name_may_be_hostile(self, source: Source) -> None:
        name = "\ufdfa" * 80 + "' | \\ & :*!().jpg"
        photo(source, name)
        assert found("jpg") == {name}

    def test_those_of_paths_are_noted_once(self, source: Source) -> None:
        photo(source, "2019/Lisbon/IMG_1.jpg")
        photo(source, "2020/lisbon/sun.jpg")
        assert sorted(FileWord.objects.values_list("text", flat=True)) == ["lisbon"]
        Location.objects.filter(path="2020/lisbon/sun.jpg").update(path="2020/Porto/sun.jpg")
        assert sorted(FileWord.objects.values_list("text", flat=True)) == ["lisbon", "porto"]


class TestFileNames:
    """Without any encoder names of files are found all the same."""

    @pytest.mark.parametrize(
        "query", ["lisbon", "Lisbón", "lisbn", "lisb", "lisbon trip", "the lisbon trip", '"lisbon"', "trips"]
    )
    def test_whole_begun_or_mistyped(self, source: Source, query: str) -> None:
        photo(source, "2019/Lisbon trip/IMG_1.jpg")
        photo(source, "2019/Porto/IMG_1.jpg")
        assert found(query) == {"2019/Lisbon trip/IMG_1.jpg"}

    @pytest.mark.parametrize("query", ["lizard", "sbon", "tri", "of the", "house"])
    def test_and_nothing_else(self, source: Source, query: str) -> None:
        photo(source, "2019/Lisbon trip/horse.jpg")
        assert found(query) == set()

    def test_more_words_come_first(self, source: Source) -> None:
        photo(source, "cake.jpg")
        both = photo(source, "birthday cake.jpg")
        answer = search("birthday cake", Scope.everything())
        assert answer.hits[0].media_id == both.pk
        assert len(answer.hits) == 2

    def test_all_words_together_however_frequent_each_is(self, source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(text_match, "MOST_OF_A_WORD", 1)
        for number in range(3):
            photo(source, f"cake {number}.jpg")
            photo(source, f"birthday {number}.jpg")
        photo(source, "birthday cake.jpg")
        assert "birthday cake.jpg" in found("birthday cake")
        assert len(found("cake")) == 1

    def test_why(self, source: Source) -> None:
        photo(source, "2019/Lisbon trip/IMG_1.jpg")
        photo(source, "2019/Lisbon trip/boat.jpg")
        why = {hit.why for hit in search("lisbon boat", Scope.everything()).hits}
        assert why == {("folder: 2019/Lisbon trip",), ("file name: boat.jpg",)}

    def test_within_the_filters(self, source: Source) -> None:
        photo(source, "lisbon 1.jpg")
        video = photo(source, "lisbon 2.mp4", kind="video")
        answer = search("lisbon type:video", Scope.everything())
        assert [(hit.media_id, hit.why) for hit in answer.hits] == [
            (video.pk, ("file name: lisbon 2.mp4", "only videos"))
        ]

    def test_of_files_that_are_gone_nothing(self, source: Source) -> None:
        LocationFactory(
            source=source, media=MediaFactory(sources=[source]), path="lisbon.jpg", gone_at="2020-01-01T00:00Z"
        )
        assert found("lisbon") == set()


def test_a_name_beats_what_only_looks_alike_and_is_never_silent(source: Source, silent: Encoder) -> None:
    """Neither the photo's vector nor one that is missing keeps a name from being found."""
    far, bare = photo(source, "green.jpg"), photo(source, "very green.jpg")
    near = photo(source, "IMG_1.jpg")
    for one, vector in ((far, [1, 0, 0, 0.5]), (near, [0.8, 0.6, 0, 0.5])):
        one.embeddings.create(encoder=silent, vector=vector)
    answer = search("green", Scope.everything())
    assert {hit.media_id for hit in answer.hits} == {far.pk, bare.pk}
    assert [hit.media_id for hit in answer.nearest] == [near.pk]
    assert search("blue", Scope.everything()).hits == ()


class TestLabels:
    def test_bring_media_that_have_no_vector(self, source: Source) -> None:
        dog = photo(source, "1.jpg")
        Label.objects.create(media=dog, name="beagle dog", score=0.6)
        Label.objects.create(media=photo(source, "2.jpg"), name="dogsled", score=0.6)
        answer = search("dogs", Scope.everything())
        assert [(hit.media_id, hit.why) for hit in answer.hits] == [(dog.pk, ("shows: beagle dog",))]
        assert [hit.media_id for hit in search("Hunde", Scope.everything()).hits] == [dog.pk]

    def test_in_german_as_a_filter(self, source: Source) -> None:
        dog, cat = photo(source, "1.jpg"), photo(source, "2.jpg")
        Label.objects.create(media=dog, name="beagle dog", score=0.6)
        Label.objects.create(media=cat, name="tabby cat", score=0.6)
        assert found("label:Hund") == {"1.jpg"}
        assert found("-Hund") == {"2.jpg"}
        assert found("label:Hund|Katze") == {"1.jpg", "2.jpg"}


def test_a_private_copy_tells_nothing(source: Source) -> None:
    """The names of a file are those of its places, and each place belongs to somebody."""
    private = PrivateSourceFactory()
    media = photo(source, "scans/1.jpg")
    LocationFactory(source=private, media=media, path="diary/secret.jpg")
    stranger, owner = Scope.of(MemberFactory()), Scope.of(private.owner)
    for query in ("secret", "diary", "secrt", "secret diary"):
        assert search(query, stranger).hits == ()
        assert [hit.media_id for hit in search(query, owner).hits] == [media.pk]
    (hit,) = search("scans", stranger).hits
    assert hit.why == ("folder: scans",)
