"""Groups of faces: what is joined, and the laws that hold whatever comes."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from people.faces import clustering
from people.faces.clustering import Elsewhere, Face, Group, group

DIMENSIONS = 32
ALIKE = 0.25
"""Faces of one person lean so far from the same axis: about 0.94 alike."""


def vector(person: int, number: int, away: float = ALIKE) -> np.ndarray:
    noise = np.random.default_rng([person, number]).normal(size=DIMENSIONS)
    axis = np.zeros(DIMENSIONS)
    axis[person] = 1.0
    leaning = axis + away * noise / np.linalg.norm(noise)
    return (leaning / np.linalg.norm(leaning)).astype(np.float32)


def all_edges(faces: list[Face], vectors: np.ndarray) -> list[tuple[int, int]]:
    likeness = vectors @ vectors.T
    return [
        (faces[one].id, faces[other].id)
        for one, other in combinations(range(len(faces)), 2)
        if likeness[one, other] >= clustering.LOWEST_SIMILARITY
    ]


def grouped(faces: list[Face], persons: list[int], away: float = ALIKE) -> list[Group]:
    vectors = np.stack([vector(person, face.id, away) for face, person in zip(faces, persons, strict=True)])
    return group(faces, vectors, all_edges(faces, vectors))


def face(number: int, **values: object) -> Face:
    return Face(**{"id": number, "photo": number, "quality": 0.9, **values})  # type: ignore[arg-type]


def test_who_looks_alike_is_one_group() -> None:
    found = grouped([face(number) for number in range(9)], [0, 0, 0, 0, 1, 1, 1, 2, 3])
    assert [one.faces for one in found] == [(0, 1, 2, 3), (4, 5, 6)]
    assert all(one.person is None for one in found)


def test_no_faces() -> None:
    assert group([], np.empty((0, DIMENSIONS), np.float32), []) == []


def test_two_faces_of_one_photo_are_two_persons() -> None:
    faces = [face(0, photo=7), face(1, photo=7), face(2), face(3)]
    found = grouped(faces, [0, 0, 0, 0], away=0.1)
    assert all(not {0, 1} <= set(one.faces) for one in found)


def test_a_mirror_shows_one_person_twice() -> None:
    found = grouped([face(0, photo=None), face(1, photo=None), face(2)], [0, 0, 0])
    assert [one.faces for one in found] == [(0, 1, 2)]


def test_low_quality_founds_nothing_and_may_join() -> None:
    poor = [face(number, quality=0.05) for number in (0, 1, 2)]
    assert grouped(poor, [0, 0, 0]) == []
    found = grouped([*poor, face(3), face(4), face(5)], [0] * 6, away=0.15)
    assert [one.faces for one in found] == [(0, 1, 2, 3, 4, 5)]


def test_a_group_takes_no_more_of_low_quality_than_it_has_others() -> None:
    poor = [face(number, quality=0.05) for number in range(5)]
    (found,) = grouped([*poor, face(5), face(6)], [0] * 7, away=0.15)
    assert len(found.faces) == 4
    assert {5, 6} < set(found.faces)


def test_the_poorer_a_face_the_more_alike_it_must_be() -> None:
    vectors = np.zeros((3, DIMENSIONS), np.float32)
    for row, angle in enumerate((0.0, 0.05, 0.37)):
        vectors[row, :2] = np.cos(angle), np.sin(angle)
    for quality, members in ((clustering.FOUNDING_QUALITY - 0.01, (0, 1, 2)), (0.0, (0, 1))):
        faces = [face(0), face(1), face(2, quality=quality)]
        assert [one.faces for one in group(faces, vectors, all_edges(faces, vectors))] == [members]


def test_low_quality_does_not_lead_another_in() -> None:
    """3 is like 2 alone, which is too poor to speak for the group."""
    vectors = np.zeros((4, DIMENSIONS), np.float32)
    for row, angle in enumerate((0.0, 0.05, 0.33, 0.7)):
        vectors[row, :2] = np.cos(angle), np.sin(angle)
    faces = [face(0), face(1), face(2, quality=0.05), face(3)]
    found = group(faces, vectors, all_edges(faces, vectors))
    assert [one.faces for one in found] == [(0, 1, 2)]


def test_a_confirmed_face_names_its_group() -> None:
    found = grouped([face(0, person=5), face(1), face(2)], [0, 0, 0])
    assert found == [Group((0, 1, 2), 5)]


def test_confirmed_persons_part_a_group() -> None:
    faces = [face(0, person=5), face(1, person=5), face(2), face(3, person=6), face(4, person=6), face(5)]
    found = grouped(faces, [0] * 6, away=0.1)
    assert {one.person for one in found} == {5, 6}
    for one in found:
        assert {faces[number].person for number in one.faces} - {None} == {one.person}


def test_one_slip_takes_nobody_away() -> None:
    """Of six faces two are confirmed for one person and one, by mistake, for another: only that one leaves."""
    faces = [face(0, person=5), face(1, person=5), face(2, person=6), face(3), face(4), face(5)]
    assert grouped(faces, [0] * 6) == [Group((0, 1, 3, 4, 5), 5)]


def test_one_slip_names_no_other_group() -> None:
    """Person 5 has a group of her own; a single face of another group that is confirmed for her is a slip."""
    faces = [face(0, person=5), face(1, person=5), face(2), face(3, person=5), face(4), face(5), face(6)]
    found = grouped(faces, [0, 0, 0, 1, 1, 1, 1])
    assert [(one.faces, one.person) for one in found] == [((0, 1, 2, 3), 5), ((4, 5, 6), None)]


def test_what_is_confirmed_elsewhere_tells_a_slip() -> None:
    """The person's own group lies in a component that is not touched now."""
    faces = [face(0, person=5), face(1), face(2)]
    vectors = np.stack([vector(0, one.id) for one in faces])
    edges = all_edges(faces, vectors)

    def given(person: int, count: int) -> list[tuple[tuple[int, ...], int | None]]:
        mean = np.stack([vector(person, number) for number in range(50, 50 + count)]).mean(axis=0)
        return [(one.faces, one.person) for one in group(faces, vectors, edges, {5: Elsewhere(count, mean)})]

    assert given(1, 4) == [((1, 2), None)]
    assert given(0, 4) == [((0, 1, 2), 5)]
    assert group(faces, vectors, edges, {6: Elsewhere(4, vectors[0])})[0].person == 5


def test_two_ages_of_one_person_are_one_group() -> None:
    faces = [face(0, person=5), face(1, person=5), face(2), face(3, person=5), face(4, person=5), face(5)]
    assert [one.faces for one in grouped(faces, [0, 0, 0, 1, 1, 1])] == [(0, 1, 2, 3, 4, 5)]


def test_a_rejected_face_leaves_and_finds_its_own() -> None:
    refused = frozenset({5})
    faces = [face(0, person=5), face(1), face(2, rejected=refused), face(3, rejected=refused)]
    found = grouped(faces, [0] * 4)
    assert [(one.faces, one.person) for one in found] == [((0, 1), 5), ((2, 3), None)]


@pytest.mark.parametrize(
    ("faces", "rows", "edges", "words"),
    [
        ([0, 1], 1, [], "2 faces have 1 vectors"),
        ([0, 0], 2, [], "comes twice"),
        ([0, 1], 2, [(0, 9)], "names a face that is not there"),
        ([1, 2], 2, [(0, 1)], "names a face that is not there"),
    ],
)
def test_what_does_not_fit_is_refused(faces: list[int], rows: int, edges: list[tuple[int, int]], words: str) -> None:
    vectors = np.stack([vector(0, number) for number in range(rows)])
    with pytest.raises(ValueError, match=words):
        group([face(number) for number in faces], vectors, edges)


@st.composite
def libraries(draw: st.DrawFn) -> tuple[list[Face], list[int], float]:
    """Faces of up to four persons in few photos, with all kinds of decisions."""
    count = draw(st.integers(2, 24))
    persons = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    faces = []
    confirmed: set[tuple[int, int]] = set()
    for number in range(count):
        photo = draw(st.integers(0, 12))
        person = draw(st.sampled_from([None, None, None, 1, 2, 3]))
        if person is not None and (photo, person) in confirmed:
            person = None
        if person is not None:
            confirmed.add((photo, person))
        rejected = draw(st.frozensets(st.integers(1, 3), max_size=2)) - {person}
        faces.append(
            Face(number, photo, draw(st.sampled_from([0.05, 0.3, 0.9])), person=person, rejected=frozenset(rejected))
        )
    return faces, persons, draw(st.sampled_from([0.1, 0.25, 0.4, 0.8]))


@settings(max_examples=60)
@given(libraries())
def test_the_laws(library: tuple[list[Face], list[int], float]) -> None:
    faces, persons, away = library
    found = grouped(faces, persons, away)
    seen = [number for one in found for number in one.faces]
    assert len(seen) == len(set(seen))
    named = [one.person for one in found if one.person is not None]
    assert len(named) == len(set(named))
    for one in found:
        members = [faces[number] for number in one.faces]
        assert len({member.photo for member in members}) == len(members)
        assert {member.person for member in members} - {None} == ({one.person} - {None})
        assert not any(one.person in member.rejected for member in members)
        if one.person is None:
            assert sum(member.quality >= clustering.FOUNDING_QUALITY for member in members) >= 2


@settings(max_examples=60)
@given(libraries(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_decides_nothing(library: tuple[list[Face], list[int], float], chance: object) -> None:
    faces, persons, away = library
    vectors = np.stack([vector(person, one.id, away) for one, person in zip(faces, persons, strict=True)])
    edges = all_edges(faces, vectors)
    expected = group(faces, vectors, edges)
    order = list(range(len(faces)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    mixed = [(other, one) for one, other in edges]
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert group([faces[place] for place in order], vectors[order], mixed + edges[:3]) == expected


def test_components_can_be_grouped_apart() -> None:
    """Grouping just what was touched gives what grouping everything gives."""
    faces = [face(number) for number in range(12)]
    persons = [0] * 5 + [1] * 4 + [2] * 3
    together = grouped(faces, persons)
    apart = [one for begin, end in ((0, 5), (5, 9), (9, 12)) for one in grouped(faces[begin:end], persons[begin:end])]
    assert together == apart


def test_many_faces_take_little_time() -> None:
    """20,000 faces of 2,000 persons with eight neighbours each; a quadratic way would need gigabytes."""
    rng = np.random.default_rng(1)
    axes = rng.normal(size=(2000, DIMENSIONS * 4))
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    noise = rng.normal(size=(20_000, DIMENSIONS * 4)) * 0.015
    vectors = np.repeat(axes, 10, axis=0) + noise
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    edges = [
        (start + one, start + other) for start in range(0, 20_000, 10) for one, other in combinations(range(10), 2)
    ]
    found = group([face(number) for number in range(20_000)], vectors, edges)
    assert len(found) == 2000
    assert {len(one.faces) for one in found} == {10}
