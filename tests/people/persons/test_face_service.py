from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from people.models import Decision, Face, FaceCount, PersonTag, Rejection, Suggestion
from people.persons.face_service import (
    face_add,
    face_confirm,
    face_dismiss,
    face_mirror,
    face_move,
    face_reject,
    face_unname,
    faces_confirm,
    faces_dismiss,
    person_tag,
    person_untag,
)
from people.persons.history import DecisionError, decision_undo
from tests.factories import MediaFactory, MemberFactory
from tests.people.factories import face, person

pytestmark = pytest.mark.django_db


def fresh(one: Face) -> Face:
    return Face.objects.get(pk=one.pk)


def said(one: Face) -> tuple[object, ...]:
    row = fresh(one)
    return (row.person_id, row.confirmed, row.state, row.mirrored)


def test_confirming_tells_who_and_when() -> None:
    one, anna, member = face(), person(), MemberFactory()
    decision = face_confirm(face=one, person=anna, member=member)
    row = fresh(one)
    assert (row.person, row.confirmed, row.confirmed_by, row.placed) == (anna, True, member, False)
    assert row.confirmed_at is not None
    assert decision is not None
    assert (decision.kind, decision.member, decision.summary) == ("confirm", member, "Anna: a face confirmed")


def test_confirming_twice_is_one_decision() -> None:
    one, anna = face(), person()
    face_confirm(face=one, person=anna, member=None)
    assert Decision.objects.count() == 1


def test_confirming_takes_a_rejection_back_and_undoing_brings_it_again() -> None:
    one, anna = face(), person()
    face_reject(face=one, person=anna, member=None)
    decision = face_confirm(face=one, person=anna, member=None)
    assert not Rejection.objects.exists()
    assert decision is not None
    decision_undo(decision)
    assert Rejection.objects.filter(face=one, person=anna).exists()
    assert said(one) == (None, False, "face", False)


def test_a_person_is_once_in_a_photo() -> None:
    media, anna = MediaFactory(), person()
    one, other = face(media), face(media, left=0.6)
    face_confirm(face=one, person=anna, member=None)
    with pytest.raises(DecisionError, match="is in this photo already"):
        face_confirm(face=other, person=anna, member=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Face.objects.filter(pk=other.pk).update(person=anna)
    face_mirror(face=other, mirrored=True, member=None)
    face_confirm(face=fresh(other), person=anna, member=None)
    assert Face.objects.filter(person=anna).count() == 2
    with pytest.raises(DecisionError, match="another face of this photo"):
        face_mirror(face=fresh(other), mirrored=False, member=None)


def test_what_a_machine_thinks_makes_room_for_what_somebody_says() -> None:
    media, anna = MediaFactory(), person()
    guessed, right = face(media, person=anna), face(media, left=0.6)
    face_confirm(face=right, person=anna, member=None)
    assert (fresh(guessed).person, fresh(right).person) == (None, anna)


def test_a_rejected_pair_is_refused_by_the_database() -> None:
    one, anna = face(), person()
    face_reject(face=one, person=anna, member=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Face.objects.filter(pk=one.pk).update(person=anna)
    with pytest.raises(IntegrityError), transaction.atomic():
        Suggestion.objects.create(face=one, person=anna, score=0.9)
    with pytest.raises(IntegrityError), transaction.atomic():
        face(person=anna, pk=one.pk + 1).rejections.create(person=anna)


def test_rejecting_takes_the_name_and_the_suggestion_away() -> None:
    anna = person()
    guessed, asked = face(person=anna), face()
    Suggestion.objects.create(face=asked, person=anna, score=0.7)
    face_reject(face=guessed, person=anna, member=None)
    face_reject(face=asked, person=anna, member=None)
    assert fresh(guessed).person is None
    assert not Suggestion.objects.exists()


def test_moving_rejects_who_it_was() -> None:
    anna, ben = person(), person("Ben")
    one = face(person=anna, confirmed=True)
    decision = face_move(face=one, person=ben, member=None)
    assert fresh(one).person == ben
    assert Rejection.objects.filter(face=one, person=anna).exists()
    assert decision is not None
    assert decision.summary == "a face of Anna moved to Ben"
    decision_undo(decision)
    assert said(one) == (anna.pk, True, "face", False)
    assert not Rejection.objects.exists()


def test_what_is_no_face_is_nobody_and_counts_no_more() -> None:
    media, anna = MediaFactory(), person()
    one = face(media, person=anna, confirmed=True)
    face(media, left=0.6)
    decision = face_dismiss(face=one, member=None)
    assert said(one) == (None, False, "dismissed", False)
    assert FaceCount.objects.get(media=media).faces == 1
    assert decision is not None
    decision_undo(decision)
    assert said(one) == (anna.pk, True, "face", False)
    assert FaceCount.objects.get(media=media).faces == 2


def test_many_at_once_leave_what_cannot_be() -> None:
    media, anna, ben = MediaFactory(), person(), person("Ben")
    good, refused, of_ben = face(), face(), face(person=ben, confirmed=True)
    sharp, blurred = face(media, quality=0.8), face(media, left=0.6, quality=0.3)
    face_reject(face=refused, person=anna, member=None)
    decision = faces_confirm(faces=[good, refused, of_ben, blurred, sharp], person=anna, member=None)
    assert set(Face.objects.filter(person=anna, confirmed=True)) == {good, sharp}
    assert decision is not None
    assert decision.summary == "Anna: 2 faces confirmed"
    decision_undo(decision)
    assert not Face.objects.filter(person=anna).exists()
    assert faces_dismiss(faces=[good, blurred], member=None) is not None
    assert Face.objects.filter(state="dismissed").count() == 2


def test_a_drawn_face() -> None:
    media, anna = MediaFactory(), person()
    one = face_add(media=media, box=(0.5, 0.5, 0.2, 0.3), person=anna, member=None)
    assert (one.origin, one.person, one.confirmed) == ("drawn", anna, True)
    assert one.box == pytest.approx((0.5, 0.5, 0.2, 0.3))
    assert FaceCount.objects.get(media=media).faces == 1
    decision_undo(Decision.objects.get())
    assert not Face.objects.exists()


@pytest.mark.parametrize(
    ("box", "why"),
    [((1.2, 0.1, 0.2, 0.2), "outside"), ((0.1, 0.1, 0.0, 0.2), "empty"), ((0.1, 0.1, 0.005, 0.2), "too small")],
)
def test_a_box_that_is_none(box: tuple[float, float, float, float], why: str) -> None:
    with pytest.raises(DecisionError, match=why):
        face_add(media=MediaFactory(), box=box, member=None)


def test_no_second_box_around_a_face() -> None:
    one = face(left=0.1)
    with pytest.raises(DecisionError, match="there is a face"):
        face_add(media=one.media, box=(0.12, 0.1, 0.2, 0.2), member=None)


def test_a_tag_for_who_shows_no_face() -> None:
    media, anna = MediaFactory(), person()
    person_tag(media=media, person=anna, member=None)
    assert person_tag(media=media, person=anna, member=None) is None
    decision = person_untag(media=media, person=anna, member=None)
    assert not PersonTag.objects.exists()
    assert decision is not None
    decision_undo(decision)
    assert PersonTag.objects.filter(media=media, person=anna).exists()


def test_a_name_is_taken_off_without_another_word() -> None:
    one = face(person=person(), confirmed=True)
    face_unname(face=one, member=None)
    assert said(one) == (None, False, "face", False)
    assert not Rejection.objects.exists()
