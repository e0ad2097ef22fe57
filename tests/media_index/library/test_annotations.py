"""What files say of themselves, and people over it: taken on, followed, never in people's way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from media_index import builtin, plugins
from media_index.extractors.annotations import AnnotationsOutcome
from media_index.extractors.base import Outcome
from media_index.library.annotations import export, store_annotations
from media_index.library.edits import Edits, media_edit
from media_index.library.history import change_undo
from media_index.library.marks import favourite_set, rating_set
from media_index.library.tags import selectors, service
from media_index.library.tags.from_files import tags_at
from media_index.library.tags.names import levels
from media_index.library.tags.tree import TagRow, TagTree
from media_index.models import Annotation, Change, Extraction, Favourite, Media, MediaTag, Source, Tag
from media_index.runner import Runner
from media_index.scanning.scan import scan_run
from media_index.search.engine import search
from media_index.search.filters.base import Scope
from media_index.search.naming.vocabulary import vocabulary_of
from media_index.search.suggesting import suggestions
from media_index.workshop import WORKSHOP
from people.models import Member
from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory
from tests.media_index.decoding.packets import packet

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> Member:
    return MemberFactory(username="anna")


@pytest.fixture
def media() -> Media:
    return MediaFactory(sources=[SourceFactory()])


def told(media: Media, keywords: str = "", **facts: Any) -> None:
    """As the file is read: ``keywords`` with levels between slashes, several between commas."""
    tags = tuple(tuple(one.split("/")) for one in keywords.split(",") if one)
    for _ in range(2):  # a batch may be stored twice
        store_annotations([(media.pk, AnnotationsOutcome(keywords=tags, **facts))])


def said(media: Media) -> tuple[Any, ...]:
    return Media.objects.values_list("title", "caption", "rating").get(pk=media.pk)


def tags(media: Media) -> dict[str, str]:
    """The tags of a media by their paths, and which keyword made each."""
    tree = TagTree.of(TagRow(*row) for row in Tag.objects.values_list("pk", "name", "folded", "parent"))
    return {tree.path(row.tag_id): row.keyword for row in MediaTag.objects.filter(media=media)}


def edit(media: Media, member: Member, **edits: Any) -> None:
    media.refresh_from_db()
    media_edit(media=media, edits=Edits(**edits), member=member)


def undo(member: Member) -> None:
    change_undo(Change.objects.filter(undone_at=None).latest("pk"), member)


def untag(media: Media, member: Member, name: str) -> None:
    tag = Tag.objects.get(name=name)
    service.tags_remove(media_ids=[media.pk], tag_ids=[tag.pk], names=name, member=member)


class TestColumns:
    def test_they_are_taken_on_and_follow_the_file(self, media: Media) -> None:
        told(media, title="Sea", caption="Long ago", rating=4)
        assert said(media) == ("Sea", "Long ago", 4)
        told(media, title="Ocean")
        assert said(media) == ("Ocean", "", None)
        assert not Change.objects.exists()

    def test_people_stand_over_it_whatever_the_file_says_later(self, media: Media, anna: Member) -> None:
        told(media, title="Sea", caption="Long ago", rating=4)
        edit(media, anna, title="Our sea", rating=0)
        told(media, title="Ocean", caption="Lately", rating=5)
        assert said(media) == ("Our sea", "Lately", None)
        # Not even where the file came to say the same for a while.
        told(media, title="Our sea")
        told(media, title="Theirs", rating=1)
        assert said(media) == ("Our sea", "", None)

    def test_what_was_said_before_the_file_was_read_stands(self, media: Media, anna: Member) -> None:
        edit(media, anna, title="Our sea")
        rating_set(media_ids=[media.pk], rating=3, member=anna)
        rating_set(media_ids=[media.pk], rating=None, member=anna)
        told(media, title="Sea", rating=5)
        assert said(media) == ("Our sea", "", None)

    def test_undoing_gives_the_word_back_to_the_file_as_it_is_now(self, media: Media, anna: Member) -> None:
        told(media, title="Sea", rating=4)
        edit(media, anna, title="Our sea", rating=1)
        told(media, title="Ocean", rating=5)
        undo(anna)
        assert said(media) == ("Ocean", "", 5)
        told(media, title="Pacific", rating=5)
        assert said(media)[0] == "Pacific"

    def test_undoing_one_of_two_leaves_the_other(self, media: Media, anna: Member) -> None:
        told(media, rating=4)
        rating_set(media_ids=[media.pk], rating=1, member=anna)
        rating_set(media_ids=[media.pk], rating=2, member=anna)
        undo(anna)
        told(media, rating=5)
        assert said(media)[2] == 1

    def test_files_that_say_nothing_leave_no_row(self, media: Media) -> None:
        told(media)
        assert not Annotation.objects.exists()
        store_annotations([(media.pk, Outcome()), (10**9, AnnotationsOutcome(title="x"))])
        assert not Annotation.objects.exists()
        assert export(media) == {}

    def test_what_cannot_be_opened_now_keeps_what_it_told(self, media: Media) -> None:
        told(media, "sea", title="Sea")
        store_annotations([(media.pk, Outcome())])
        assert (said(media)[0], list(tags(media))) == ("Sea", ["sea"])
        assert export(media)["keywords"] == ["sea"]


class TestTags:
    def test_they_come_with_their_levels_and_go_with_the_file(self, media: Media) -> None:
        told(media, "Places/Lisbon,sea")
        assert tags(media) == {"Places/Lisbon": "Places/Lisbon", "sea": "sea"}
        told(media, "Sea,Places/Porto")
        assert tags(media) == {"sea": "Sea", "Places/Porto": "Places/Porto"}

    def test_a_tag_that_is_there_is_used(self, media: Media, anna: Member) -> None:
        service.tags_add(media_ids=[MediaFactory().pk], text="Café", member=anna)
        told(media, "cafe")
        assert tags(media) == {"Café": "cafe"}

    def test_one_that_was_taken_away_never_comes_back(self, media: Media, anna: Member) -> None:
        told(media, "sea,sun")
        untag(media, anna, "sea")
        for keywords in ("sea,sun", "sun", "sea,sun"):
            told(media, keywords)
            assert list(tags(media)) == ["sun"]

    def test_nor_one_that_was_taken_away_before_the_file_was_read(self, media: Media, anna: Member) -> None:
        service.tags_add(media_ids=[media.pk], text="sea", member=anna)
        untag(media, anna, "sea")
        told(media, "sea")
        assert tags(media) == {}

    def test_the_file_takes_away_nothing_of_people(self, media: Media, anna: Member) -> None:
        told(media, "sun")
        service.tags_add(media_ids=[media.pk], text="sea, sun", member=anna)
        told(media, "sea,sun")
        told(media)
        assert tags(media) == {"sea": "", "sun": ""}
        undo(anna)
        assert tags(media) == {}

    def test_undone_removals_look_at_what_the_file_says_now(self, media: Media, anna: Member) -> None:
        told(media, "sea,sun")
        untag(media, anna, "sea")
        untag(media, anna, "sun")
        told(media, "sun")
        undo(anna), undo(anna)
        assert tags(media) == {"sun": "sun"}

    def test_renamed_and_merged_ones_are_not_made_anew(self, media: Media, anna: Member) -> None:
        told(media, "Urlaub,Meer")
        scope = Scope.of(anna)
        service.tag_rename(tag=Tag.objects.get(name="Urlaub"), names=levels("Ferien"), member=anna, scope=scope)
        service.tag_rename(tag=Tag.objects.get(name="Meer"), names=levels("Ferien"), member=anna, scope=scope)
        told(media, "Urlaub,Meer")
        assert list(tags(media)) == ["Ferien"]
        assert set(Tag.objects.values_list("name", flat=True)) == {"Ferien"}

    def test_what_can_be_no_name_is_left_out(self) -> None:
        assert list(tags_at({("\u0301",), ("a", "\u0301"), ("a", "b")})) == [("a", "b")]

    def test_as_many_statements_for_many_photos_as_for_one(self) -> None:
        def statements(count: int) -> int:
            rows = [
                (one.pk, AnnotationsOutcome("t", "c", 3, (("a", f"b{count}"), ("c",))))
                for one in MediaFactory.create_batch(count)
            ]
            with CaptureQueriesContext(
                connection,
            ) as caught:
                store_annotations(rows)
            return len(caught)

        statements(1)
        assert statements(2) == statements(12)


def test_random_words_of_people_always_stand(anna: Member) -> None:
    """Whatever files and people say in turn: a column or tag of which somebody decided last is as they left it."""
    rng = Random(5)
    media = MediaFactory(sources=[SourceFactory()])
    wanted: dict[str, Any] = {}
    names = ("sea", "sun", "sand")
    for _ in range(40):
        name = rng.choice(names)
        match rng.randrange(4):
            case 0:
                rating = rng.randint(1, 5)
                if said(media)[2] != rating:
                    wanted["rating"] = rating
                rating_set(media_ids=[media.pk], rating=rating, member=anna)
            case 1 if name in tags(media):
                untag(media, anna, name)
                wanted[name] = False
            case 2:
                service.tags_add(media_ids=[media.pk], text=name, member=anna)
                wanted[name] = True
            case _:
                told(media, ",".join(rng.sample(names, rng.randint(0, 3))), rating=rng.choice((None, 1, 2, 3)))
        there = tags(media)
        assert {one: one in there for one in names if one in wanted} == {
            one: wanted[one] for one in names if one in wanted
        }
        if "rating" in wanted:
            assert said(media)[2] == wanted["rating"]


class TestFavourites:
    def test_they_are_those_of_whose_the_source_is(self, anna: Member) -> None:
        private = PrivateSourceFactory(owner=anna)
        own, everybodys, both = (MediaFactory(sources=[private]), MediaFactory(sources=[SourceFactory()]),
                                 MediaFactory(sources=[private, PrivateSourceFactory()]))  # fmt: skip
        for one in (own, everybodys, both):
            told(one, favourite=True)
        assert list(Favourite.objects.values_list("member", "media", "by_file")) == [(anna.pk, own.pk, True)]
        told(own)
        assert not Favourite.objects.exists()

    def test_what_was_taken_back_stays_so(self, anna: Member) -> None:
        media = MediaFactory(sources=[PrivateSourceFactory(owner=anna)])
        told(media, favourite=True)
        favourite_set(media_ids=[media.pk], liked=False, member=anna)
        for favourite in (True, False, True):
            told(media, favourite=favourite)
        assert not Favourite.objects.exists()


class TestWhoSees:
    def test_a_tag_of_a_private_photo_is_nobody_elses(self, anna: Member) -> None:
        ben = MemberFactory(username="ben")
        shared = SourceFactory()
        secret = MediaFactory(sources=[PrivateSourceFactory(owner=anna)])
        told(secret, "Doctor/Hospital,sea", title="Surgery")
        told(MediaFactory(sources=[shared]), "sea")
        mine, theirs = (selectors.counted(Scope.of(who)) for who in (anna, ben))
        assert {mine.path(row.pk): row.count for row in mine} == {"Doctor": 1, "Doctor/Hospital": 1, "sea": 2}
        assert {theirs.path(row.pk): row.count for row in theirs} == {"sea": 1}
        for query in ("tag:doctor", "tag:Doctor/Hospital", "hospital", "surgery", "title:surgery"):
            assert [hit.media_id for hit in search(query, Scope.of(anna)).hits] == [secret.pk], query
            assert not search(query, Scope.of(ben)).hits, query
        assert "hospital" in repr(vocabulary_of(Scope.of(anna))).lower()
        assert "hospital" not in repr(vocabulary_of(Scope.of(ben))).lower()
        assert "Hospital" not in repr(suggestions("hosp", 4, Scope.of(ben)))


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Iterator[Runner]:
    """A runner with the extractors of dates and of what people wrote."""
    exif = tuple(hook for hook in builtin.PLUGIN.extractors if hook.name == "exif")
    small = {one.name: one for one in (replace(builtin.PLUGIN, extractors=exif), builtin.ANNOTATIONS)}
    monkeypatch.setattr(plugins, "_plugins", small)
    WORKSHOP.reset()
    runner = Runner()
    yield runner
    runner.close()
    WORKSHOP.reset()


def test_what_stands_beside_a_private_copy_is_not_told_of_the_photo_that_all_see(
    reading: Runner, photos: Path, anna: Member
) -> None:
    for name, visibility in (("annas", Source.Visibility.PRIVATE), ("shared", Source.Visibility.HOUSEHOLD)):
        (photos / name).mkdir()
        Image.new("RGB", (60, 40)).save(photos / name / "a.jpg")
        (photos / name / "a.jpg.xmp").write_text(packet(title=f"of {name}"))
        scan_run(SourceFactory(root=str(photos / name), owner=anna, visibility=visibility))
    reading.run_until_done()
    assert said(Media.objects.get(kind="image"))[0] == "of shared"


def test_from_the_file_to_the_search_and_after_another_program_changed_it(
    reading: Runner, photos: Path, scanned: Callable[[], Source], anna: Member
) -> None:
    picture = Image.new("RGB", (60, 40))
    first = packet(title="The sea", caption="At last", rating=4, keywords=["Lisbon", "sun"], below=["Places|Lisbon"])
    picture.save(photos / "a.jpg", xmp=first.encode())
    (photos / "b.mp4").write_bytes(b"\0\0\0\x14ftypisom\0\0\0\0isom")
    (photos / "b.mp4.json").write_text('{"description": "First steps"}')
    (photos / "c.jpg").write_bytes(b"\xff\xd8\xff\xe0 broken")
    scanned()
    reading.run_until_done()
    media = Media.objects.get(locations__path="a.jpg")
    assert said(media) == ("The sea", "At last", 4)
    assert set(tags(media)) == {"Places/Lisbon", "sun"}
    assert said(Media.objects.get(locations__path="b.mp4"))[1] == "First steps"
    assert set(Extraction.objects.values_list("extractor", "state")) == {("exif", "done"), ("annotations", "done")}

    untag(media, anna, "sun")
    picture.save(photos / "a.jpg", xmp=packet(title="Ocean", keywords=["sun", "sand"]).encode())
    scanned()
    reading.run_until_done()
    assert Media.objects.get(locations__path="a.jpg") == media
    assert said(media) == ("Ocean", "", None)
    assert list(tags(media)) == ["sand"]

    (photos / "a.xmp").write_text(packet(title="Beside it"))
    scanned()
    reading.run_until_done()
    assert said(media) == ("Beside it", "", None)
    (photos / "a.xmp").write_text(packet(title="Still beside it"))
    scanned()
    reading.run_until_done()
    assert said(media) == ("Still beside it", "", None)
