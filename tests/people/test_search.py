from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_index.models import Media, Source
from media_index.search.engine import search
from media_index.search.filters.base import Scope
from people import search as names
from people.models import Alias, Person, PersonTag
from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory
from tests.people.factories import face, person

pytestmark = pytest.mark.django_db


@dataclass
class Album:
    """Photos by who is in them, in a source for everybody and one of the owner alone."""

    shared: Source
    private: Source

    def photo(self, *people: Person | None, private: bool = False) -> Media:
        media = MediaFactory(sources=[self.private if private else self.shared])
        for place, one in enumerate(people):
            face(media, person=one, left=0.2 * place)
        if not people:
            face(media).delete()
            media.face_count.faces = 0
            media.face_count.save()
        return media


@pytest.fixture
def album(db: None) -> Album:
    return Album(SourceFactory(), PrivateSourceFactory())


def found(query: str, member: object = None) -> set[int]:
    scope = Scope.of(member) if member else Scope.everything()
    answer = search(query, scope)
    assert answer.problems == ()
    return {hit.media_id for hit in answer.hits}


def test_names_and_how_they_are_joined(album: Album) -> None:
    anna, ben, carl = person("Anna"), person("Ben"), person("Carl")
    of_anna, of_both = album.photo(anna), album.photo(anna, ben)
    of_three, of_nobody = album.photo(anna, ben, carl), album.photo()
    stranger = album.photo(anna, None)
    with_anna = {of_anna.pk, of_both.pk, of_three.pk, stranger.pk}
    assert found("person:anna") == with_anna
    assert found("anna and ben") == {of_both.pk, of_three.pk} == found("person:anna person:ben")
    assert found("ben or carl") == {of_both.pk, of_three.pk} == found("with:ben|carl")
    assert found("anna without carl") == with_anna - {of_three.pk} == found("person:anna without:carl")
    assert found("anna -ben -carl") == {of_anna.pk, stranger.pk}
    assert found("only anna and ben") == {of_both.pk} == found("only:anna,ben")
    assert found("just anna") == {of_anna.pk}
    assert found("faces:0") == {of_nobody.pk}
    assert found("faces:2..") == {of_both.pk, of_three.pk, stranger.pk}
    assert found("faces:3|1") == {of_three.pk, of_anna.pk}
    assert found("person:anna faces:..2") == with_anna - {of_three.pk}


def test_a_tag_counts_as_being_there(album: Album) -> None:
    anna, ben = person("Anna"), person("Ben")
    tagged, both = album.photo(), album.photo(anna)
    PersonTag.objects.create(media=tagged, person=anna)
    PersonTag.objects.create(media=both, person=ben)
    assert found("anna") == {tagged.pk, both.pk}
    assert found("only anna") == {tagged.pk}
    assert found("anna without ben") == {tagged.pk}


def test_what_is_known_of_it(album: Album) -> None:
    anna = person("Anna")
    shown, tagged, nobody = album.photo(anna), album.photo(), album.photo()
    PersonTag.objects.create(media=tagged, person=anna)
    assert found("has:faces") == {shown.pk} == found("photos with faces")
    assert found("has:people") == {shown.pk, tagged.pk}
    assert found("-has:people") == {nobody.pk}


def test_accents_aliases_first_names(album: Album) -> None:
    lisa, rose = person("Lisa Müller"), person("Grandma Rose")
    Alias.objects.create(person=rose, name="Oma")
    photo, other = album.photo(lisa), album.photo(rose)
    for query in ("lisa muller", "person:lisa", "LISA", "person:MÜLLER", "lisa mueller"):
        assert found(query) == {photo.pk}, query
    for query in ("oma", "oma's", 'person:"grandma rose"', "person:rose"):
        assert found(query) == {other.pk}, query


def test_a_first_name_of_two_means_both(album: Album) -> None:
    one, other = album.photo(person("Anna Berg")), album.photo(person("Anna Thal"))
    assert found("anna") == {one.pk, other.pk}
    assert found("anna thal") == {other.pk}
    album.photo(person("Anna"))
    names_of = dict.fromkeys(row[0] for row in names.vocabulary(Scope.everything()))
    assert list(names_of) == ["Anna", "Anna Berg", "Anna Thal"]


def test_says_that_nobody_was_detected(album: Album) -> None:
    album.photo(person("Carl"))
    (chip,) = search("without carl", Scope.everything()).understood
    assert chip.sentence == "no detected Carl"
    (chip,) = search("without:carl", Scope.everything()).understood
    assert chip.sentence == "no detected carl"
    (chip,) = search("faces:1", Scope.everything()).understood
    assert chip.sentence == "1 face"


def test_me_is_who_asks(album: Album) -> None:
    member = MemberFactory()
    mine = album.photo(person("Anna", member=member))
    album.photo(person("Ben"))
    assert found("photos of me", member) == {mine.pk}
    answer = search("person:me", Scope.of(MemberFactory()))
    assert "who you are" in answer.problems[0].message


@pytest.mark.parametrize("query", ["person:zoe", "only:zoe", "without:zoe", "with:zoe", "faces:many", "faces:1.5"])
def test_a_value_that_means_nothing_is_told(album: Album, query: str) -> None:
    album.photo(person("Anna"))
    assert search(query, Scope.everything()).problems


def test_a_stranger_finds_nobody(album: Album) -> None:
    stranger, owner = MemberFactory(), album.private.owner
    zoe, anna = person("Zoe"), person("Anna")
    secret = album.photo(zoe, anna, private=True)
    shared = album.photo(anna)
    assert found("person:zoe", owner) == {secret.pk}
    assert "nobody called" in search("person:zoe", Scope.of(stranger)).problems[0].message
    assert found("person:anna", stranger) == {shared.pk}
    assert list(names.vocabulary(Scope.of(stranger))) == [("Anna", "person", "Anna")]
    (facet,) = names.facets(Media.objects.visible_to(stranger), Scope.of(stranger))
    assert [(value.label, value.count) for value in facet.values] == [("Anna", 1)]
    (facet,) = names.facets(Media.objects.visible_to(owner), Scope.of(owner))
    assert [(value.label, value.count) for value in facet.values] == [("Anna", 2), ("Zoe", 1)]


def test_the_facet_leaves_out_who_is_hidden(album: Album) -> None:
    album.photo(person("Anna", hidden=True))
    assert names.facets(Media.objects.all(), Scope.everything()) == []


def test_as_many_statements_for_many_persons(album: Album) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            list(names.vocabulary(Scope.everything()))
            names.facets(Media.objects.all(), Scope.everything())
            found("person:anna without:ben only:anna")
        return len(captured)

    album.photo(person("Anna"), person("Ben"))
    few = statements()
    for number in range(20):
        album.photo(person(f"Person {number}"))
    assert statements() <= few
