from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_index.models import Label, Location, Media, Source
from media_index.search.engine import search
from media_index.search.filters.base import Scope
from media_index.search.ideas import MOST, Idea, ideas
from media_index.search.naming.per_scope import PerScope
from people.models import Face, Member, Person
from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    cache.clear()
    PerScope.forget()
    yield
    cache.clear()
    PerScope.forget()


@pytest.fixture
def source(db: None) -> Source:
    return SourceFactory(name="Pictures")


@pytest.fixture
def member(db: None) -> Member:
    return MemberFactory()


def photo(source: Source, *labels: str, year: int = 2020, **values: object) -> Media:
    media = MediaFactory(sources=[source], taken_at=datetime(year, 5, 17, 12), **values)
    Label.objects.bulk_create(Label(media=media, name=label, score=0.9) for label in labels)
    return media


def person(name: str, *media: Media) -> None:
    one = Person.objects.create(name=name, folded=name.lower())
    for item in media:
        Face.objects.create(media=item, person=one, confirmed=True, left=0, top=0, width=1, height=1, quality=1)


def queries(member: Member) -> list[str]:
    return [one.query for one in ideas(Scope.of(member))]


def test_each_idea_is_typed_as_a_person_would_and_finds_its_picture(source: Source, member: Member) -> None:
    dogs = [photo(source, "dog", year=2019) for _ in range(3)]
    photo(source, "beach", year=2021)
    photo(source, "beach", year=2021)
    photo(source, "candle", year=2022)
    person("Anna", *dogs[:2])
    PerScope.forget()
    found = ideas(Scope.of(member))
    expected = [("Anna", "person"), ("dog", "label"), ("beach", "label"), ("2019", "year"), ("2021", "year")]
    assert [(one.query, one.key) for one in found] == expected
    for one in found:
        assert one.media.pk in [hit.media_id for hit in search(one.query, Scope.of(member)).hits], one.query
    assert len({one.media.pk for one in found}) == len(found)


def test_what_only_one_photo_or_every_photo_shows_is_no_idea(source: Source, member: Member) -> None:
    photo(source, "sky", "lamp")
    photo(source, "sky", "sofa")
    assert queries(member) == []


def test_nothing_is_offered_of_what_the_member_may_not_see(source: Source, member: Member) -> None:
    private = PrivateSourceFactory()
    for _ in range(3):
        photo(private, "diary")
        photo(source, "dog")
    photo(source, "cat")
    assert "diary" not in queries(member)
    assert "diary" in [one.query for one in ideas(Scope.of(private.owner))]


def test_who_loses_access_loses_the_ideas_at_once(source: Source, member: Member) -> None:
    more = SourceFactory(name="More")
    for _ in range(2):
        photo(source, "dog")
        photo(more, "boat")
    assert "boat" in queries(member)
    more.visibility, more.owner = Source.Visibility.PRIVATE, MemberFactory()
    more.save()
    assert "boat" not in queries(member)


def test_an_idea_whose_picture_went_away_is_not_shown(source: Source, member: Member) -> None:
    for _ in range(2):
        photo(source, "dog")
        photo(source, "cat")
    found: list[Idea] = ideas(Scope.of(member))
    assert found
    gone = found[0].media
    Location.objects.filter(media=gone).update(gone_at=datetime.now().astimezone())
    assert gone.pk not in [one.media.pk for one in ideas(Scope.of(member))]


def test_a_value_that_would_be_read_as_something_else_is_written_as_a_filter(source: Source, member: Member) -> None:
    several = [photo(source, "dog") for _ in range(2)]
    photo(source, "cat")
    person("May 2019", *several)
    PerScope.forget()
    found = [one.query for one in ideas(Scope.of(member)) if one.key == "person"]
    assert found
    assert search(found[0], Scope.of(member)).hits


def test_the_number_of_statements_does_not_grow_with_the_library(source: Source, member: Member) -> None:
    def fill(count: int) -> None:
        for label in "abcdefghijklmnopqrst":
            for at in range(count):
                photo(source, f"thing{label}", year=2000 + at % 2)

    def statements() -> int:
        cache.clear()
        PerScope.forget()
        with CaptureQueriesContext(connection) as captured:
            assert len(ideas(Scope.of(member))) == MOST
        return len(captured)

    fill(2)
    few = statements()
    fill(4)
    assert statements() == few


def test_kept_ideas_cost_three_statements(source: Source, member: Member) -> None:
    for _ in range(2):
        photo(source, "dog")
        photo(source, "cat")
    ideas(Scope.of(member))
    with CaptureQueriesContext(connection) as captured:
        ideas(Scope.of(member))
    assert len(captured) == 3
