from __future__ import annotations

from datetime import date

import pytest

from people.models import Alias, Cluster, Decision, Face, Person, PersonTag, Rejection
from people.persons.face_service import face_confirm, face_move, face_reject, person_tag
from people.persons.history import DecisionError, decision_undo
from people.persons.person_service import (
    group_hide,
    group_name,
    merge_preview,
    person_cover,
    person_create,
    person_edit,
    person_forget,
    person_hide,
    person_link,
    person_merge,
    person_split,
)
from tests.factories import MediaFactory, MemberFactory
from tests.people.factories import face, person

pytestmark = pytest.mark.django_db


def undo_last() -> None:
    decision_undo(Decision.objects.filter(undone_at=None).latest("pk"))


def test_creating_and_undoing() -> None:
    anna = person_create(name="  Anna   Müller ", member=None, birth_date=date(2015, 5, 1))
    assert (anna.name, anna.folded, anna.birth_date) == ("Anna Müller", "anna muller", date(2015, 5, 1))
    undo_last()
    assert not Person.objects.exists()


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, 'An"na', "a|b", "a\0b"])
def test_no_name(name: str) -> None:
    with pytest.raises(DecisionError):
        person_create(name=name, member=None)


def test_renaming_and_undoing() -> None:
    anna = person()
    person_edit(person=anna, name="Änne", member=None)
    assert Person.objects.get(folded="anne").name == "Änne"
    undo_last()
    assert Person.objects.get(folded="anna").name == "Anna"


def test_editing_and_undoing() -> None:
    rose = person("Rose", relation="grandmother")
    Alias.objects.create(person=rose, name="Oma")
    person_edit(
        person=rose, member=None, name="Grandma Rose", birth_date=date(1940, 1, 2), aliases=["Granny", "grandma rose"]
    )
    rose = Person.objects.get()
    assert (rose.name, rose.relation, rose.birth_date) == ("Grandma Rose", "", date(1940, 1, 2))
    assert [alias.name for alias in rose.aliases.all()] == ["Granny"]
    undo_last()
    rose = Person.objects.get()
    assert (rose.name, rose.relation, rose.birth_date) == ("Rose", "grandmother", None)
    assert [alias.name for alias in rose.aliases.all()] == ["Oma"]


def test_hiding_and_the_cover() -> None:
    anna, ben = person(), person("Ben")
    one = face(person=anna, confirmed=True)
    person_hide(person=anna, hidden=True, member=None)
    assert Person.objects.get(name="Anna").hidden
    undo_last()
    assert not Person.objects.get(name="Anna").hidden
    person_cover(person=anna, face=one, member=None)
    assert Person.objects.get(name="Anna").cover == one
    with pytest.raises(DecisionError, match="not theirs"):
        person_cover(person=ben, face=one, member=None)


def test_this_is_me() -> None:
    member, anna, ben = MemberFactory(), person(), person("Ben")
    person_link(person=anna, member=member, linked=True)
    person_link(person=ben, member=member, linked=True)
    assert list(Person.objects.filter(member=member)) == [ben]
    undo_last()
    assert list(Person.objects.filter(member=member)) == [anna]
    with pytest.raises(DecisionError, match="somebody else"):
        person_link(person=Person.objects.get(name="Anna"), member=MemberFactory(), linked=True)


def test_merging_and_undoing() -> None:
    anna, nan = person(), person("Nan", relation="aunt", birth_date=date(1990, 1, 1))
    Alias.objects.create(person=nan, name="Nanni")
    both = MediaFactory()
    mine, hers = face(both, person=anna, confirmed=True), face(both, left=0.6, person=nan, confirmed=True)
    moved, refused, guess = face(person=nan, confirmed=True), face(), face(person=nan)
    face_reject(face=refused, person=nan, member=None)
    tagged = MediaFactory()
    person_tag(media=tagged, person=nan, member=None)
    before = list(Face.objects.order_by("pk").values("pk", "person", "confirmed"))

    preview = merge_preview(keep=anna, other=nan, faces=Face.objects.all())
    assert (preview.faces, preview.photos, preview.photos_with_both) == (3, 3, 1)
    person_merge(keep=anna, other=nan, member=None)
    assert set(Person.objects.values_list("name", "relation", "birth_date")) == {("Anna", "aunt", date(1990, 1, 1))}
    assert set(anna.aliases.values_list("name", flat=True)) == {"Nan", "Nanni"}
    assert set(Face.objects.filter(person=anna, confirmed=True)) == {mine, moved}
    assert set(Face.objects.filter(person=None)) == {hers, refused, guess}
    assert Rejection.objects.get().person == anna
    assert PersonTag.objects.get().person == anna

    undo_last()
    assert set(Person.objects.values_list("pk", "name", "relation")) == {(anna.pk, "Anna", ""), (nan.pk, "Nan", "aunt")}
    assert list(Face.objects.order_by("pk").values("pk", "person", "confirmed")) == before
    assert Alias.objects.get().person == nan
    assert Rejection.objects.get().person == nan
    assert PersonTag.objects.get().person == nan


def test_a_face_that_was_refused_stays_refused_when_merged() -> None:
    anna, nan = person(), person("Nan")
    one = face(person=nan, confirmed=True)
    face_reject(face=one, person=anna, member=None)
    person_merge(keep=anna, other=nan, member=None)
    assert Face.objects.get(pk=one.pk).person is None
    assert Rejection.objects.filter(face=one, person=anna).exists()


def test_nobody_is_merged_with_themselves() -> None:
    anna = person()
    with pytest.raises(DecisionError, match="same person"):
        person_merge(keep=anna, other=anna, member=None)


def test_splitting_and_undoing() -> None:
    anna = person()
    first, second, other = (face(person=anna, confirmed=True) for _ in range(3))
    ben = person_split(person=anna, faces=[second, other], to="Ben", member=None)
    assert set(Face.objects.filter(person=ben, confirmed=True)) == {second, other}
    assert set(Rejection.objects.values_list("face", "person")) == {(second.pk, anna.pk), (other.pk, anna.pk)}
    undo_last()
    assert list(Person.objects.all()) == [anna]
    assert set(Face.objects.filter(person=anna, confirmed=True)) == {first, second, other}
    assert not Rejection.objects.exists()
    with pytest.raises(DecisionError, match="choose faces"):
        person_split(person=anna, faces=[face()], to="Carl", member=None)


def test_forgetting_and_undoing() -> None:
    anna = person()
    one = face(person=anna, confirmed=True)
    person_forget(person=anna, member=None)
    assert Face.objects.get(pk=one.pk).person is None
    undo_last()
    assert Face.objects.get(pk=one.pk).person == Person.objects.get(name="Anna")
    assert Face.objects.get(pk=one.pk).confirmed


def test_a_whole_group_at_once() -> None:
    group = Cluster.objects.create()
    faces = [face(cluster=group) for _ in range(3)]
    anna = group_name(cluster=group, faces=faces, person="Anna", member=None)
    assert Face.objects.filter(person=anna, confirmed=True).count() == 3
    undo_last()
    assert not Person.objects.exists()
    assert Face.objects.filter(person=None, confirmed=False).count() == 3
    with pytest.raises(DecisionError, match="has changed"):
        group_name(cluster=Cluster.objects.create(), faces=faces, person="Anna", member=None)


def test_a_group_that_nobody_wants_to_name() -> None:
    group = Cluster.objects.create()
    face(cluster=group)
    group_hide(cluster=group, hidden=True, member=None)
    assert Cluster.objects.get().hidden
    undo_last()
    assert not Cluster.objects.get().hidden


def test_a_later_decision_is_undone_first() -> None:
    anna, ben = person(), person("Ben")
    one = face()
    first = face_confirm(face=one, person=anna, member=None)
    face_reject(face=Face.objects.get(pk=one.pk), person=anna, member=None)
    face_confirm(face=Face.objects.get(pk=one.pk), person=ben, member=None)
    assert first is not None
    with pytest.raises(DecisionError, match="undo “Ben: a face confirmed” first"):
        decision_undo(first)
    undo_last()
    undo_last()
    undo_last()
    assert Face.objects.get(pk=one.pk).person is None
    with pytest.raises(DecisionError, match="undone already"):
        decision_undo(first)


def test_what_somebody_else_decided_later_is_not_told() -> None:
    anna, zoe, one = person(), person("Zoe"), face()
    first = face_confirm(face=one, person=anna, member=MemberFactory())
    face_move(face=Face.objects.get(pk=one.pk), person=zoe, member=MemberFactory())
    assert first is not None
    with pytest.raises(DecisionError, match="somebody else decided") as told:
        decision_undo(first)
    assert "Zoe" not in str(told.value)


def test_a_person_in_other_photos_is_not_undone() -> None:
    anna = person_create(name="Anna", member=None)
    made = Decision.objects.get()
    face_confirm(face=face(), person=anna, member=None)
    with pytest.raises(DecisionError, match="in other photos"):
        decision_undo(made)


def test_undoing_after_a_photo_is_gone() -> None:
    anna, one = person(), face()
    decision = face_confirm(face=one, person=anna, member=None)
    one.media.delete()
    assert decision is not None
    decision_undo(decision)
    assert not Face.objects.exists()


def test_age_at_a_day() -> None:
    anna = person(birth_date=date(2015, 5, 2))
    assert [anna.age_at(date(2016, 5, day)) for day in (1, 2)] == [0, 1]
    assert anna.age_at(date(2015, 5, 1)) is None
    assert person("Ben").age_at(date(2015, 5, 1)) is None
