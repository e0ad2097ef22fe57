from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_index import builtin, plugins
from media_index.models import Capture, Location, NamesVersion, Source
from media_index.search.engine import search
from media_index.search.filters.base import Scope
from media_index.search.naming import per_scope
from media_index.search.naming.own_names import names_of
from media_index.search.naming.per_scope import PerScope, names_changed
from media_index.search.naming.vocabulary import VOCABULARIES, vocabulary_of
from people.models import Member
from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory
from tests.media_index.search.asking import captured

NAMES: list[tuple[str, str, str]] = []
ASKED: list[Scope] = []


def names(scope: Scope) -> list[tuple[str, str, str]]:
    """The vocabulary hook of the plug-in of these tests."""
    ASKED.append(scope)
    return NAMES


@pytest.fixture
def named(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str, str]]]:
    """The index and a plug-in that knows these names."""
    other = plugins.Plugin("names", vocabulary=f"{__name__}.names")
    monkeypatch.setattr(plugins, "_plugins", {"media_index": builtin.PLUGIN, "names": other})
    NAMES[:], ASKED[:] = [("Garda", "label", "lake")], []
    PerScope.forget()
    yield NAMES
    PerScope.forget()


@pytest.fixture
def source(db: None) -> Source:
    return SourceFactory(name="Pictures")


@pytest.fixture
def member(db: None) -> Member:
    return MemberFactory()


def texts(scope: Scope) -> set[str]:
    return {name.text for name in vocabulary_of(scope).names}


class TestOfAllPlugins:
    def test_names_of_the_index_and_of_others(
        self, named: list[tuple[str, str, str]], source: Source, member: Member
    ) -> None:
        captured(source, "a.jpg", camera_make="Google", camera_model="Pixel 7")
        assert {"Garda", "Pixel 7"} <= texts(Scope.of(member))

    def test_nothing_for_who_sees_no_source(self, named: list[tuple[str, str, str]], member: Member) -> None:
        PrivateSourceFactory()
        assert texts(Scope.of(member)) == set()
        assert ASKED == []

    def test_an_empty_name_or_value_is_none(
        self, named: list[tuple[str, str, str]], source: Source, member: Member
    ) -> None:
        named[:] = [(" ", "label", "x"), ("x", "label", " ")]
        assert texts(Scope.of(member)) == set()

    def test_search_reads_them(self, named: list[tuple[str, str, str]], source: Source, member: Member) -> None:
        (chip,) = (
            search("photos near garda", Scope.of(member)).understood[1:]
            or search("at garda", Scope.of(member)).understood
        )
        assert chip.sentence == "labelled lake"
        assert chip.undo


class TestKept:
    def test_one_statement_once_they_are_known(
        self, named: list[tuple[str, str, str]], source: Source, member: Member
    ) -> None:
        scope = Scope.of(member)
        first = vocabulary_of(scope)
        with CaptureQueriesContext(connection) as statements:
            assert vocabulary_of(scope) is first
        assert len(statements) == 1 and len(ASKED) == 1

    def test_a_new_name_counts_at_once(self, named: list[tuple[str, str, str]], source: Source, member: Member) -> None:
        vocabulary_of(Scope.of(member))
        named.append(("Anna", "label", "girl"))
        names_changed()
        assert "Anna" in texts(Scope.of(member))

    def test_another_process_learns_of_it_by_the_version(
        self,
        named: list[tuple[str, str, str]],
        source: Source,
        member: Member,
        django_capture_on_commit_callbacks: object,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        vocabulary_of(Scope.of(member))
        named.append(("Anna", "label", "girl"))
        # What another process does is all but the forgetting here.
        monkeypatch.setattr(PerScope, "forget", lambda: None)
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            names_changed()
        assert "Anna" in texts(Scope.of(member))
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            names_changed()
        assert NamesVersion.objects.get().version == 2

    def test_they_are_asked_for_again_after_a_while(
        self, named: list[tuple[str, str, str]], source: Source, member: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = vocabulary_of(Scope.of(member))
        for key, kept in list(VOCABULARIES._kept.items()):
            VOCABULARIES._kept[key] = replace(kept, until=0.0)
        assert vocabulary_of(Scope.of(member)) is first, "the same names need no new vocabulary"
        assert len(ASKED) == 2

    def test_memory_is_bounded(
        self, named: list[tuple[str, str, str]], source: Source, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(per_scope, "MOST_KEPT", 2)
        for one in MemberFactory.create_batch(3):
            vocabulary_of(Scope.of(one))
        assert len(VOCABULARIES._kept) == 2


class TestAccess:
    def test_a_camera_of_others_is_no_name(self, named: list[tuple[str, str, str]], member: Member) -> None:
        private = PrivateSourceFactory()
        captured(private, "a.jpg", camera_make="Google", camera_model="Pixel 7")
        captured(SourceFactory(), "b.jpg", camera_make="Canon", camera_model="EOS R6")
        assert not {"Pixel 7", "Google"} & texts(Scope.of(member))
        assert {"Pixel 7", "EOS R6"} <= texts(Scope.of(private.owner))
        assert {"Pixel 7", "EOS R6"} <= texts(Scope.everything())

    def test_who_loses_a_source_loses_its_names_with_the_next_query(
        self, named: list[tuple[str, str, str]], source: Source, member: Member
    ) -> None:
        shared = SourceFactory(owner=MemberFactory())
        captured(shared, "a.jpg", camera_make="Google", camera_model="Pixel 7")
        assert "Pixel 7" in texts(Scope.of(member))
        Source.objects.filter(pk=shared.pk).update(visibility=Source.Visibility.PRIVATE)
        assert "Pixel 7" not in texts(Scope.of(member))

    def test_members_with_the_same_sources_do_not_share_what_is_kept(
        self, named: list[tuple[str, str, str]], source: Source
    ) -> None:
        for one in MemberFactory.create_batch(2):
            vocabulary_of(Scope.of(one))
        assert len({scope.member_id for scope in ASKED}) == 2

    def test_a_file_that_is_gone_names_no_camera(
        self, named: list[tuple[str, str, str]], source: Source, member: Member
    ) -> None:
        gone = captured(source, "a.jpg", camera_make="Google", camera_model="Pixel 7")
        Location.objects.filter(media=gone).update(gone_at=gone.added_at)
        assert "Pixel 7" not in texts(Scope.of(member))


class TestCameras:
    @pytest.mark.parametrize(
        ("make", "model", "expected"),
        [
            ("Google", "Pixel 7 Pro", {"Google", "Google Pixel 7 Pro", "Pixel 7 Pro", "Pixel", "Pixel 7"}),
            ("NIKON CORPORATION", "NIKON D70", {"NIKON", "NIKON D70", "D70"}),
            ("NIKON CORPORATION", "NIKON Z 6", {"NIKON", "NIKON Z 6"}),
            ("EASTMAN KODAK COMPANY", "KODAK C813", {"Kodak", "Kodak C813", "C813"}),
            ("Canon", "Canon EOS R6", {"Canon", "Canon EOS R6", "EOS R6"}),
            ("", "X", set()),
            ("", "iPhone", {"iPhone"}),
            ("OnePlus", "ONE A2003", {"OnePlus", "OnePlus ONE A2003", "ONE A2003"}),
        ],
    )
    def test_what_people_call_them(self, make: str, model: str, expected: set[str]) -> None:
        found = dict(names_of(make, model))
        assert set(found) == expected
        assert all(value.lower() in f"{make} {model}".lower() for value in found.values())

    @pytest.mark.parametrize(
        ("query", "sentences"),
        [
            ("iphone videos", ["camera: iPhone", "only videos"]),
            ("taken with my nikon", ["camera: NIKON"]),
            ("d70", ["camera: D70"]),
            ("apple pie", []),
            ("nikon in the window", []),
            ('"iphone" videos', ["only videos"]),
        ],
    )
    def test_where_they_are_read(
        self, named: list[tuple[str, str, str]], source: Source, member: Member, query: str, sentences: list[str]
    ) -> None:
        captured(source, "a.jpg", camera_make="Apple", camera_model="iPhone 14")
        captured(source, "b.jpg", camera_make="NIKON CORPORATION", camera_model="NIKON D70")
        captured(source, "c.jpg", camera_make="Nikon", camera_model="NIKON D70")
        found = search(query, Scope.of(member)).understood
        assert [chip.sentence for chip in found] == sentences

    def test_statements_do_not_grow_with_cameras_or_photos(
        self, named: list[tuple[str, str, str]], source: Source, member: Member
    ) -> None:
        def counted(start: int, count: int) -> int:
            media = MediaFactory.create_batch(count, sources=[source])
            Capture.objects.bulk_create(
                Capture(media=one, camera_model=f"Pixel {at}") for at, one in enumerate(media, start)
            )
            PerScope.forget()
            with CaptureQueriesContext(connection) as statements:
                assert f"Pixel {start}" in texts(Scope.of(member))
            return len(statements)

        assert counted(1, 2) == counted(10, 40) == 4
