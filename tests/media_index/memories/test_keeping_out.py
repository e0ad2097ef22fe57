from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_index.memories.keeping_out import (
    KeepingOutError,
    UnreadableError,
    keep_out,
    keeps_out,
    numbers_joined,
    rows_of,
    told,
    without_kept_out,
)
from media_index.models import Capture, KeptOut, Media, Place
from media_index.search.filters.base import Scope
from people.models import Face, Member, Person
from people.persons.person_service import person_edit, person_merge
from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory

BOX = {"left": 0.1, "top": 0.1, "width": 0.2, "height": 0.2, "quality": 0.9}


@pytest.fixture
def member(db: None) -> Member:
    return MemberFactory()


def with_person(person: Person, **values: object) -> Media:
    media = MediaFactory(sources=[SourceFactory()], **values)
    Face.objects.create(media=media, person=person, confirmed=True, **BOX)
    return media


def at_place(name: str, code: str) -> Media:
    media = MediaFactory(sources=[SourceFactory()])
    place = Place.objects.create(kind="city", code=code, name=name, names=[name.lower()], country_code="PT")
    Capture.objects.create(media=media, place=place)
    return media


def left(member: Member) -> set[int]:
    return set(without_kept_out(Scope.of(member)).media.values_list("pk", flat=True))


def keep(member: Member, query: str) -> KeptOut:
    return keep_out(member_id=member.pk, query=query, scope=Scope.of(member))


def sentences(member: Member) -> list[str]:
    return [one.sentence for one in told(rows_of(member.pk), Scope.of(member))]


def test_days(member: Member) -> None:
    inside = MediaFactory(sources=[SourceFactory()], taken_at="2020-03-05T12:00")
    outside = MediaFactory(sources=[SourceFactory()], taken_at="2020-03-25T12:00")
    keep(member, "taken:2020-03-01..2020-03-20")
    assert left(member) == {outside.pk} and inside.pk not in left(member)
    assert left(MemberFactory()) == {inside.pk, outside.pk}


def test_a_person_whatever_she_is_called(member: Member) -> None:
    anna = Person.objects.create(name="Anna")
    with_person(anna)
    other = with_person(Person.objects.create(name="Ben"))
    row = keep(member, "person:Anna")
    assert row.query == f"person:#{anna.pk}"
    assert left(member) == {other.pk}
    person_edit(person=anna, member=member, name="Anna-Maria")
    assert left(member) == {other.pk}
    assert sentences(member) == ["with Anna-Maria"]
    # Somebody else who is called so now is not meant.
    second = with_person(Person.objects.create(name="Anna"))
    assert left(member) == {other.pk, second.pk}


def test_who_is_merged_stays_out_and_so_does_who_parts_again(member: Member) -> None:
    anna, double = Person.objects.create(name="Anna"), Person.objects.create(name="Anna 2")
    one, two = with_person(anna), with_person(double)
    keep(member, 'person:"Anna 2"')
    assert left(member) == {one.pk}
    person_merge(keep=anna, other=double, member=member)
    assert left(member) == set() and two.pk not in left(member)
    assert sentences(member) == ["with Anna"]


def test_numbers_are_not_taken_for_parts_of_others(member: Member) -> None:
    for query in ("person:#1", "person:#12", "person:#2|#1 place:#1", "place:#1", "person:#1|#9"):
        KeptOut.objects.create(member=member, query=query)
    numbers_joined("person", 1, 9)
    found = sorted(KeptOut.objects.values_list("query", flat=True))
    assert found == ["person:#12", "person:#1|#9", "person:#2|#1|#9 place:#1", "place:#1"]


def test_a_place_by_its_number(member: Member) -> None:
    lisbon, porto = at_place("Lisbon", "1"), at_place("Porto", "2")
    row = keep(member, "place:lisbon")
    assert row.query == f"place:#{lisbon.capture.place_id}"
    assert left(member) == {porto.pk}
    assert sentences(member) == ["in Lisbon"]


def test_several_conditions_hold_together(member: Member) -> None:
    anna = Person.objects.create(name="Anna")
    there = with_person(anna, taken_at="2020-03-05T12:00")
    later = with_person(anna, taken_at="2021-03-05T12:00")
    keep(member, "person:anna taken:2020")
    assert left(member) == {later.pk} and there.pk != later.pk
    assert sentences(member)[0].startswith("with Anna, ") and "2020" in sentences(member)[0]


@pytest.mark.parametrize(
    "query", ["", "beach", "beach year:2020", "-year:2020", "year:2020 | year:2021", "year:soon", "similar:12345678"]
)
def test_only_what_filters_say(member: Member, query: str) -> None:
    with pytest.raises(KeepingOutError):
        keep(member, query)
    assert not KeptOut.objects.exists()


def test_who_is_not_seen_cannot_be_named(member: Member) -> None:
    secret = MediaFactory(sources=[PrivateSourceFactory()])
    hidden = Person.objects.create(name="Hidden")
    Face.objects.create(media=secret, person=hidden, confirmed=True, **BOX)
    place = Place.objects.create(kind="city", code="9", name="Lisbon", names=["lisbon"], country_code="PT")
    Capture.objects.create(media=secret, place=place)
    for query in ("person:hidden", "place:lisbon", f"person:#{hidden.pk}"):
        with pytest.raises(KeepingOutError):
            keep(member, query)
    # By its number a place can be kept out, and its name is told to nobody who does not see it.
    keep(member, f"place:#{place.pk}")
    assert "Lisbon" not in " ".join(sentences(member))


def test_the_same_twice_is_one(member: Member) -> None:
    assert keep(member, "year:2020") == keep(member, "year:2020")
    assert keeps_out(member.pk, "year:2020") and not keeps_out(MemberFactory().pk, "year:2020")


def test_what_cannot_be_read_lets_nothing_through(member: Member) -> None:
    MediaFactory(sources=[SourceFactory()])
    row = KeptOut.objects.create(member=member, query="colourful:very")
    with pytest.raises(UnreadableError, match="colourful:very"):
        without_kept_out(Scope.of(member))
    assert told([row], Scope.of(member))[0].sentence == ""


def test_as_many_statements_for_many_rows(member: Member) -> None:
    people = [Person.objects.create(name=f"P{number}") for number in range(12)]
    media = [with_person(person) for person in people]
    Capture.objects.create(
        media=media[0],
        place=Place.objects.create(kind="city", code="1", name="Lisbon", names=["lisbon"], country_code="PT"),
    )

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            left(member)
            sentences(member)
        return len(captured)

    keep(member, "person:p0")
    keep(member, "place:lisbon")
    keep(member, "year:2001")
    few = statements()
    for number in range(1, 12):
        keep(member, f"person:p{number}")
        keep(member, f"year:{2001 + number}")
    assert statements() == few
