"""The nearest faces: a partial HNSW index for each engine, and the only SQL with distances between faces.

The engine's id and the cast stand in the SQL as text, never as parameters: PostgreSQL uses a partial index only where
the query says literally what the index says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db import connection, transaction

from media_index.search.vectors.nearest import set_local
from people.models import Engine

M = 16
EF_CONSTRUCTION = 128
"""As for photos (:mod:`media_index.search.vectors.vector_index`)."""
EF_SEARCH = 160
"""More than the 128 that are asked for, or the index leaves some of them out: recall@120 is 0.997 among a million
(research/people/placing.py)."""
SPARE = 8
"""Neighbours more than are wanted: every face is its own nearest, and some turn out to be no faces."""

Neighbours = dict[int, list[tuple[int, float]]]
"""For each face its nearest ones, nearest first, with their similarities (inner product of unit vectors)."""


def _cast(engine: Engine) -> str:
    return f"vector::halfvec({int(engine.dimensions)})"


def ensure_index(engine: Engine) -> None:
    """Make the engine's index if there is none. With many faces in the table this takes minutes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [_name(engine)])
        if cursor.fetchone()[0] is not None:
            return
        # What this transaction has written is checked now: an index is not made while checks are still to come.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            f"CREATE INDEX IF NOT EXISTS {_name(engine)} ON people_facevector "
            f"USING hnsw (({_cast(engine)}) halfvec_ip_ops) WITH (m = {M}, ef_construction = {EF_CONSTRUCTION}) "
            f"WHERE engine_id = {int(engine.pk)}"
        )
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _name(engine: Engine) -> str:
    return f"face_hnsw_{int(engine.pk)}"


def statement(engine: Engine) -> str:
    """The SQL of :func:`nearest`, so that a test can look at what the server makes of it."""
    cast, pk = _cast(engine), int(engine.pk)
    return (
        f"SELECT asked.face_id, near.face_id, near.similarity "  # noqa: S608 (whole numbers of ours)
        f"FROM people_facevector asked CROSS JOIN LATERAL ("
        f"SELECT v.face_id, -(v.{cast} <#> asked.{cast}) AS similarity FROM people_facevector v "
        f"WHERE v.engine_id = {pk} ORDER BY v.{cast} <#> asked.{cast} LIMIT %(count)s) near "
        f"JOIN people_face f ON f.id = near.face_id AND f.state = 'face' "
        f"WHERE asked.engine_id = {pk} AND asked.face_id = ANY(%(faces)s) "
        f"AND near.face_id <> asked.face_id AND near.similarity >= %(lowest)s"
    )


def nearest(engine: Engine, faces: Collection[int], *, count: int, lowest: float) -> Neighbours:
    """The ``count`` nearest faces of each of ``faces`` with at least ``lowest`` similarity; a face without a vector of
    this engine has none. One statement; about 2 ms a face."""
    found: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    with transaction.atomic(), connection.cursor() as cursor:
        set_local({"hnsw.ef_search": max(EF_SEARCH, count + SPARE), "enable_seqscan": "off", "enable_sort": "off"})
        cursor.execute(statement(engine), {"faces": list(faces), "count": count + SPARE, "lowest": lowest})
        for face, other, similarity in cursor.fetchall():
            found[face].append((other, float(similarity)))
    return {face: sorted(rows, key=lambda row: (-row[1], row[0]))[:count] for face, rows in found.items()}
