from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from django.urls import reverse

from media_index.models import Capture, Media, Place
from people.models import Cluster, Decision, Face, Person, Rejection
from people.persons.face_service import person_tag
from tests.people.factories import face, person
from tests.people.pages.conftest import Home

pytestmark = pytest.mark.django_db


def text(home: Home, address: str) -> str:
    response = home.client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def of(name: str, row: object, action: str = "") -> str:
    return reverse(name, args=[row.pk])  # type: ignore[attr-defined]


def test_the_list_shows_groups_first_and_then_names(home: Home) -> None:
    group = Cluster.objects.create()
    for _ in range(3):
        face(home.photo(), cluster=group)
    anna, ben = person("Anna"), person("Ben", favourite=True)
    face(home.photo(), person=anna)
    for _ in range(2):
        face(home.photo(), person=anna)
    person_tag(media=home.photo(), person=ben, member=None)
    page = text(home, reverse("person-list"))
    assert page.index("3 faces") < page.index("Ben") < page.index("Anna")
    assert "3 photos" in page
    assert re.search(r"\b1 photo\s*<", page)


def test_counts_covers_and_names_are_those_the_member_may_see(home: Home) -> None:
    anna, zoe = person("Anna"), person("Zoe")
    seen = face(home.photo(), person=anna, quality=0.2)
    hidden = face(home.photo(private=True), person=anna, quality=0.9)
    face(hidden.media, person=zoe, left=0.6)
    Person.objects.filter(pk=anna.pk).update(cover=hidden)
    page = text(home, reverse("person-list"))
    assert re.search(r"\b1 photo\s*<", page)
    assert "Zoe" not in page
    assert f"/people/faces/{seen.pk}/crop/" in page
    assert f"/people/faces/{hidden.pk}/" not in page
    page = text(home, anna.get_absolute_url())
    assert "Zoe" not in page
    assert "Often with" not in page
    assert home.client.get(zoe.get_absolute_url()).status_code == 404


def test_a_group_is_named_from_the_list(home: Home) -> None:
    group = Cluster.objects.create()
    mine = [face(home.photo(), cluster=group) for _ in range(2)]
    secret = face(home.photo(private=True), cluster=group)
    late = face(home.photo(), cluster=group)
    answer = home.client.post(of("group-name", group), {"name": "Anna", "last": max(one.pk for one in mine)})
    assert answer["Location"] == reverse("person-list")
    anna = Person.objects.get()
    assert set(Face.objects.filter(person=anna, confirmed=True)) == set(mine)
    assert Face.objects.get(pk=secret.pk).person is None
    assert Face.objects.get(pk=late.pk).person is None
    assert Decision.objects.get().member == home.member
    home.client.post(of("group-name", group), {"name": "anna"})
    assert Person.objects.count() == 1
    assert Face.objects.get(pk=late.pk).person == anna


def test_a_name_that_is_none_is_told(home: Home) -> None:
    group = Cluster.objects.create()
    face(home.photo(), cluster=group)
    answer = home.client.post(of("group-name", group), {"name": " "}, follow=True)
    assert "A person needs a name." in answer.content.decode()
    assert not Person.objects.exists()


def test_the_page_of_a_person(home: Home) -> None:
    anna, ben = person("Anna", birth_date=date(2015, 1, 1), relation="daughter"), person("Ben")
    for year in (2018, 2020):
        media = home.photo(taken_at=datetime(year, 5, 5))
        face(media, person=anna)
        face(media, person=ben, left=0.6)
    page = text(home, anna.get_absolute_url())
    assert "2 photos from" in page
    assert "3 to 5 years old" in page
    assert "daughter" in page
    assert "2 together" in page
    assert page.count('class="tile ') == 2


def test_the_places_of_a_person(home: Home) -> None:
    anna = person()
    lisbon = Place.objects.create(kind="city", code="1", name="Lisbon", names=["lisbon"], country_code="PT")
    porto = Place.objects.create(kind="city", code="2", name="Porto", names=["porto"], country_code="PT")
    for place, private in ((lisbon, False), (lisbon, False), (porto, True)):
        media = home.photo(private=private)
        face(media, person=anna)
        Capture.objects.create(media=media, place=place)
    page = text(home, anna.get_absolute_url())
    assert "Lisbon" in page
    assert "Porto" not in page


def test_editing(home: Home) -> None:
    anna = person()
    face(home.photo(), person=anna)
    address = of("person-edit", anna)
    assert 'value="Anna"' in text(home, address)
    data = {"name": "Anna Müller", "aliases": "Annie\nMausi", "relation": "niece", "birth_date": "2015-02-03"}
    assert home.client.post(address, data)["Location"] == anna.get_absolute_url()
    anna = Person.objects.get()
    assert (anna.name, anna.relation, anna.birth_date) == ("Anna Müller", "niece", date(2015, 2, 3))
    assert {alias.name for alias in anna.aliases.all()} == {"Annie", "Mausi"}
    for wrong in (
        {"name": ""},
        {"name": "A", "birth_date": "2999-01-01"},
        {"name": 'A"'},
        {"name": "A", "aliases": "x" * 101},
    ):
        assert home.client.post(address, wrong).status_code == 200
    assert Person.objects.get().name == "Anna Müller"


@pytest.mark.parametrize(
    ("action", "held"),
    [
        ("hide", lambda one, home: one.hidden),
        ("me", lambda one, home: one.member == home.member),
        ("forget", lambda one, home: one is None),
        ("nonsense", lambda one, home: one is not None),
    ],
)
def test_the_buttons_of_a_person(home: Home, action: str, held: object) -> None:
    anna = person()
    face(home.photo(), person=anna)
    assert home.client.post(of("person-change", anna), {"action": action}).status_code == 302
    assert held(Person.objects.filter(name="Anna").first(), home)  # type: ignore[operator]
    if action in {"hide", "me"}:
        back = {"hide": "show", "me": "not-me"}[action]
        home.client.post(of("person-change", anna), {"action": back})
        assert not held(Person.objects.get(), home)  # type: ignore[operator]


def test_merging_shows_first_what_it_would_do(home: Home) -> None:
    anna, nan = person(), person("Nan")
    both = home.photo()
    face(both, person=anna)
    face(both, person=nan, left=0.6)
    moving = face(home.photo(), person=nan, confirmed=True)
    face(home.photo(private=True), person=nan)
    address = of("person-merge", anna)
    assert "nobody else called" in text(home, f"{address}?other=Anna")
    page = text(home, f"{address}?other=nan")
    assert "2 faces in 2 photos" in page
    assert "In 1 photo both" in page
    assert Person.objects.count() == 2
    home.client.post(address, {"other": "Nan"})
    assert Person.objects.get() == anna
    assert Face.objects.get(pk=moving.pk).person == anna


def test_faces_are_taken_out(home: Home) -> None:
    anna = person()
    wrong, other, none, secret = (face(home.photo(private=at == 3), person=anna, confirmed=True) for at in range(4))
    address = of("person-faces", anna)
    page = text(home, address)
    assert f'value="{wrong.pk}"' in page
    assert f'value="{secret.pk}"' not in page
    home.client.post(address, {"face": [wrong.pk, secret.pk], "action": "reject"})
    assert list(Rejection.objects.values_list("face", flat=True)) == [wrong.pk]
    home.client.post(address, {"face": other.pk, "action": "move", "name": "Ben"})
    assert Face.objects.get(pk=other.pk).person == Person.objects.get(name="Ben")
    home.client.post(address, {"face": none.pk, "action": "dismiss"})
    assert Face.objects.get(pk=none.pk).state == "dismissed"
    answer = home.client.post(address, {"action": "reject"}, follow=True)
    assert answer.status_code == 404


def test_a_group_is_named_in_part(home: Home) -> None:
    group = Cluster.objects.create()
    one, other = (face(home.photo(), cluster=group) for _ in range(2))
    address = of("group-detail", group)
    assert f'value="{one.pk}"' in text(home, address)
    home.client.post(address, {"face": one.pk, "action": "name", "name": "Anna"})
    assert Face.objects.get(pk=one.pk).person == Person.objects.get()
    assert Face.objects.get(pk=other.pk).person is None
    home.client.post(address, {"face": other.pk, "action": "strangers"})
    assert Cluster.objects.get().hidden


def test_undoing(home: Home, photo: Media) -> None:
    group = Cluster.objects.create()
    one = face(photo, cluster=group)
    home.client.post(of("group-name", group), {"name": "Anna"})
    decision = Decision.objects.get()
    assert of("decision-undo", decision) in text(home, reverse("person-list"))
    assert "Anna: a face named" in text(home, reverse("decisions"))
    home.client.post(of("decision-undo", decision))
    assert not Person.objects.exists()
    assert Face.objects.get(pk=one.pk).person is None
    answer = home.client.post(of("decision-undo", decision), follow=True)
    assert "undone already" in answer.content.decode()


def test_nobody_undoes_what_another_decided(home: Home) -> None:
    decision = Decision.objects.create(kind="confirm", summary="x", member=home.private.owner)
    assert home.client.post(of("decision-undo", decision)).status_code == 404
