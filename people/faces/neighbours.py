"""The graph of the nearest faces: each face's list is kept beside its vector, and mended where new faces come nearer.

So the graph is the same whether the faces came together or one after the other, but for a face that is among the
:data:`NEIGHBOURS` nearest of another which has more than :data:`REACH` nearer ones itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from people.faces.clustering import LOWEST_SIMILARITY, NEIGHBOURS
from people.faces.vector_index import nearest
from people.models import Engine, Face, FaceVector

REACH = 3 * NEIGHBOURS
"""How many faces a new one is offered to as a neighbour."""
AT_ONCE = 200
"""Faces looked up by one statement: half a second."""

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Graph:
    """``faces`` are ids in ascending order; ``edges`` is ``(n, 2)``, positions in ``faces``."""

    faces: Ids
    edges: Ids

    def components(self) -> Ids:
        """For each face the lowest position in its connected component.

        By hooking each face to the lowest of its neighbours and jumping over those that are hooked themselves (Shiloach
        and Vishkin, "An O(log n) parallel connectivity algorithm", 1982), which numpy does for all at once.
        """
        lowest = np.arange(len(self.faces))
        one, other = self.edges[:, 0], self.edges[:, 1]
        while True:
            before = lowest.copy()
            meeting = np.minimum(lowest[one], lowest[other])
            np.minimum.at(lowest, one, meeting)
            np.minimum.at(lowest, other, meeting)
            np.minimum.at(lowest, before, lowest.copy())
            lowest = lowest[lowest]
            if np.array_equal(before, lowest):
                return lowest


def neighbours_refresh(engine: Engine, *, whole: bool = False) -> int:
    """Look up the nearest faces of those that have no list yet (``whole``: of all), and have what they are near to know
    them; returns how many were looked up."""
    rows = FaceVector.objects.filter(engine=engine, face__state=Face.State.FACE)
    if whole:
        rows.update(neighbours=None)
    todo = rows.filter(Q(neighbours=None)).order_by("face").values_list("face", flat=True)
    done = 0
    while some := list(todo[:AT_ONCE]):
        _look_up(engine, some)
        done += len(some)
    return done


def _look_up(engine: Engine, faces: Sequence[int]) -> None:
    found = nearest(engine, faces, count=REACH, lowest=LOWEST_SIMILARITY)
    lists: dict[int, dict[int, float]] = {face: dict(found.get(face, ())) for face in faces}
    others = {other for near in lists.values() for other in near} - set(faces)
    rows = {row.face_id: row for row in _rows(engine, [*faces, *others])}
    for face in others & set(rows):
        known = rows[face].neighbours
        if known is not None:
            lists[face] = dict(zip(known, rows[face].likeness, strict=True))
    for face in faces:
        for other, likeness in dict(lists[face]).items():
            if other in lists:
                lists[other][face] = likeness
    changed = []
    for face, near in lists.items():
        best = sorted(near.items(), key=lambda row: (-row[1], row[0]))[:NEIGHBOURS]
        row = rows.get(face)
        if row is not None and row.neighbours != [other for other, _ in best]:
            row.neighbours, row.likeness = [other for other, _ in best], [likeness for _, likeness in best]
            changed.append(row)
    FaceVector.objects.bulk_update(changed, ["neighbours", "likeness"], batch_size=500)


def _rows(engine: Engine, faces: Collection[int]) -> Iterator[FaceVector]:
    return FaceVector.objects.filter(engine=engine, face__in=faces).defer("vector").iterator()


def graph(engine: Engine) -> Graph:
    """All faces whose neighbours are known. Memory: 16 bytes an edge, at most :data:`NEIGHBOURS` edges a face."""
    rows = FaceVector.objects.filter(engine=engine, face__state=Face.State.FACE, neighbours__isnull=False)
    ids: list[int] = []
    parts: list[Ids] = []
    counts: list[int] = []
    for face, near in rows.order_by("face").values_list("face", "neighbours").iterator(chunk_size=5000):
        ids.append(face)
        parts.append(np.asarray(near, dtype=np.int64))
        counts.append(len(parts[-1]))
    faces = np.asarray(ids, dtype=np.int64)
    if not ids:
        return Graph(faces, np.empty((0, 2), np.int64))
    named = np.concatenate(parts)
    begin = np.repeat(np.arange(len(ids)), counts)
    end = np.searchsorted(faces, named)
    end[end == len(faces)] = 0
    # A neighbour may have gone, or have been found to be no face.
    there = faces[end] == named
    return Graph(faces, np.column_stack((begin[there], end[there])))
