"""Search by what people said, and by the shelf."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from media_index.library.edits import Edits, media_edit
from media_index.library.marks import favourite_set, rating_set, shelf_set
from media_index.models import Encoder, Label, Media, Source
from media_index.search.engine import search
from media_index.search.facets import divided
from media_index.search.filters.base import Scope
from media_index.search.scrubber import scrubber
from people.models import Face, Member, Person
from tests.factories import MediaFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def media(source: Source) -> list[Media]:
    return [MediaFactory(sources=[source]) for _ in range(5)]


def ids(query: str, member: Member) -> list[int]:
    found = search(query, Scope.of(member))
    assert found.problems == (), found.problems
    return sorted(hit.media_id for hit in found.hits)


def places(query: str, member: Member, media: list[Media]) -> list[int]:
    """The numbers in ``media`` of what is found."""
    return [[one.pk for one in media].index(pk) for pk in ids(query, member)]


def test_ratings(member: Member, media: list[Media]) -> None:
    for stars in (1, 3, 5):
        rating_set(media_ids=[media[stars - 1].pk], rating=stars, member=member)
    for query, found in {
        "rating:5": [4], "rating:3..": [2, 4], "rating:..3": [0, 2], "rating:none": [1, 3], "rating:0": [1, 3],
        "-rating:3..": [0, 1, 3], "rating:1|none": [0, 1, 3], "has:rating": [0, 2, 4], "at least 3 stars": [2, 4],
    }.items():  # fmt: skip
        assert places(query, member, media) == found, query


def test_favourites_are_of_who_asks(member: Member, media: list[Media]) -> None:
    other = MemberFactory()
    favourite_set(media_ids=[media[0].pk, media[1].pk], liked=True, member=member)
    favourite_set(media_ids=[media[2].pk], liked=True, member=other)
    for query in ("favorite:yes", "is:favorite", "my favourites"):
        assert places(query, member, media) == [0, 1]
        assert places(query, other, media) == [2]
    assert places("favorite:no", member, media) == [2, 3, 4]
    assert search("favorite:yes", Scope.everything()).hits == ()


def test_titles_and_descriptions(member: Member, media: list[Media]) -> None:
    edits = Edits("The old harbour", "First line.\nGrandfather's boat, 100% wood")
    media_edit(media=media[1], edits=edits, member=member)
    for query in ("title:HARBOUR", "caption:boat", "caption:100%", "has:title", "has:caption", 'title:"old harbour"'):
        assert places(query, member, media) == [1], query
    assert places("-has:caption", member, media) == [0, 2, 3, 4]
    assert places("title:h_rbour|caption:rain", member, media) == []


def test_words_of_titles_and_descriptions_are_found_and_told(
    colours: Encoder, monkeypatch: pytest.MonkeyPatch, member: Member, media: list[Media]
) -> None:
    from media_index import builtin, plugins

    plugins.register(builtin.MARKS)
    media_edit(media=media[1], edits=Edits("The old harbour", "First line.\nA zeppelin above it"), member=member)
    for query, why in {
        "harbour": "title: The old harbour",
        "harbor": "title: The old harbour",
        "zeppelin": "description: A zeppelin above it",
    }.items():
        found = search(query, Scope.of(member))
        (hit,) = [hit for hit in found.hits if hit.media_id == media[1].pk]
        assert why in hit.why, query
    shelf_set(media_ids=[media[1].pk], shelf="trash", member=member)
    assert search("zeppelin", Scope.of(member)).hits == ()
    assert [hit.media_id for hit in search("zeppelin in:trash", Scope.of(member)).hits] == [media[1].pk]


@pytest.fixture
def shelved(member: Member, media: list[Media]) -> list[Media]:
    """Library, archive, hidden, trash, library."""
    for place, shelf in enumerate(("library", "archive", "hidden", "trash")):
        shelf_set(media_ids=[media[place].pk], shelf=shelf, member=member)
        Label.objects.create(media=media[place], name="dog", score=0.9)
    return media


def test_shelves_are_searched_where_they_are_named(member: Member, shelved: list[Media]) -> None:
    for query, found in {
        "label:dog": [0, 1], "in:trash": [3], "label:dog in:hidden": [2], "in:trash|hidden label:dog": [2, 3],
        "in:trash or in:archive": [1, 3], "in:library": [0, 4], "-in:archive label:dog": [0],
        "-in:trash label:dog": [0, 1],
        "in:library|archive|hidden|trash": [0, 1, 2, 3, 4], "in:trash or label:dog": [0, 1], "in:trash in:hidden": [],
        "label:dog in the trash": [3], "in:TRASH": [3],
    }.items():  # fmt: skip
        assert places(query, member, shelved) == found, query
    (problem,) = search("in:attic", Scope.of(member)).problems
    assert "library, archive, hidden, trash" in str(problem)


def test_people_are_found_on_a_shelf_that_is_named(member: Member, shelved: list[Media]) -> None:
    anna = Person.objects.create(name="Anna")
    for one in shelved:
        Face.objects.create(media=one, person=anna, confirmed=True, left=0, top=0, width=1, height=1, quality=1)
    assert places("person:Anna", member, shelved) == [0, 1, 4]
    assert places("person:Anna in:trash", member, shelved) == [3]


def test_facets_and_dates_count_what_the_query_looks_at(member: Member, shelved: list[Media]) -> None:
    scope = Scope.of(member)
    assert sum(year.count for year in scrubber("label:dog", scope).years) == 2
    assert sum(year.count for year in scrubber("in:trash|hidden", scope).years) == 2
    rating_set(media_ids=[one.pk for one in shelved[:3]], rating=4, member=member)
    favourite_set(media_ids=[shelved[0].pk, shelved[3].pk], liked=True, member=member)
    found = {
        one.title: [(value.label, value.count) for value in one.choices]
        for one in divided("taken:2020", scope).divisions
    }
    assert found["Stars"] == [("4 stars", 2)]
    assert found["Favourites"] == [("Your favourites", 1)]
    found = {one.title: [value.count for value in one.choices] for one in divided("in:hidden|trash", scope).divisions}
    assert (found["Stars"], found["Favourites"]) == ([1], [1])


def test_the_page_tells_what_was_understood(member: Member, shelved: list[Media], client: Client) -> None:
    client.force_login(member)
    page = client.get(reverse("search"), {"q": "in:trash rating:none favorite:no"}).content.decode()
    for said in ("in the trash", "no stars", "no favourites"):
        assert said in page
