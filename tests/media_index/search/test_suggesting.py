from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from media_index import builtin, plugins
from media_index.models import Label, RecentSearch, SavedSearch, Source
from media_index.search.filters.base import Filter, Scope
from media_index.search.naming.per_scope import PerScope
from media_index.search.suggesting import MOST, Suggestion, suggestions
from people.models import Member
from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory
from tests.media_index.search.asking import captured

PERSONS = [("Anna", "person", "Anna"), ("Oma", "person", "Grandma Rose"), ("Grandma Rose", "person", "Grandma Rose")]


def _nobody(value: str, scope: Scope) -> object:
    from django.db.models import Q

    return Q(pk=None)


FILTERS = [
    Filter("person", "person:anna", "Who is in it.", _nobody, str),
    Filter("with", "with:anna", "The same.", _nobody, str, names="person"),
]


def names(scope: Scope) -> list[tuple[str, str, str]]:
    return PERSONS


@pytest.fixture(autouse=True)
def plugged(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The index, and one that knows persons."""
    other = plugins.Plugin("persons", vocabulary=f"{__name__}.names", filters=f"{__name__}.FILTERS")
    monkeypatch.setattr(plugins, "_plugins", {"media_index": builtin.PLUGIN, "persons": other})
    plugins.filters.cache_clear()
    PerScope.forget()
    yield
    PerScope.forget()


@pytest.fixture
def source(db: None) -> Source:
    return SourceFactory(name="Family archive")


@pytest.fixture
def member(source: Source) -> Member:
    return MemberFactory()


def asked(typed: str, member: Member) -> list[Suggestion]:
    """``|`` stands for the caret."""
    caret = typed.index("|")
    return suggestions(typed.replace("|", "", 1), caret, Scope.of(member))


def queries(typed: str, member: Member) -> list[str]:
    return [one.query for one in asked(typed, member)]


class TestWhatIsSuggested:
    def test_names_are_written_as_people_say_them(self, member: Member) -> None:
        assert queries("photos of an|", member)[0] == "photos of Anna "
        assert asked("photos of an|", member)[0].kind == "Person"

    def test_one_person_once_by_the_name_that_fits(self, member: Member) -> None:
        assert queries("grand|", member)[0] == "Grandma Rose "
        assert queries("om|", member)[0] == "Oma "

    def test_only_the_word_at_the_caret_is_replaced(self, member: Member) -> None:
        first = asked("dogs an| in the snow", member)[0]
        assert first.query == "dogs Anna in the snow"
        assert first.query[: first.caret] == "dogs Anna "

    def test_a_name_that_would_be_read_otherwise_is_written_as_its_filter(self, source: Source, member: Member) -> None:
        captured(source, "a.jpg", camera_make="Apple", camera_model="iPhone 14")
        assert "camera:Apple " in queries("appl|", member)

    def test_names_with_a_slip_in_them(self, member: Member) -> None:
        assert queries("granmda|", member)[0] == "Grandma Rose "

    def test_filters_and_their_values(self, member: Member) -> None:
        assert "camera:" in queries("cam|", member)
        assert "dogs shape:portrait " in queries("dogs portr|", member)
        assert queries("type:|", member) == ["type:photo ", "type:video ", "type:file "]
        assert queries("type:v|", member) == ["type:video "]
        assert queries("ext:x type:photov| x", member) == []

    def test_names_as_values(self, source: Source, member: Member) -> None:
        captured(source, "a.jpg", camera_make="Google", camera_model="Pixel 7")
        assert 'with:"Grandma Rose" ' in queries("with:gra|", member)
        assert 'with:anna|"Grandma Rose" ' in [one.query for one in suggestions("with:anna|gra", 13, Scope.of(member))]
        assert 'camera:"Pixel 7" ' in queries("camera:pix|", member)
        assert 'source:"Family archive" ' in queries("source:|", member)

    def test_labels_stay_words(self, source: Source, member: Member) -> None:
        Label.objects.create(media=MediaFactory(sources=[source]), name="golden retriever", score=0.9)
        assert "golden retriever " in queries("gold|", member)
        assert 'label:"golden retriever" ' in queries("label:gold|", member)

    def test_searches_of_before(self, member: Member) -> None:
        RecentSearch.objects.create(member=member, query="annual fair", used_at=timezone.now())
        SavedSearch.objects.create(member=member, name="Anniversary", query="cake year:2020")
        found = asked("ann|", member)
        assert {("Anniversary", "cake year:2020", True), ("annual fair", "annual fair", True)} <= {
            (one.label, one.query, one.whole) for one in found
        }

    def test_with_nothing_in_the_box_those_are_all(self, member: Member) -> None:
        assert asked("|", member) == []
        RecentSearch.objects.create(member=member, query="annual fair", used_at=timezone.now())
        assert queries("|", member) == ["annual fair"]

    def test_nothing_in_quotation_marks_nor_what_is_there_already(self, member: Member) -> None:
        assert asked('"an|', member) == []
        assert "Anna" not in [query.strip() for query in queries("Anna|", member)]

    def test_never_too_many(self, source: Source, member: Member) -> None:
        Label.objects.bulk_create(
            Label(media=media, name=f"ant {at}", score=0.9)
            for at, media in enumerate(MediaFactory.create_batch(20, sources=[source]))
        )
        RecentSearch.objects.bulk_create(
            RecentSearch(member=member, query=f"an {at}", used_at=timezone.now()) for at in range(20)
        )
        assert len(asked("an|", member)) == MOST
        assert queries("an|", member)[0] == "Anna "


class TestAccess:
    def test_nothing_of_what_one_may_not_see(self, member: Member) -> None:
        private = PrivateSourceFactory(name="Top secret")
        media = captured(private, "a.jpg", camera_make="Google", camera_model="Zeta 7")
        Label.objects.create(media=media, name="zebra", score=0.9)
        for typed in ("z|", "zeb|", "camera:|", "label:|", "source:|", "top|", "zebar|"):
            assert not any("z" in query.lower()[1:] or "secret" in query for query in queries(typed, member)), typed
        assert "zebra " in queries("zeb|", private.owner)

    def test_searches_are_ones_own(self, member: Member) -> None:
        other = MemberFactory()
        RecentSearch.objects.create(member=other, query="annual fair", used_at=timezone.now())
        SavedSearch.objects.create(member=other, name="Anniversary", query="cake")
        assert [one.whole for one in asked("ann|", member) + asked("|", member)] == [False]


def test_the_same_statements_for_any_number(source: Source, member: Member) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as statements:
            assert asked("a|", member)
        return len(statements)

    counted()
    few = counted()
    for at in range(30):
        RecentSearch.objects.create(member=member, query=f"a {at}", used_at=timezone.now())
        SavedSearch.objects.create(member=member, name=f"a {at}", query="x")
        Label.objects.create(media=MediaFactory(sources=[source]), name=f"a {at}", score=0.5)
    PerScope.forget()
    counted()
    assert counted() == few <= 5
