"""Faces into groups, and groups to their persons: what :mod:`people.faces.clustering` says becomes rows.

1. The nearest faces of what is new are looked up (:mod:`people.faces.neighbours`).
2. Every connected component of the graph that holds a face which has not been looked at (*placed*) is grouped anew, as
   a whole; the others stay as they are.
3. A new group takes over the row of the old one with which it shares most faces, so that ids last.
4. A face that nobody confirmed gets the person of its group, or none. Confirmed faces are only ever read here.
5. Reading and reckoning hold nobody up. If somebody decided something meanwhile, it is done again; the writing itself
   and decisions wait for each other (:func:`people.persons.history.hold`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import connection, transaction
from django.db.models import Avg, Count, Exists, Max, OuterRef

from media_index.search.naming.vocabulary import names_changed
from people.faces import clustering
from people.faces.clustering import Group
from people.faces.neighbours import Graph, graph, neighbours_refresh
from people.faces.suggesting import suggestions_refresh
from people.models import Cluster, Decision, Engine, Face, FaceVector, Person, Rejection
from people.persons.history import hold
from scanpix.runtime.locks import ProcessLock

LOCK = 0x5CA9_0011
"""Key of the advisory lock under which faces are grouped."""
TRIES = 3
"""How often reckoning is begun anew because somebody decided something meanwhile; after that they wait."""

WRITE = """
UPDATE people_face f SET cluster_id = new.cluster, placed = true,
       person_id = CASE WHEN f.confirmed THEN f.person_id ELSE new.person END
  FROM unnest(%(faces)s::bigint[], %(clusters)s::bigint[], %(persons)s::bigint[]) AS new(face, cluster, person)
 WHERE f.id = new.face AND f.state = 'face'
"""
CLEAR = """
UPDATE people_face f SET person_id = NULL
  FROM unnest(%(faces)s::bigint[], %(persons)s::bigint[]) AS new(face, person)
 WHERE f.id = new.face AND NOT f.confirmed AND f.person_id IS DISTINCT FROM new.person AND f.person_id IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Grouped:
    """``faces`` were looked at anew and are now in ``groups`` groups, the rest of them in none."""

    faces: int
    groups: int


def faces_group(*, whole: bool = False) -> Grouped:
    """Group what is new, with all that it touches; ``whole`` has every face looked up and grouped anew."""
    with ProcessLock(LOCK):
        engine = Engine.objects.filter(state=Engine.State.ACTIVE).first()
        if engine is None or not engine.dimensions:
            return Grouped(0, 0)
        neighbours_refresh(engine, whole=whole)
        for attempt in range(TRIES):
            done = _attempt(engine, whole, wait=attempt == TRIES - 1)
            if done is not None:
                return done
    raise AssertionError("the last attempt holds decisions up")


def faces_settle() -> None:
    """Group what is new, if anything is: where no worker runs that would have been told."""
    if Face.objects.filter(placed=False, state=Face.State.FACE, vectors__engine__state=Engine.State.ACTIVE).exists():
        faces_group()


def _attempt(engine: Engine, whole: bool, *, wait: bool) -> Grouped | None:
    """None where somebody decided something meanwhile."""
    with transaction.atomic():
        if wait:
            hold()
        before = _revision()
        faces = _touched(graph(engine), whole)
        groups = _reckon(engine, *faces)
        hold()
        if _revision() != before:
            return None
        _write(faces[0], groups)
        suggestions_refresh(engine, faces[0])
    return Grouped(len(faces[0]), len(groups))


def _revision() -> tuple[int | None, datetime | None]:
    """Another one where anything was decided or undone since."""
    found = Decision.objects.aggregate(last=Max("pk"), undone=Max("undone_at"))
    return found["last"], found["undone"]


def _touched(whole: Graph, everything: bool) -> tuple[list[int], list[tuple[int, int]]]:
    """The faces of the components in which something is new, and the edges between them."""
    if not len(whole.faces):
        return [], []
    if everything:
        wanted = np.ones(len(whole.faces), bool)
    else:
        components = whole.components()
        unplaced = Face.objects.filter(placed=False, state=Face.State.FACE).values_list("pk", flat=True)
        places = np.isin(whole.faces, np.fromiter(unplaced, np.int64))
        wanted = np.isin(components, components[places])
    edges = whole.faces[whole.edges[wanted[whole.edges[:, 0]]]]
    return [int(face) for face in whole.faces[wanted]], [(int(one), int(other)) for one, other in edges]


def _reckon(engine: Engine, faces: Sequence[int], edges: Sequence[tuple[int, int]]) -> list[Group]:
    if not faces:
        return []
    rows = FaceVector.objects.filter(engine=engine, face__in=faces).order_by("face")
    columns = rows.values_list(
        "face", "vector", "quality", "face__media", "face__mirrored", "face__media__taken_at", "face__person",
        "face__confirmed",
    )  # fmt: skip
    refused = _refused(faces)
    born = [(pk, birth) for pk, birth in Person.objects.values_list("pk", "birth_date") if birth is not None]
    nodes, vectors = [], []
    for face, vector, quality, media, mirrored, taken, person, confirmed in columns.iterator(chunk_size=5000):
        unborn = {pk for pk, birth in born if taken.date() < birth}
        mine = person if confirmed else None
        nodes.append(
            clustering.Face(
                id=face,
                photo=None if mirrored else media,
                quality=quality,
                person=mine,
                rejected=frozenset((refused.get(face, set()) | unborn) - {mine}),
            )
        )
        vectors.append(np.asarray(vector, np.float32))
    there = {node.id for node in nodes}
    kept = [(one, other) for one, other in edges if one in there and other in there]
    return clustering.group(nodes, np.asarray(vectors, np.float32), kept, _elsewhere(engine, nodes))


def _elsewhere(engine: Engine, nodes: Sequence[clustering.Face]) -> dict[int, clustering.Elsewhere]:
    """What the confirmed faces of these nodes' persons look like that are not among the nodes."""
    persons = {node.person for node in nodes if node.person is not None}
    if not persons:
        return {}
    others = FaceVector.objects.filter(engine=engine, face__confirmed=True, face__person__in=persons)
    others = others.exclude(face__in=[node.id for node in nodes if node.person is not None])
    rows = others.order_by().values_list("face__person").annotate(count=Count("pk"), mean=Avg("vector"))
    return {person: clustering.Elsewhere(count, np.asarray(mean, np.float32)) for person, count, mean in rows}


def _refused(faces: Sequence[int]) -> dict[int, set[int]]:
    refused: defaultdict[int, set[int]] = defaultdict(set)
    for face, person in Rejection.objects.filter(face__in=faces).values_list("face", "person"):
        refused[face].add(person)
    return refused


def _write(faces: Sequence[int], groups: Sequence[Group]) -> None:
    if not faces:
        return
    clusters = _rows_of(groups)
    place = {face: at for at, one in enumerate(groups) for face in one.faces}
    wanted = {face: groups[place[face]].person if face in place else None for face in faces}
    twice = _twice_in_a_photo(wanted)
    Face.objects.filter(pk__in=twice - wanted.keys(), confirmed=False).update(person=None)
    persons = [None if face in twice else wanted[face] for face in faces]
    rows = [clusters[place[face]] if face in place else None for face in faces]
    with connection.cursor() as cursor:
        # First those who are somebody else now, so that nobody is twice in a photo in between.
        cursor.execute(CLEAR, {"faces": list(faces), "persons": persons})
        changed = cursor.rowcount
        cursor.execute(WRITE, {"faces": list(faces), "clusters": rows, "persons": persons})
    Cluster.objects.filter(~Exists(Face.objects.filter(cluster=OuterRef("pk")))).delete()
    if changed or any(person is not None for person in persons):
        names_changed()


def _twice_in_a_photo(wanted: Mapping[int, int | None]) -> set[int]:
    """Faces that cannot have the person they should, as another face of their photo has that one: a confirmed face
    first, then the one of the best quality. Two groups of one person may meet so, or a group and a face outside of it.
    """
    named = {face for face, person in wanted.items() if person is not None}
    media = Face.objects.filter(pk__in=named).values("media")
    rows = Face.objects.filter(media__in=media, mirrored=False, state=Face.State.FACE)
    best = rows.order_by("-confirmed", "-quality", "pk").values_list("pk", "media", "person", "confirmed")
    seen: set[tuple[int, int]] = set()
    twice = set()
    for face, photo, now, confirmed in best:
        person = now if confirmed else wanted.get(face, now)
        if person is None:
            continue
        if (photo, person) in seen:
            twice.add(face)
        seen.add((photo, person))
    return twice


def _rows_of(groups: Sequence[Group]) -> list[int]:
    """The id of each group: that of the old one with which it shares most faces, each once, else a new one."""
    of = {face: at for at, one in enumerate(groups) for face in one.faces}
    shared: Counter[tuple[int, int]] = Counter()
    for face, cluster in Face.objects.filter(pk__in=of, cluster__isnull=False).values_list("pk", "cluster"):
        shared[of[face], cluster] += 1
    ids: dict[int, int] = {}
    taken: set[int] = set()
    for (at, cluster), _ in sorted(shared.items(), key=lambda row: (-row[1], row[0][1], row[0][0])):
        if at not in ids and cluster not in taken:
            ids[at] = cluster
            taken.add(cluster)
    new = iter(Cluster.objects.bulk_create(Cluster() for at in range(len(groups)) if at not in ids))
    return [ids[at] if at in ids else next(new).pk for at in range(len(groups))]
