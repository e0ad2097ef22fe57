from __future__ import annotations

import pytest

from media_index.library.tags import selectors, service
from media_index.models import Media, Tag
from media_index.search.engine import search
from media_index.search.facets import divided
from media_index.search.filters.base import Scope
from media_index.search.naming.vocabulary import vocabulary_of
from media_index.search.suggesting import suggestions
from people.models import Member
from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory

pytestmark = pytest.mark.django_db


class World:
    def __init__(self) -> None:
        self.ben: Member = MemberFactory()
        self.shared, self.others = SourceFactory(), PrivateSourceFactory()
        self.lisbon, self.porto, self.travel, self.plain = (MediaFactory(sources=[self.shared]) for _ in range(4))
        self.secret = MediaFactory(sources=[self.others])
        self.put("travel/Portugal/Lisbon, to print", self.lisbon)
        self.put("travel/Portugal/Porto", self.porto)
        self.put("travel", self.travel)
        self.put("travel, diary/doctor", self.secret)

    @property
    def scope(self) -> Scope:
        return Scope.of(self.ben)

    def put(self, text: str, *media: Media) -> None:
        service.tags_add(media_ids=[one.pk for one in media], text=text, member=self.others.owner)

    def found(self, query: str) -> set[int]:
        found = search(query, self.scope)
        assert not found.problems, found.problems
        return {hit.media_id for hit in found.hits}


@pytest.fixture
def world() -> World:
    return World()


def test_a_tag_includes_what_lies_below_it(world: World) -> None:
    assert world.found("tag:travel") == {world.lisbon.pk, world.porto.pk, world.travel.pk}
    assert world.found("tag:Travel/portugal") == {world.lisbon.pk, world.porto.pk}
    assert world.found("tag:portugal/lisbon") == world.found("tag:lisbon") == {world.lisbon.pk}
    assert world.found("type:photo -tag:travel") == {world.plain.pk}
    assert world.found("tag:porto|lisbon") == {world.lisbon.pk, world.porto.pk}
    assert world.found('tag:"to print"') == {world.lisbon.pk}
    assert world.found("has:tag") == {world.lisbon.pk, world.porto.pk, world.travel.pk}


@pytest.mark.parametrize("value", ["lisboa", "portugal/travel", "/lisbon", "doctor", "diary"])
def test_one_that_is_not_known_is_told(world: World, value: str) -> None:
    (problem,) = search(f"tag:{value}", world.scope).problems
    assert problem.message.endswith(f"knows no tag called “{value}”")


def test_of_one_name_in_several_places_each_can_be_meant(world: World) -> None:
    other = MediaFactory(sources=[world.shared])
    world.put("lisbon", other)
    assert world.found("tag:lisbon") == {world.lisbon.pk, other.pk}
    tree = selectors.known(world.scope)
    values = {tree.value(tag.pk) for tag in Tag.objects.filter(folded="lisbon")}
    assert values == {"/lisbon", "travel/Portugal/Lisbon"}
    assert world.found("tag:/lisbon") == {other.pk}
    assert world.found("tag:travel/Portugal/Lisbon") == {world.lisbon.pk}


@pytest.mark.parametrize("query", ["tagged lisbon", "#lisbon", "photos tagged as portugal/lisbon", "to print"])
def test_said_in_plain_words(world: World, query: str) -> None:
    assert world.found(query) == {world.lisbon.pk}


def test_names_are_those_that_are_there_now(world: World) -> None:
    def names() -> set[str]:
        return {name.text for name in vocabulary_of(world.scope).names if name.key == "tag"}

    assert {"Lisbon", "travel/Portugal/Lisbon", "to print"} <= names()
    assert not names() & {"diary", "doctor"}
    tag = Tag.objects.get(name="Lisbon")
    service.tag_rename(tag=tag, names=("Lisboa",), member=world.ben, scope=world.scope)
    assert "Lisboa" in names() and "Lisbon" not in names()


def test_suggested_while_somebody_types(world: World) -> None:
    def offered(typed: str) -> list[tuple[str, str]]:
        return [(one.label, str(one.kind)) for one in suggestions(typed, len(typed), world.scope)]

    assert ("Lisbon", "Tag") in offered("lis")
    assert {label for label, _kind in offered("tag:")} == {"travel", "Portugal", "Lisbon", "Porto", "to print"}
    assert offered("tag:doc") == []


def test_facet_counts_what_lies_below(world: World) -> None:
    found = divided("type:photo", world.scope)
    (choices,) = [one.choices for one in found.divisions if one.title == "Tags"]
    assert {choice.label: choice.count for choice in choices} == {
        "travel": 3, "travel/Portugal": 2, "travel/Portugal/Lisbon": 1, "travel/Portugal/Porto": 1, "to print": 1,
    }  # fmt: skip
    for choice in choices:
        assert len(world.found(choice.query)) == choice.count


def test_words_are_found_in_tags_and_why_is_said(world: World) -> None:
    hits = search("porto", world.scope).hits
    assert [(hit.media_id, hit.why) for hit in hits] == [(world.porto.pk, ("tag: Porto",))]
    assert not search("doctor", world.scope).hits


def test_mistyped_as_well(world: World) -> None:
    assert [hit.media_id for hit in search("portugl", world.scope).hits] == []  # no media has just that one
    world.put("fireworks", world.plain)
    assert [hit.media_id for hit in search("firewroks", world.scope).hits] == [world.plain.pk]
