"""The nearest vectors among the media that a filter lets through.

Two ways:

* *exact*: the filter first, then the distance of every row that is left; where many are left, who may see them is
  asked of the nearest alone (:mod:`media_index.search.vectors.ahead`);
* *index*: the HNSW index gives the nearest of all vectors in order of distance (``hnsw.iterative_scan``), as many as
  should hold enough that pass the filter, and the filter is applied to those.

What the exact way would take is reckoned from what the planner expects of the filter (:func:`choose`). How the filter
lies to the query no statistics tell. So unless the exact way is quick, a short walk comes first: where much of what is
near passes the filter, as under one that says what the query says, it is enough. Else the share that passed tells
whether to walk on, and how far, or to take the exact way after all, as under a filter that keeps only what is far.

The filter stays out of the walk on purpose: an iterative scan that checks it row by row ends after
``hnsw.max_scan_tuples`` and fills up with what it happened to see. Under a filter against the query recall then was
0.19 where it is 1.00 now (research/bench/search.py), and nothing told so.

Nothing but the distance may stand in the ORDER BY of the walk, or the index is not used; a test reads the plan.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet

from media_index.encoders.base import Vectors
from media_index.models import Encoder, Media
from media_index.search.statements import ids_statement
from media_index.search.vectors.ahead import without_files
from media_index.search.vectors.vector_index import distance

KEPT_MS, FILTER_MS, WALKED_MS = 0.003, 0.0025, 0.01
"""What a row that is compared exactly takes, a unit of the planner's cost of the filter, and a row that is walked and
put to the filter: milliseconds of one core (research/bench/search.py, PostgreSQL 18). Only their proportions matter."""
MARGIN = 2.0
"""How many times more rows are walked than a filter of independent rows needs: chance, and filters somewhat against."""
FIRST_WALK = 4
"""Rows of the short walk, for each that is wanted: enough to tell a share of one in a hundred from none."""
WORTH_A_WALK = 4
"""The exact way is taken at once where it takes no more than so many short walks."""
EF_SEARCH, LEAST_EF, LEAST_EF_ROWS = 800, 400, 100_000
"""Of 1,000,000 clustered vectors 400 find 0.94 of the nearest 100, 600 find 0.97, 800 find 0.98, for 2 ms more each; of
100,000 both 400 and 800 find 0.998, for 4 and for 9 ms (research/bench/search.py). Longer walks go on in such steps."""
LONGEST_WALK = 20_000
"""Rows after which comparing the filtered ones exactly is faster in any case."""
AHEAD = 4
"""Rows that are found before it is asked who may see them, for each that is wanted."""
MOSTLY_SEEN = 0.7
"""The share of them that the planner must expect to be seen: with 100,000 a kept row takes 1.6 us where it is asked
last and 2.4 us where it is asked first (research/bench/search.py), so that it is the quicker way from two thirds on."""
MORE_FOR_MOMENTS = 16
"""Where moments of videos take the places of others, so many times more rows are asked for."""


@dataclass(frozen=True, slots=True)
class Near:
    """``similarity`` is the inner product with a media's vector, of a video with that of its nearest moment."""

    media_id: int
    moment: float | None
    similarity: float


@dataclass(frozen=True, slots=True)
class Plan:
    """``kept`` of ``total`` rows are expected to pass the filter, and the exact way to take ``exact_ms``, in which who
    may see is asked last where ``is_ahead``; ``walk`` is how many of the nearest vectors are looked at first, 0 for
    none."""

    kept: int
    total: int
    exact_ms: float
    walk: int
    is_ahead: bool = False

    @property
    def exact(self) -> bool:
        return self.walk == 0


def choose(media: QuerySet[Media], encoder: Encoder, limit: int) -> Plan:
    """The way for this filter. Two or three looks at the planner, a millisecond at any size; a wrong guess of its costs
    time, never results."""
    kept, cost = _estimate(*ids_statement(media))
    total, _ = _estimate(f"SELECT 1 FROM media_index_embedding WHERE encoder_id = {int(encoder.pk)}", ())
    exact_ms = KEPT_MS * min(kept, total) + FILTER_MS * cost
    quick_ms = WORTH_A_WALK * WALKED_MS * FIRST_WALK * limit
    if exact_ms <= quick_ms:
        return Plan(kept, total, exact_ms, 0)
    is_ahead = _is_mostly_seen(media, kept, cost)
    independent = walk_for(limit, min(kept / max(total, 1), 1.0))
    short = FIRST_WALK * limit
    walk = independent if independent <= MARGIN * short else short
    return Plan(kept, total, exact_ms, walk, is_ahead)


def _is_mostly_seen(media: QuerySet[Media], kept: int, cost: float) -> bool:
    """Whether the rest of a filter, which keeps so many at such a cost, is better asked ahead of who may see."""
    wider = without_files(media)
    if wider is None:
        return False
    found, less = _estimate(*wider)
    return less < cost and kept >= MOSTLY_SEEN * found


def walk_for(limit: int, share: float) -> int:
    """How many of the nearest to look at where this share of them passes the filter."""
    return int(min(MARGIN * limit / max(share, 1e-6) + limit, LONGEST_WALK))


def nearest(media: QuerySet[Media], encoder: Encoder, vector: Vectors, *, limit: int) -> list[Near]:
    """The ``limit`` media of the queryset whose vectors lie nearest to ``vector``, nearest first, each once.

    Three estimates and two walks at most, and where these found too few the exact search, whatever the sizes; this once
    more where few of the nearest may be seen, or moments of videos take all places.
    """
    try:
        plan = choose(media, encoder, limit)
    except EmptyResultSet:  # a filter that can match nothing, as Django sees by itself
        return []
    found = [] if plan.exact else _by_index(media, encoder, vector, limit, plan)
    if len(found) < limit and plan.is_ahead:
        found = _ahead(media, encoder, vector, limit)
    return found if len(found) >= limit else _exact(media, encoder, vector, limit)


def _by_index(media: QuerySet[Media], encoder: Encoder, vector: Vectors, limit: int, plan: Plan) -> list[Near]:
    """Fewer than ``limit`` where the way through the index would be longer than the exact one."""
    walk = plan.walk
    for _ in range(2):
        with transaction.atomic(), connection.cursor() as cursor:
            set_local(index_settings(ef_search(plan.total)))
            cursor.execute(*walk_statement(media, encoder, vector, limit, walk))
            found = _once_each(cursor.fetchall())
        if len(found) >= limit:
            return found
        walk = walk_for(limit, len(found) / walk)
        if walk == LONGEST_WALK or WALKED_MS * walk >= plan.exact_ms:
            break
    return []


def _ahead(media: QuerySet[Media], encoder: Encoder, vector: Vectors, limit: int) -> list[Near]:
    """Fewer than ``limit`` where too few of the nearest may be seen."""
    found = ahead_statement(media, encoder, vector, limit)
    if found is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(*found)
        return _once_each(cursor.fetchall())


def _exact(media: QuerySet[Media], encoder: Encoder, vector: Vectors, limit: int) -> list[Near]:
    count = limit
    while True:
        with connection.cursor() as cursor:
            cursor.execute(*exact_statement(media, encoder, vector, count))
            rows = cursor.fetchall()
        found = _once_each(rows)[:limit]
        if len(found) == limit or len(rows) < count:
            return found
        count *= MORE_FOR_MOMENTS


def exact_statement(media: QuerySet[Media], encoder: Encoder, vector: Vectors, limit: int) -> tuple[str, list[Any]]:
    """The SQL and its parameters, so that a test and a benchmark can look at what the server makes of it."""
    inner, parameters = ids_statement(media)
    return _compared(encoder, inner), [literal(vector), *parameters, limit]


def ahead_statement(
    media: QuerySet[Media], encoder: Encoder, vector: Vectors, limit: int
) -> tuple[str, list[Any]] | None:
    """The same where who may see is asked of the nearest alone; None where that is no part of the filter."""
    wider = without_files(media)
    if wider is None:
        return None
    inner, parameters = ids_statement(media)
    sql = (
        f"WITH near AS MATERIALIZED ({_compared(encoder, wider[0])}) "
        f"SELECT * FROM near WHERE media_id IN ({inner}) ORDER BY distance, media_id, moment LIMIT %s"
    )
    return sql, [literal(vector), *wider[1], AHEAD * limit, *parameters, limit]


def _compared(encoder: Encoder, inner: str) -> str:
    # With something added the index does not fit, or the planner may walk all of it and filter what it gives.
    return (
        f"SELECT e.media_id, e.moment, ({distance(encoder)}) + 0 AS distance FROM ({inner}) AS kept (id) "
        f"JOIN media_index_embedding e ON e.media_id = kept.id WHERE e.encoder_id = {int(encoder.pk)} "
        f"ORDER BY distance, media_id, moment LIMIT %s"
    )


def walk_statement(
    media: QuerySet[Media], encoder: Encoder, vector: Vectors, limit: int, walk: int
) -> tuple[str, list[Any]]:
    """The same of a walk through the index, under :func:`index_settings`."""
    inner, parameters = ids_statement(media)
    sql = (
        f"WITH walked AS MATERIALIZED (SELECT e.media_id, e.moment, {distance(encoder)} AS distance "
        f"FROM {_vectors(encoder)} ORDER BY {distance(encoder)} LIMIT %s) "
        f"SELECT * FROM walked WHERE media_id IN ({inner}) ORDER BY distance, media_id, moment LIMIT %s"
    )
    return sql, [literal(vector), literal(vector), walk, *parameters, limit]


def _vectors(encoder: Encoder) -> str:
    return f"media_index_embedding e WHERE e.encoder_id = {int(encoder.pk)}"


def literal(vector: Vectors) -> str:
    """A vector as pgvector reads it."""
    return "[" + ",".join(f"{float(number):.6g}" for number in vector) + "]"


def ef_search(total: int) -> int:
    """How many vectors a walk among ``total`` keeps in view: what was measured at two sizes, and between them by the
    root of the size."""
    return int(min(max(LEAST_EF * math.sqrt(total / LEAST_EF_ROWS), LEAST_EF), EF_SEARCH))


def index_settings(ef: int = EF_SEARCH) -> dict[str, object]:
    """Settings of one transaction under which the index answers. ``ef_search`` defaults to 40: only 40 results."""
    return {
        "hnsw.ef_search": ef,
        "hnsw.iterative_scan": "relaxed_order",
        "hnsw.max_scan_tuples": 2 * LONGEST_WALK,
        "enable_seqscan": "off",
        "enable_sort": "off",
    }


def set_local(settings: dict[str, object]) -> None:
    """Settings for the rest of the transaction, in one statement."""
    with connection.cursor() as cursor:
        calls = ", ".join("set_config(%s, %s, true)" for _ in settings)
        cursor.execute(f"SELECT {calls}", [text for name, value in settings.items() for text in (name, str(value))])


def _once_each(rows: Sequence[tuple[int, float | None, float]]) -> list[Near]:
    """The first row of each media, which is its nearest moment."""
    found: dict[int, Near] = {}
    for media_id, moment, distant in rows:
        found.setdefault(media_id, Near(media_id, moment, -distant))
    return list(found.values())


def _estimate(sql: str, parameters: Sequence[Any]) -> tuple[int, float]:
    """The number of rows that the planner expects of a statement, and what it expects it to cost, in its own units."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        plan = cursor.fetchone()[0]
    document = json.loads(plan) if isinstance(plan, str) else plan
    return int(document[0]["Plan"]["Plan Rows"]), float(document[0]["Plan"]["Total Cost"])
