from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import connection

from people.faces.grouping import faces_group, faces_settle
from people.faces.neighbours import Graph, graph, neighbours_refresh
from people.faces.vector_index import statement
from people.models import Cluster, Decision, Face, FaceVector, Person, Suggestion
from people.persons.face_service import face_confirm, face_mirror, face_reject
from people.persons.history import decision_undo
from people.persons.person_service import group_hide, person_create
from tests.factories import MediaFactory
from tests.people.factories import engine, face, like, person

pytestmark = pytest.mark.django_db


def several(who: int, count: int, away: float = 0.15, **values: object) -> list[Face]:
    return [face(vector=like(who, away, seed=100 * who + number), **values) for number in range(count)]


def groups() -> set[frozenset[int]]:
    found: dict[int, set[int]] = {}
    for pk, cluster in Face.objects.filter(cluster__isnull=False).values_list("pk", "cluster"):
        found.setdefault(cluster, set()).add(pk)
    return {frozenset(ids) for ids in found.values()}


def ids(faces: list[Face]) -> frozenset[int]:
    return frozenset(one.pk for one in faces)


def test_like_comes_to_like() -> None:
    one, other = several(0, 5), several(1, 4)
    done = faces_group()
    assert groups() == {ids(one), ids(other)}
    assert (done.faces, done.groups) == (9, 2)
    assert not Face.objects.filter(placed=False).exists()


def test_nothing_to_group() -> None:
    assert faces_group().faces == 0
    engine()
    assert faces_group().faces == 0


def test_a_group_keeps_its_id_when_it_grows() -> None:
    several(0, 5)
    faces_group()
    first = Cluster.objects.get()
    more = several(0, 9, away=0.2)
    faces_settle()
    assert Cluster.objects.get() == first
    assert Face.objects.filter(cluster=first).count() == 14
    assert Face.objects.get(pk=more[0].pk).placed


def test_only_what_is_touched_is_looked_at() -> None:
    several(0, 5)
    faces_group()
    several(1, 4)
    assert faces_group().faces == 4


def test_order_and_batches_do_not_matter() -> None:
    made = [one for who in range(3) for one in several(who, 6, away=0.3)]
    faces_group(whole=True)
    at_once = groups()
    vectors = {row.face_id: list(row.vector) for row in FaceVector.objects.all()}
    FaceVector.objects.all().delete()
    Face.objects.update(cluster=None, placed=False)
    for one in sorted(made, key=lambda face: (face.pk * 7) % 19):
        FaceVector.objects.create(face=one, engine=engine(), vector=vectors[one.pk], quality=0.9)
        faces_group()
    assert groups() == at_once


def test_confirming_one_names_the_group_and_undoing_unnames_it() -> None:
    made, anna = several(0, 5), person()
    decision = face_confirm(face=made[0], person=anna, member=None)
    faces_group()
    assert set(Face.objects.filter(person=anna)) == set(made)
    assert list(Face.objects.filter(confirmed=True)) == [made[0]]
    assert decision is not None
    decision_undo(decision)
    faces_group()
    assert not Face.objects.filter(person=anna).exists()


def test_a_confirmed_face_is_never_moved() -> None:
    one, other = several(0, 5), several(1, 5)
    anna, ben = person(), person("Ben")
    face_confirm(face=one[0], person=anna, member=None)
    face_confirm(face=other[0], person=ben, member=None)
    face_confirm(face=one[1], person=ben, member=None)
    faces_group(whole=True)
    said = dict(Face.objects.filter(confirmed=True).values_list("pk", "person"))
    assert said == {one[0].pk: anna.pk, other[0].pk: ben.pk, one[1].pk: ben.pk}


def test_a_rejected_face_does_not_come_back() -> None:
    made, anna = several(0, 6), person()
    face_confirm(face=made[0], person=anna, member=None)
    face_reject(face=made[1], person=anna, member=None)
    for _ in range(2):
        faces_group(whole=True)
        assert Face.objects.get(pk=made[1].pk).person is None
        assert not Suggestion.objects.filter(face=made[1], person=anna).exists()


def test_two_of_one_photo_are_never_one() -> None:
    several(0, 4)
    media = MediaFactory()
    one = face(media, vector=like(0, 0.1, seed=1))
    other = face(media, vector=like(0, 0.1, seed=2), left=0.6)
    faces_group()
    clusters = {Face.objects.get(pk=pk).cluster_id for pk in (one.pk, other.pk)}
    assert len(clusters) == 2
    face_mirror(face=other, mirrored=True, member=None)
    faces_group()
    clusters = {Face.objects.get(pk=pk).cluster_id for pk in (one.pk, other.pk)}
    assert len(clusters) == 1


def test_nobody_is_found_before_they_were_born() -> None:
    early = [face(MediaFactory(taken_at=datetime(2010, 1, day)), vector=like(0, 0.15, seed=day)) for day in (1, 2)]
    late = [
        face(MediaFactory(taken_at=datetime(2020, 1, day)), vector=like(0, 0.15, seed=day + 9)) for day in (1, 2, 3)
    ]
    anna = person_create(name="Anna", birth_date=date(2015, 1, 1), member=None)
    face_confirm(face=late[0], person=anna, member=None)
    faces_group()
    assert set(Face.objects.filter(person=anna)) == set(late)
    assert not Suggestion.objects.filter(face__in=early).exists()


def test_a_hidden_group_stays_hidden_when_it_grows() -> None:
    several(0, 5)
    faces_group()
    group_hide(cluster=Cluster.objects.get(), hidden=True, member=None)
    several(0, 7, away=0.2)
    faces_group()
    assert Cluster.objects.get().hidden


def test_a_decision_meanwhile_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    from people.faces import grouping

    made, anna = several(0, 5), person()
    reckon, decided = grouping._reckon, []

    def reckon_slowly(*args: object) -> object:
        found = reckon(*args)  # type: ignore[arg-type]
        if not decided:
            decided.append(face_confirm(face=made[0], person=anna, member=None))
        return found

    monkeypatch.setattr(grouping, "_reckon", reckon_slowly)
    faces_group()
    assert set(Face.objects.filter(person=anna)) == set(made)


def test_the_index_answers() -> None:
    for who in range(4):
        several(who, 10)
    made = engine()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {statement(made)}", {"faces": [1, 2], "count": 5, "lowest": 0.5})
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert f"face_hnsw_{made.pk}" in plan


def test_a_graph_falls_into_its_components() -> None:
    import numpy as np

    edges = np.array([(0, 1), (4, 1), (2, 3), (6, 5), (5, 2)])
    components = Graph(np.arange(10, 18), edges).components()
    assert [int(one) for one in components] == [0, 0, 2, 2, 0, 2, 2, 7]
    chain = np.column_stack((np.arange(499), np.arange(1, 500)))
    assert set(Graph(np.arange(500), chain[::-1]).components().tolist()) == {0}


def test_neighbours_are_known_from_both_sides() -> None:
    first = several(0, 3)
    neighbours_refresh(engine())
    late = several(0, 1, away=0.3)[0]
    neighbours_refresh(engine())
    lists = dict(FaceVector.objects.values_list("face", "neighbours"))
    assert all(late.pk in lists[one.pk] for one in first)
    assert set(lists[late.pk]) == {one.pk for one in first}
    whole = graph(engine())
    Face.objects.filter(pk=late.pk).update(state="dismissed")
    assert len(graph(engine()).faces) == 3
    assert len(whole.edges) == 12
    assert set(graph(engine()).faces.tolist()) == {one.pk for one in first}


def test_nothing_is_left_of_empty_groups() -> None:
    made = several(0, 4)
    faces_group()
    Face.objects.filter(pk__in=[one.pk for one in made]).delete()
    several(1, 4)
    faces_group()
    assert Cluster.objects.count() == 1
    assert Person.objects.count() == 0
    assert Decision.objects.count() == 0
