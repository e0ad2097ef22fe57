"""The laws of names, under random sequences of what may happen: photos come, somebody confirms, rejects, moves, merges,
splits and undoes, and faces are grouped in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from people.faces.grouping import faces_group
from people.models import Cluster, Decision, Face, Person, PersonTag, Rejection, Suggestion
from people.persons.face_service import (
    face_add,
    face_confirm,
    face_dismiss,
    face_move,
    face_reject,
    faces_confirm,
    person_tag,
)
from people.persons.history import DecisionError, decision_undo
from people.persons.person_service import group_name, person_create, person_forget, person_merge, person_split
from tests.factories import MediaFactory
from tests.people.factories import face, like

pytestmark = pytest.mark.django_db

State = tuple[frozenset[tuple[object, ...]], ...]


@dataclass
class World:
    """A library in which things happen. ``before`` holds what stood before each decision."""

    seed: int = 0
    before: list[tuple[int, State]] = field(default_factory=list)

    def photo(self, one: int, other: int) -> None:
        media = MediaFactory()
        for place, who in enumerate((one % 3, other % 4)):
            self.seed += 1
            if who < 3:
                face(media, vector=like(who, 0.25, seed=self.seed), left=0.1 + 0.4 * place)

    def decide(self, act: Callable[[], object]) -> None:
        """A decision that cannot be is refused, and then nothing has changed."""
        state, count = said(), Decision.objects.count()
        try:
            with transaction.atomic():
                act()
        except DecisionError:
            assert said() == state
        for decision in Decision.objects.order_by("pk")[count:]:
            self.before.append((decision.pk, state))

    def act(self, action: str, one: int, other: int) -> None:
        faces, people = list(Face.objects.order_by("pk")), list(Person.objects.order_by("pk"))
        if action == "photo" or not faces:
            self.photo(one, other)
        elif action == "group":
            faces_group(whole=bool(one % 2))
        elif action == "undo":
            self.undo()
        elif action == "create" or not people:
            self.decide(lambda: person_create(name=f"P{one % 4}", member=None))
        else:
            self._decide(action, faces[one % len(faces)], people[other % len(people)], people[one % len(people)])

    def _decide(self, action: str, one: Face, person: Person, third: Person) -> None:
        mine = list(Face.objects.filter(person=person).order_by("pk"))
        cluster = Cluster.objects.filter(faces__person=None).order_by("pk").first()
        group = list(Face.objects.filter(cluster=cluster, person=None)) if cluster else []
        acts: dict[str, Callable[[], object]] = {
            "confirm": lambda: face_confirm(face=one, person=person, member=None),
            "reject": lambda: face_reject(face=one, person=person, member=None),
            "move": lambda: face_move(face=one, person=person, member=None),
            "dismiss": lambda: face_dismiss(face=one, member=None),
            "confirm all": lambda: faces_confirm(faces=mine, person=person, member=None),
            "merge": lambda: person_merge(keep=person, other=third, member=None),
            "split": lambda: person_split(person=person, faces=mine[:2], to="Split", member=None),
            "name": lambda: cluster and group_name(cluster=cluster, faces=group, person=person, member=None),
            "forget": lambda: person_forget(person=person, member=None),
            "tag": lambda: person_tag(media=one.media, person=person, member=None),
            "draw": lambda: face_add(media=one.media, box=(0.7, 0.6, 0.2, 0.2), person=person, member=None),
        }
        self.decide(acts[action])

    def undo(self) -> None:
        """The last decision that stands: what was said before it is said again, to the letter."""
        last = Decision.objects.filter(undone_at=None).order_by("-pk").first()
        if last is None:
            return
        decision_undo(last)
        pk, state = self.before.pop()
        assert pk == last.pk
        assert said() == state


def said() -> State:
    """All that people said, without what the machine thinks."""
    return (
        frozenset(Face.objects.filter(confirmed=True).values_list("pk", "person")),
        frozenset(Face.objects.exclude(state="face").values_list("pk", "state")),
        frozenset(Face.objects.filter(origin="drawn").values_list("pk")),
        frozenset(Rejection.objects.values_list("face", "person")),
        frozenset(Person.objects.values_list("pk", "name", "hidden")),
        frozenset(Person.objects.filter(aliases__isnull=False).values_list("pk", "aliases__name")),
        frozenset(PersonTag.objects.values_list("media", "person")),
    )


def the_laws_hold() -> None:
    named = list(Face.objects.filter(person__isnull=False, mirrored=False).values_list("media", "person"))
    assert len(named) == len(set(named))
    grouped = list(Face.objects.filter(cluster__isnull=False, mirrored=False).values_list("media", "cluster"))
    assert len(grouped) == len(set(grouped))
    refused = set(Rejection.objects.values_list("face", "person"))
    assert not refused & set(Face.objects.filter(person__isnull=False).values_list("pk", "person"))
    assert not refused & set(Suggestion.objects.filter(person__isnull=False).values_list("face", "person"))
    for cluster in Cluster.objects.all():
        people = set(cluster.faces.filter(person__isnull=False, placed=True, confirmed=False).values_list("person"))
        assert len(people) <= 1


ACTIONS = [
    "photo", "photo", "photo", "group", "group", "undo", "create", "confirm", "confirm", "reject", "move", "dismiss",
    "confirm all", "merge", "split", "name", "forget", "tag", "draw",
]  # fmt: skip
STEPS = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 50), st.integers(0, 50)), min_size=8, max_size=24)


@settings(max_examples=15, phases=[Phase.explicit, Phase.generate])
@given(steps=STEPS)
def test_whatever_happens_the_laws_hold(steps: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        world = World()
        for _ in range(3):
            world.photo(0, 1)
        for action, one, other in steps:
            confirmed = dict(Face.objects.filter(confirmed=True).values_list("pk", "person"))
            world.act(action, one, other)
            the_laws_hold()
            if action in {"group", "photo"}:
                assert dict(Face.objects.filter(confirmed=True).values_list("pk", "person")) == confirmed
        while world.before:
            world.undo()
            the_laws_hold()
        transaction.set_rollback(True)
