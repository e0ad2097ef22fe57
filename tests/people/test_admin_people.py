from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from people.models import Decision, Face, Person, Rejection
from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory
from tests.people.factories import face, person

pytestmark = pytest.mark.django_db

FACES, PERSONS = "admin:people_face_changelist", "admin:people_person_changelist"


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(MemberFactory(is_staff=True, is_superuser=True))
    return client


def seen(**values: object) -> Face:
    return face(MediaFactory(sources=[SourceFactory()]), **values)


def act(client: Client, address: str, action: str, rows: list[Face] | list[Person], **data: str) -> str:
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], **data}
    return client.post(reverse(address), chosen, follow=True).content.decode()


def test_lists_show_the_faces(administrator: Client) -> None:
    anna = person()
    one = seen(person=anna, confirmed=True)
    for address in (FACES, PERSONS):
        page = administrator.get(reverse(address)).content.decode()
        assert f'<img src="/people/faces/{one.pk}/crop/' in page
    assert "Anna" in page
    assert administrator.get(reverse(PERSONS), {"q": "ANN"}).context["cl"].result_count == 1


def test_what_others_alone_see_is_not_there(administrator: Client) -> None:
    zoe = person("Zoe")
    one = face(MediaFactory(sources=[PrivateSourceFactory()]), person=zoe)
    for address in (FACES, PERSONS):
        assert "Zoe" not in administrator.get(reverse(address)).content.decode()
    assert administrator.get(reverse("admin:people_person_change", args=[zoe.pk])).status_code == 404
    act(administrator, FACES, "dismiss", [one])
    assert Face.objects.get().state == "face"
    choices = {"app_label": "people", "model_name": "face", "field_name": "person", "term": "zo"}
    assert administrator.get(reverse("admin:autocomplete"), choices).json()["results"] == []


def test_faces_in_bulk(administrator: Client) -> None:
    anna = person()
    seen(person=anna, confirmed=True)
    new, guessed, wrong, none = seen(), seen(person=anna), seen(person=anna), seen()
    act(administrator, FACES, "assign", [new], name="anna")
    act(administrator, FACES, "confirm", [guessed])
    act(administrator, FACES, "reject", [wrong])
    act(administrator, FACES, "dismiss", [none])
    assert anna.faces.filter(confirmed=True).count() == 3
    assert Rejection.objects.get().face == wrong
    assert Face.objects.get(pk=none.pk).state == "dismissed"
    assert "A person needs a name." in act(administrator, FACES, "assign", [new])
    assert Decision.objects.filter(member__is_staff=True).count() == 4
    assert "not a face: 1" in administrator.get(reverse("admin:people_decision_changelist")).content.decode()


def test_one_face_by_its_form(administrator: Client) -> None:
    anna, one = person(), seen()
    seen(person=anna)
    address = reverse("admin:people_face_change", args=[one.pk])
    administrator.post(address, {"person": anna.pk, "mirrored": "on"})
    row = Face.objects.get(pk=one.pk)
    assert (row.person, row.confirmed, row.mirrored) == (anna, True, True)
    administrator.post(address, {"person": ""})
    assert Face.objects.get(pk=one.pk).person is None


def test_merging_into_the_one_with_most_photos(administrator: Client) -> None:
    anna, nan = person(), person("Nan")
    for _ in range(2):
        seen(person=anna, confirmed=True)
    seen(person=nan, confirmed=True)
    act(administrator, PERSONS, "merge", [nan, anna])
    assert Person.objects.get() == anna
    assert anna.faces.count() == 3
    assert "at least two" in act(administrator, PERSONS, "merge", [anna])


def test_editing_and_forgetting(administrator: Client) -> None:
    anna = person()
    seen(person=anna, confirmed=True)
    address = reverse("admin:people_person_change", args=[anna.pk])
    administrator.post(address, {"name": "Anne", "relation": "aunt"})
    assert Person.objects.get().folded == "anne"
    assert "leave out" in administrator.post(address, {"name": 'A"'}).content.decode()
    act(administrator, PERSONS, "hide", [anna])
    assert Person.objects.get().hidden
    administrator.post(reverse("admin:people_person_delete", args=[anna.pk]), {"post": "yes"})
    assert not Person.objects.exists()
    assert Face.objects.get().person is None
    administrator.post(reverse("admin:people_person_add"), {"name": "Ben"})
    assert Person.objects.get().created_by is not None
