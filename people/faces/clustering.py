"""Which faces are of one person: groups over the graph of nearest faces. Pure.

A deterministic function of the *set* of faces and of what people decided, never of the order in which faces came. So a
whole new grouping and one of just the touched components of the graph give the same groups. The caller brings the faces
of one or more whole connected components, their vectors, and for each face its :data:`NEIGHBOURS` nearest ones with a
likeness (inner product of unit vectors) of :data:`LOWEST_SIMILARITY` or more: an edge that either of two faces names
counts for both.

1. What looks alike is joined (:mod:`people.faces.linkage`), by faces of good quality alone.
2. A group in which several persons are confirmed is parted among them.
3. The rest may join: faces of low quality, and those that were parted off.
4. Groups of one person are one, however different she looks in them.

The laws: two faces of one photo are never in one group; neither are confirmed faces of two persons; a face that was
rejected for a person is never in a group with that person; a face of low quality never founds a group and has no say in
what is near to it, and a group takes no more of these by likeness than it has others; and a single confirmed face does
not take faces away from a person of whom more are confirmed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from people.faces import linkage

Vectors = NDArray[np.float32]
Ints = NDArray[np.int64]

NEIGHBOURS = 40
"""How many of the nearest faces the caller looks up for each face (``k``)."""
LOWEST_SIMILARITY = 0.90
"""Faces less alike than this are no neighbours at all. A little below the lowest of the limits: groups that are alike
enough on average nearly always have an edge."""
FOUNDING_QUALITY = 0.7
"""Below this a face may join a group but neither founds nor shifts one. Small, blurred and turned faces of anybody look
alike to a network: founding from 0.2 on, 446 of 535 faces of strangers were in a group; from 0.7 on, with the limits
below, 95 of 719, and the groups of those who matter became better as well (``docs/people.md``)."""
ALIKE_ALONE, ALIKE_TOGETHER = 0.92, 0.905
"""How alike two groups must be on average to be joined: where the smaller is a single face, and where it has many. The
mean over many pairs is surer than one pair (``docs/people.md`` has the measurement)."""
SIZE = 2.0
"""Faces after which two thirds of the way between the two limits are gone."""
ALIKE_TO_JOIN, ALIKE_TO_JOIN_POOR = 0.93, 0.95
"""How alike a left over face must be to the :data:`NEAREST` most alike faces of a group, on average: one that might
found a group itself, and one of quality 0; between them in proportion."""
NEAREST = 3
ALIKE_TO_FOLLOW = 0.895
"""How alike a group of which one face is confirmed must be, on average, to the rest of that person's faces to get the
name as well. Two persons' faces are less alike than that in 97 of 100 pairs."""


@dataclass(frozen=True, slots=True)
class Face:
    """What grouping knows of a face beside its vector.

    ``photo`` is None where the photo is marked as a mirror or a collage, in which one person may be twice.
    ``person`` is the confirmed one, ``rejected`` are those it is not.
    """

    id: int
    photo: int | None
    quality: float
    person: int | None = None
    rejected: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Group:
    """``faces`` are ids in ascending order, ``person`` is the one whose confirmed faces it holds, if any."""

    faces: tuple[int, ...]
    person: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Elsewhere:
    """How many faces of a person are confirmed beside those that are grouped, and the mean ``(d,)`` of their vectors,
    as it is (not of length 1)."""

    count: int
    mean: Vectors


def group(
    faces: Sequence[Face],
    vectors: Vectors,
    edges: Iterable[tuple[int, int]] | Ints,
    elsewhere: Mapping[int, Elsewhere] | None = None,
) -> list[Group]:
    """The groups of ``faces``, largest first; a face in none of them waits for more of its kind.

    ``vectors`` is ``(len(faces), d)``, unit rows in the order of ``faces``; ``edges`` are pairs of ids, in any order
    and as often as one likes, also as an array ``(m, 2)``. ``elsewhere`` tells by person of confirmed faces in
    components that are not grouped now, so that a slip here is known for one. :class:`ValueError` if the shapes differ,
    an id comes twice or an edge names no face.
    """
    if len(vectors) != len(faces):
        raise ValueError(f"{len(faces)} faces have {len(vectors)} vectors")
    order = sorted(range(len(faces)), key=lambda place: faces[place].id)
    ordered = [faces[place] for place in order]
    if len({face.id for face in ordered}) < len(ordered):
        raise ValueError("a face comes twice")
    if not ordered:
        return []
    places = _places(ordered, edges)
    return _Grouping(ordered, np.asarray(vectors, np.float32)[order], places, elsewhere or {}).run()


def _places(faces: Sequence[Face], edges: Iterable[tuple[int, int]] | Ints) -> Ints:
    """The edges as positions in ``faces``, which are in the order of their ids."""
    pairs = np.asarray(edges if isinstance(edges, np.ndarray) else list(edges), np.int64).reshape(-1, 2)
    ids = np.array([face.id for face in faces], np.int64)
    places = np.searchsorted(ids, pairs)
    known = places < len(ids)
    if not known.all() or not np.array_equal(ids[places], pairs):
        raise ValueError("an edge names a face that is not there")
    return places


def _limit(sizes: Ints) -> NDArray[np.float64]:
    """How alike groups must be, by the size of the smaller of two."""
    limits: NDArray[np.float64] = ALIKE_TOGETHER + (ALIKE_ALONE - ALIKE_TOGETHER) * np.exp(-(sizes - 1) / SIZE)
    return limits


def _limit_to_join(quality: float) -> float:
    """How alike a left over face must be to those of a group."""
    lacking = max(0.0, 1 - quality / FOUNDING_QUALITY)
    return ALIKE_TO_JOIN + (ALIKE_TO_JOIN_POOR - ALIKE_TO_JOIN) * lacking


class _Grouping:
    """Faces are known by their positions in the order of ids. ``_members`` are the groups as they grow."""

    def __init__(
        self, faces: Sequence[Face], vectors: Vectors, edges: Ints, elsewhere: Mapping[int, Elsewhere]
    ) -> None:
        self._faces = faces
        self._elsewhere = elsewhere
        self._vectors = vectors
        self._edges = edges
        self._members: list[list[int]] = []

    def run(self) -> list[Group]:
        founders = np.array([self._able(row) for row in range(len(self._faces))])
        for members in self._alike(np.flatnonzero(founders)):
            self._members += self._parted(members)
        self._reunite()
        self._let_join()
        groups = [self._group(members) for members in self._members if len(members) > 1]
        return sorted(groups, key=lambda one: (-len(one.faces), one.faces))

    def _alike(self, rows: Ints) -> list[list[int]]:
        """Groups of two and more of ``rows`` by their looks alone."""
        place = np.full(len(self._faces), -1)
        place[rows] = np.arange(len(rows))
        edges = place[self._edges]
        photos = np.array([-1 if (photo := self._faces[row].photo) is None else photo for row in rows], np.int64)
        labels = linkage.join(self._vectors[rows], edges[(edges >= 0).all(axis=1)], photos, _limit)
        found: defaultdict[int, list[int]] = defaultdict(list)
        for row, label in zip(rows, labels, strict=True):
            found[int(label)].append(int(row))
        return [members for members in found.values() if len(members) > 1]

    def _parted(self, members: list[int]) -> list[list[int]]:
        """A group by looks as groups that keep the laws."""
        confirmed = Counter(person for row in members if (person := self._faces[row].person) is not None)
        if not confirmed:
            return [members]
        most = max(confirmed.values())
        # One against several is more likely a slip than a whole group in the wrong place.
        claims = [person for person, count in sorted(confirmed.items()) if count > 1 or most == 1]
        parts: dict[int, list[int]] = {
            person: [row for row in members if self._faces[row].person == person] for person in sorted(confirmed)
        }
        known = {person: list(parts[person]) for person in claims}
        refused: list[int] = []
        for row in members:
            if self._faces[row].person is None:
                person = self._nearest(row, known)
                (refused if person is None else parts[person]).append(row)
        return [sorted(part) for part in parts.values()] + self._alike(np.array(refused, np.int64))

    def _nearest(self, row: int, known: dict[int, list[int]]) -> int | None:
        """Whose confirmed faces the face is most like, of those it may be."""
        allowed = {person: rows for person, rows in known.items() if person not in self._faces[row].rejected}
        if not allowed:
            return None
        return max(sorted(allowed), key=lambda person: self._likeness(row, allowed[person]))

    def _likeness(self, row: int, others: Sequence[int]) -> float:
        """The mean likeness to the nearest of ``others``."""
        alike = np.sort(self._vectors[others] @ self._vectors[row])[::-1][:NEAREST]
        return round(float(alike.mean()), 9)

    def _reunite(self) -> None:
        """One group for each person, of whom no photo shows two."""
        by_person: defaultdict[int, list[list[int]]] = defaultdict(list)
        others: list[list[int]] = []
        for members in self._members:
            person = self._person(members)
            if person is None:
                others.append(members)
            else:
                by_person[person].append(members)
        self._members = []
        for person, parts in sorted(by_person.items()):
            own, left = self._followers(person, parts)
            others += left
            lonely = [row for row, face in enumerate(self._faces) if face.person == person]
            self._members.append(self._one_a_photo(sorted({*own, *lonely})))
        self._members += [members for members in others if len(members) > 1]

    def _followers(self, person: int, parts: list[list[int]]) -> tuple[list[int], list[list[int]]]:
        """The faces that a person's confirmed ones bring with them, and the groups that stay without a name.

        The group in which most are confirmed follows, if there are fewer elsewhere. Another one follows if several
        are, or if it looks alike: a single face that was confirmed by mistake does not bring its group.
        """
        confirmed = [[row for row in members if self._faces[row].person == person] for members in parts]
        order = sorted(range(len(parts)), key=lambda at: (-len(confirmed[at]), -len(parts[at]), parts[at][0]))
        own: list[int] = []
        left: list[list[int]] = []
        away = self._elsewhere.get(person)
        for at in order:
            most = not own and (away is None or away.count < len(confirmed[at]))
            if most or len(confirmed[at]) > 1 or self._likeness_to(person, parts[at], own) >= ALIKE_TO_FOLLOW:
                own += parts[at]
            else:
                own += confirmed[at]
                left.append([row for row in parts[at] if self._faces[row].person is None])
        return own, left

    def _likeness_to(self, person: int, some: Sequence[int], own: Sequence[int]) -> float:
        """The mean likeness of ``some`` to the person's faces, those at ``own`` and those elsewhere."""
        away = self._elsewhere.get(person)
        total = self._vectors[own].sum(axis=0) if own else np.zeros(self._vectors.shape[1], np.float32)
        count = len(own)
        if away is not None:
            total, count = total + away.mean * away.count, count + away.count
        return round(float(self._vectors[some].mean(axis=0) @ total) / count, 9)

    def _one_a_photo(self, members: list[int]) -> list[int]:
        """Of each photo one face: what is confirmed, else the best."""
        taken: set[int] = set()
        kept = []
        for row in sorted(members, key=lambda row: (self._faces[row].person is None, -self._faces[row].quality, row)):
            photo = self._faces[row].photo
            if photo is None or photo not in taken or self._faces[row].person is not None:
                kept.append(row)
            if photo is not None:
                taken.add(photo)
        return sorted(kept)

    def _person(self, members: Sequence[int]) -> int | None:
        return next((person for row in members if (person := self._faces[row].person) is not None), None)

    def _let_join(self) -> None:
        """Faces that are in no group yet go into the group that they are most like, the surest first."""
        group_of = {row: place for place, members in enumerate(self._members) for row in members}
        near: defaultdict[int, defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for row, neighbour in self._outward(group_of):
            near[row][group_of[neighbour]].append(neighbour)
        offers = sorted(
            (-self._likeness(row, rows), row, place) for row, places in near.items() for place, rows in places.items()
        )
        photos = [{self._faces[row].photo for row in members} - {None} for members in self._members]
        room = [sum(self._able(row) for row in members) for members in self._members]
        persons = [self._person(members) for members in self._members]
        for likeness, row, place in offers:
            face = self._faces[row]
            if -likeness < _limit_to_join(face.quality) or row in group_of or face.photo in photos[place]:
                continue
            poor = not self._able(row)
            if poor and not room[place]:
                continue
            if persons[place] in face.rejected or (face.person is not None and face.person != persons[place]):
                continue
            self._members[place].append(row)
            group_of[row] = place
            room[place] -= poor
            if face.photo is not None:
                photos[place].add(face.photo)

    def _outward(self, group_of: Mapping[int, int]) -> list[list[int]]:
        """The edges from faces in no group to those in one that have a say, each once."""
        inside = np.zeros(len(self._faces), bool)
        inside[list(group_of)] = True
        say = inside & np.array([self._able(row) for row in range(len(self._faces))])
        both = np.unique(np.concatenate([self._edges, self._edges[:, ::-1]]), axis=0)
        found: list[list[int]] = both[~inside[both[:, 0]] & say[both[:, 1]]].tolist()
        return found

    def _able(self, row: int) -> bool:
        """Whether the face may found a group and has a say in what is near to it."""
        return self._faces[row].quality >= FOUNDING_QUALITY

    def _group(self, members: list[int]) -> Group:
        members = sorted(members)
        return Group(
            faces=tuple(self._faces[row].id for row in members),
            person=self._person(members),
        )
