from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from media_index.search.filters.base import Scope
from people.models import Cluster, Face, Person, Rejection, Suggestion
from people.persons import reviewing
from tests.people.factories import face, person
from tests.people.pages.conftest import Home

pytestmark = pytest.mark.django_db


def group(home: Home, count: int, **values: object) -> Cluster:
    made = Cluster.objects.create()
    for _ in range(count):
        face(home.photo(**values), cluster=made)
    return made


def guess(one: Face, who: Person, score: float = 0.9) -> None:
    Suggestion.objects.create(face=one, person=who, score=score)


def known(home: Home, name: str = "Anna") -> Person:
    made = person(name)
    face(home.photo(), person=made, confirmed=True)
    return made


def say(home: Home, key: str, action: str, **data: object) -> str:
    response = home.client.post(reverse("review-answer"), {"question": key, "action": action, **data}, follow=True)
    return response.content.decode()


def test_the_best_question_comes_first(home: Home) -> None:
    anna = known(home)
    small, large = group(home, 2), group(home, 5)
    single = face(home.photo())
    guess(single, anna)
    for one in large.faces.all():
        guess(one, anna, 0.8)
    keys = [one.key for one in reviewing.questions(Scope.of(home.member))]
    assert keys == [f"g{large.pk}", f"g{small.pk}", f"f{single.pk}"]
    page = home.client.get(reverse("review")).content.decode()
    assert "Is this Anna?" in page
    assert "3 questions left" in page


def test_yes_names_the_whole_group(home: Home) -> None:
    anna, large = known(home), group(home, 4)
    for one in large.faces.all():
        guess(one, anna)
    last = max(large.faces.values_list("pk", flat=True))
    late = face(home.photo(), cluster=large)
    say(home, f"g{large.pk}", "yes", last=last)
    assert anna.faces.filter(confirmed=True).count() == 5
    assert Face.objects.get(pk=late.pk).person is None


def test_no_is_not_asked_again(home: Home) -> None:
    anna, single = known(home), face(home.photo())
    guess(single, anna)
    say(home, f"f{single.pk}", "no")
    assert Rejection.objects.filter(face=single, person=anna).exists()
    assert "No questions" in home.client.get(reverse("review")).content.decode()


def test_somebody_else(home: Home) -> None:
    anna, single = known(home), face(home.photo())
    guess(single, anna)
    page = say(home, f"f{single.pk}", "name", name="Ben")
    assert "Ben: 1 face." in page
    assert Face.objects.get(pk=single.pk).person == Person.objects.get(name="Ben")


def test_skipped_ones_come_last(home: Home) -> None:
    large, small = group(home, 5), group(home, 2)
    say(home, f"g{large.pk}", "skip")
    page = home.client.get(reverse("review")).content.decode()
    assert f'value="g{small.pk}"' in page
    say(home, f"g{small.pk}", "skip")
    assert f'value="g{large.pk}"' in home.client.get(reverse("review")).content.decode()


def test_strangers_and_what_is_no_face(home: Home) -> None:
    strangers, wrong = group(home, 3), group(home, 2)
    say(home, f"g{strangers.pk}", "strangers")
    say(home, f"g{wrong.pk}", "none")
    assert Cluster.objects.get(pk=strangers.pk).hidden
    assert Face.objects.filter(state="dismissed").count() == 2
    assert reviewing.left(Scope.of(home.member)) == 0


def test_what_was_answered_meanwhile(home: Home) -> None:
    assert "This was answered meanwhile." in say(home, "g1", "yes")
    small = group(home, 2)
    assert "nothing has happened" in say(home, f"g{small.pk}", "yes")
    assert "nothing has happened" in say(home, f"g{small.pk}", "jump")


def test_a_name_that_a_file_tells(home: Home) -> None:
    single = face(home.photo())
    Suggestion.objects.create(face=single, name="Carl", score=1, origin="file")
    page = home.client.get(reverse("review")).content.decode()
    assert "The file says Carl" in page
    say(home, f"f{single.pk}", "yes")
    assert Face.objects.get(pk=single.pk).person == Person.objects.get(name="Carl")


def test_those_who_are_hidden_are_not_asked_about(home: Home) -> None:
    face(home.photo(), person=(zoe := person("Zoe", hidden=True)))
    Suggestion.objects.create(face=face(home.photo()), person=zoe, name="Zoe", score=1, origin="file")
    guess(face(home.photo()), zoe)
    assert reviewing.questions(Scope.of(home.member)) == []
    assert reviewing.left(Scope.of(home.member)) == 0


def test_a_stranger_is_asked_nothing_of_others(home: Home) -> None:
    zoe = person("Zoe")
    face(home.photo(private=True), person=zoe)
    group(home, 4, private=True)
    mine = group(home, 2)
    for one in mine.faces.all():
        guess(one, zoe)
    single = face(home.photo(private=True))
    guess(single, zoe)
    (asked,) = reviewing.questions(Scope.of(home.member))
    assert (asked.key, asked.person, asked.count) == (f"g{mine.pk}", None, 2)
    assert reviewing.left(Scope.of(home.member)) == 1
    guess(face(home.photo()), zoe)
    assert reviewing.left(Scope.of(home.member)) == len(reviewing.questions(Scope.of(home.member))) == 1
    assert "Zoe" not in home.client.get(reverse("review")).content.decode()
    assert "This was answered meanwhile." in say(home, f"f{single.pk}", "yes")


def test_as_many_statements_for_many_questions(home: Home) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert home.client.get(reverse("review")).status_code == 200
        return len(captured)

    anna = known(home)
    guess(face(home.photo(), cluster=group(home, 2)), anna)
    few = statements()
    for _ in range(8):
        guess(face(home.photo(), cluster=group(home, 2)), anna)
        guess(face(home.photo()), anna)
    assert statements() == few
