from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_index import builtin, plugins
from media_index.models import Capture, Encoder, Label, Media, Source
from media_index.search import facets
from media_index.search.facets import Choice, Facet, FacetValue, divided
from media_index.search.filters.base import Scope
from media_index.search.naming.per_scope import PerScope
from people.models import Member
from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory
from tests.media_index.search.test_engine import embed


@pytest.fixture(autouse=True)
def own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index alone, without what other apps bring."""
    monkeypatch.setattr(plugins, "_plugins", {"media_index": builtin.PLUGIN})
    plugins.filters.cache_clear()


@pytest.fixture
def source(db: None) -> Source:
    return SourceFactory(name="Pictures")


@pytest.fixture
def member(db: None) -> Member:
    return MemberFactory()


def photo(source: Source, label: str = "", camera: str = "", **values: object) -> Media:
    media = MediaFactory(sources=[source], **values)
    if label:
        Label.objects.create(media=media, name=label, score=0.9)
    if camera:
        Capture.objects.create(media=media, camera_make="Canon", camera_model=camera)
    return media


def choices(query: str, member: Member) -> dict[str, dict[str, int]]:
    return {
        one.title: {choice.label: choice.count for choice in one.choices}
        for one in divided(query, Scope.of(member)).divisions
    }


def choice(query: str, label: str, member: Member) -> Choice:
    found = divided(query, Scope.of(member)).divisions
    return next(one for division in found for one in division.choices if one.label == label)


class TestCounts:
    def test_what_the_index_knows(self, source: Source, member: Member) -> None:
        photo(source, "dog", "Canon EOS R6", taken_at=datetime(2021, 5, 1))
        photo(source, "dog", taken_at=datetime(2019, 12, 31, 23, 59))
        photo(source, "cat", "Canon EOS R5", taken_at=datetime(2021, 1, 1), kind="video")
        assert choices("type:photo|video", member) == {
            "Kind": {"Photos": 2, "Videos": 1},
            "Year": {"2021": 2, "2019": 1},
            "What it shows": {"dog": 2, "cat": 1},
            "Camera": {"Canon EOS R6": 1, "Canon EOS R5": 1},
        }

    def test_what_all_have_narrows_nothing(self, source: Source, member: Member) -> None:
        photo(source, "dog", taken_at=datetime(2021, 5, 1))
        photo(source, "cat", taken_at=datetime(2021, 5, 1))
        assert choices("type:photo", member) == {
            "Kind": {"Photos": 2},
            "What it shows": {"cat": 1, "dog": 1},
        }

    def test_nothing_found_has_none(self, source: Source, member: Member) -> None:
        photo(source)
        assert choices("year:1900", member) == {}
        assert choices("", member) == {}

    def test_the_years_are_those_of_the_clock_on_the_wall(self, source: Source, member: Member) -> None:
        photo(source, taken_at=datetime(2020, 12, 31, 23, 59))
        photo(source, taken_at=datetime(2021, 1, 1, 0, 0))
        assert choices("type:photo", member)["Year"] == {"2021": 1, "2020": 1}

    def test_of_words_the_matches_are_counted(self, source: Source, member: Member, colours: Encoder) -> None:
        plugins.filters.cache_clear()
        media = [photo(source, label) for label in ("sky", "sea", "car")]
        embed(colours, media, ["blue", "blue", "red"])
        found = choices("blue", member)["What it shows"]
        assert {"sky", "sea"} <= set(found)
        assert all(count == 1 for count in found.values())


class TestLinks:
    def test_a_value_is_the_query_with_it(self, source: Source, member: Member) -> None:
        photo(source, "golden retriever", taken_at=datetime(2021, 5, 1))
        photo(source)
        assert choice("type:photo", "golden retriever", member).query == 'type:photo label:"golden retriever"'
        assert choice("type:photo", "2021", member).query == "type:photo year:2021"

    def test_one_that_is_in_the_query_can_be_taken_out(self, source: Source, member: Member) -> None:
        photo(source, taken_at=datetime(2021, 5, 1))
        found = choice("type:photo year:2021", "2021", member)
        assert found.pressed and found.query == "type:photo"

    def test_each_finds_as_many_as_it_says(self, source: Source, member: Member) -> None:
        for at in range(12):
            photo(source, ("dog", "cat")[at % 2], f"Canon EOS R{at % 3}", taken_at=datetime(2010 + at % 4, 1, 1))
        for division in divided("type:photo or label:cat", Scope.of(member)).divisions:
            for one in division.choices:
                if not one.pressed:
                    assert len(facets.search(one.query, Scope.of(member)).hits) == one.count, one

    def test_a_value_that_cannot_be_written_is_left_out(self, source: Source, member: Member) -> None:
        photo(source, 'a "dog"')
        photo(source)
        assert "What it shows" not in choices("type:photo", member)


class TestManyMedia:
    @pytest.fixture
    def many(self, source: Source, monkeypatch: pytest.MonkeyPatch) -> list[Media]:
        monkeypatch.setattr(facets, "MOST_RESULTS", 10)
        monkeypatch.setattr(facets, "SAMPLE", 100)
        media = MediaFactory.create_batch(60, sources=[source])
        mixed = ["dog"] * 40 + ["cat"] * 20
        Random(1).shuffle(mixed)
        Label.objects.bulk_create(
            Label(media=one, name=name, score=0.5) for one, name in zip(media, mixed, strict=True)
        )
        return media

    def test_more_than_a_page_are_all_counted(self, many: list[Media], member: Member) -> None:
        assert choices("type:photo", member)["What it shows"] == {"dog": 40, "cat": 20}
        assert not divided("type:photo", Scope.of(member)).about

    @pytest.mark.parametrize("most_listed", [1000, 0, 55])
    def test_of_very_many_an_even_sample_is(
        self, many: list[Media], member: Member, monkeypatch: pytest.MonkeyPatch, most_listed: int
    ) -> None:
        """Thinned out of a list, by every so many ids, or whatever comes of a planner that guesses wrong."""
        monkeypatch.setattr(facets, "SAMPLE", 30)
        monkeypatch.setattr(facets, "MOST_LISTED", most_listed)
        counts = choices("type:photo", member)["What it shows"]
        assert counts["dog"] == pytest.approx(40, abs=12) and counts["cat"] == pytest.approx(20, abs=12)
        assert sum(counts.values()) == pytest.approx(60, abs=8)

    def test_an_estimate_is_told_as_one(
        self, many: list[Media], member: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(facets, "SAMPLE", 30)
        assert divided("type:photo", Scope.of(member)).about

    def test_a_filter_that_keeps_less_than_was_guessed_is_counted_all_the_same(
        self, many: list[Media], member: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(facets, "_sampled", lambda kept, guess: facets.Counted((), float(guess)))
        monkeypatch.setattr(facets, "MOST_LISTED", 60)
        monkeypatch.setattr(facets.json, "loads", lambda text: [{"Plan": {"Plan Rows": 10**6}}])
        found = divided("type:photo", Scope.of(member))
        assert not found.about and choices("type:photo", member)["What it shows"] == {"dog": 40, "cat": 20}

    def test_of_words_only_the_best(self, many: list[Media], member: Member, colours: Encoder) -> None:
        plugins.filters.cache_clear()
        embed(colours, many, ["blue"] * len(many))
        found = divided("blue", Scope.of(member))
        assert found.best and not found.about

    def test_the_same_statements_for_any_number(self, source: Source, member: Member) -> None:
        def counted() -> int:
            with CaptureQueriesContext(connection) as statements:
                assert choices("type:photo", member)
            return len(statements)

        for at in range(5):
            photo(source, "dog" if at else "cat", taken_at=datetime(2021, 5, 1) + timedelta(days=200 * at))
        counted()
        few = counted()
        for at in range(40):
            photo(source, f"thing {at}", f"EOS {at}")
        PerScope.forget()
        counted()
        assert counted() == few <= 12


class TestAccess:
    def test_photos_of_others_count_nowhere(self, source: Source, member: Member) -> None:
        photo(PrivateSourceFactory(), "secret", "Canon X1", taken_at=datetime(1999, 1, 1))
        photo(source, "dog", "Canon EOS R6", taken_at=datetime(2021, 1, 1))
        photo(source, "cat", "Canon EOS R5", taken_at=datetime(2020, 1, 1))
        assert choices("type:photo", member) == {
            "Kind": {"Photos": 2},
            "Year": {"2021": 1, "2020": 1},
            "What it shows": {"cat": 1, "dog": 1},
            "Camera": {"Canon EOS R6": 1, "Canon EOS R5": 1},
        }


class TestHook:
    def test_one_of_a_plug_in_is_shown_where_its_filter_is_there(
        self, source: Source, member: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = plugins.Plugin("other", facets=f"{__name__}.other_facets")
        monkeypatch.setattr(plugins, "_plugins", {"media_index": builtin.PLUGIN, "other": other})
        for at in range(3):
            photo(source, taken_at=datetime(2021, 1, 1 + at))
        assert choices("type:photo", member) == {"Kind": {"Photos": 3}, "Source": {"Pictures": 2}}


def other_facets(media: object, scope: Scope) -> list[Facet]:
    return [
        Facet("source", "Source", (FacetValue("Pictures", "Pictures", 2),)),
        Facet("nowhere", "Nowhere", (FacetValue("x", "x", 1),)),
    ]
