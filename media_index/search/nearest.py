"""The only place with distance SQL: the nearest vectors among the media that a filter lets through.

Two ways, chosen by how many media the planner expects the filter to keep:

* *exact*: the filter first, then the distance of every row that is left;
* *index*: the HNSW index gives the nearest of all vectors in order of distance (``hnsw.iterative_scan``), as many as
  should hold enough that pass the filter, and the filter is applied to those. Where fewer pass, as they do when the
  filter keeps only what is far from the query, the exact way is taken after all.

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
from media_index.search.vector_index import distance

FEWEST_FOR_INDEX = 1000
"""Below this the exact way always wins: 1,000 distances take about 3 ms."""
MARGIN = 2.0
"""How many times more rows are walked than a filter of independent rows needs: chance, and filters somewhat against."""
MIN_EF_SEARCH, MAX_EF_SEARCH = 200, 400
"""Recall@100 of 0.99 and more on clustered vectors (research/bench/search.py); longer walks go on in such steps."""
LONGEST_WALK = 20_000
"""Rows after which comparing the filtered ones exactly is faster in any case."""


@dataclass(frozen=True, slots=True)
class Near:
    """``similarity`` is the inner product of the unit vectors, -1 to 1."""

    media_id: int
    moment: float | None
    similarity: float


@dataclass(frozen=True, slots=True)
class Plan:
    """``exact`` or not, and the number of rows that the planner expects before and after the filter."""

    exact: bool
    kept: int
    total: int


def choose(media: QuerySet[Media], encoder: Encoder, limit: int) -> Plan:
    """The way for this filter.

    Exact costs one distance for each row kept; the index about ``limit * total / kept``. They meet where
    ``kept == sqrt(limit * total)``: 3,162 of 100,000 for 100 results. The planner's estimate decides: it takes a
    millisecond at any size, and a wrong one costs time, never results.
    """
    kept = _estimate(*_sql(media.order_by().values("pk")))
    total = _estimate(f"SELECT 1 FROM media_index_embedding WHERE encoder_id = {int(encoder.pk)}", ())
    return Plan(kept <= max(FEWEST_FOR_INDEX, math.sqrt(limit * max(total, 1))), kept, total)


def nearest(media: QuerySet[Media], encoder: Encoder, vector: Vectors, *, limit: int) -> list[Near]:
    """The ``limit`` media of the queryset whose vectors lie nearest to ``vector`` (unit length), nearest first.

    At most three statements beside the transaction's own, whatever the sizes.
    """
    try:
        plan = choose(media, encoder, limit)
    except EmptyResultSet:  # a filter that can match nothing, as Django sees by itself
        return []
    if not plan.exact:
        found = _by_index(media, encoder, vector, limit, plan)
        if len(found) >= limit:
            return found
    return _exact(media, encoder, vector, limit)


def walk(limit: int, plan: Plan) -> int:
    """How many of the nearest vectors are looked at."""
    return int(min(MARGIN * limit * max(plan.total, 1) / max(plan.kept, 1) + limit, LONGEST_WALK))


def statement(
    media: QuerySet[Media], encoder: Encoder, vector: Vectors, limit: int, plan: Plan
) -> tuple[str, list[Any]]:
    """The SQL and its parameters, so that a test and a benchmark can look at what the server makes of it."""
    inner, parameters = _sql(media.order_by().values("pk"))
    literal = "[" + ",".join(f"{float(number):.6g}" for number in vector) + "]"
    source = f"media_index_embedding e WHERE e.encoder_id = {int(encoder.pk)}"
    if plan.exact:
        # Measured apart from the sorting, or the planner may walk the index and sort what it gives piece by piece.
        sql = (
            f"WITH kept AS MATERIALIZED ({inner}), measured AS MATERIALIZED "
            f"(SELECT e.media_id, e.moment, {distance(encoder)} AS distance FROM {source} "
            f"AND e.media_id IN (SELECT * FROM kept)) SELECT * FROM measured ORDER BY distance, media_id LIMIT %s"
        )
        return sql, [*parameters, literal, limit]
    sql = (
        f"WITH walked AS MATERIALIZED (SELECT e.media_id, e.moment, {distance(encoder)} AS distance FROM {source} "
        f"ORDER BY {distance(encoder)} LIMIT %s) "
        f"SELECT * FROM walked WHERE media_id IN ({inner}) ORDER BY distance, media_id LIMIT %s"
    )
    return sql, [literal, literal, walk(limit, plan), *parameters, limit]


def index_settings(limit: int, plan: Plan) -> dict[str, object]:
    """Settings of one transaction under which the index answers. ``ef_search`` defaults to 40: only 40 results."""
    return {
        "hnsw.ef_search": min(max(walk(limit, plan), MIN_EF_SEARCH), MAX_EF_SEARCH),
        "hnsw.iterative_scan": "relaxed_order",
        "hnsw.max_scan_tuples": 2 * LONGEST_WALK,
        "enable_seqscan": "off",
        "enable_sort": "off",
    }


def _exact(media: QuerySet[Media], encoder: Encoder, vector: Vectors, limit: int) -> list[Near]:
    with connection.cursor() as cursor:
        cursor.execute(*statement(media, encoder, vector, limit, Plan(True, 0, 0)))
        return _rows(cursor.fetchall())


def _by_index(media: QuerySet[Media], encoder: Encoder, vector: Vectors, limit: int, plan: Plan) -> list[Near]:
    with transaction.atomic(), connection.cursor() as cursor:
        set_local(index_settings(limit, plan))
        cursor.execute(*statement(media, encoder, vector, limit, plan))
        return _rows(cursor.fetchall())


def set_local(settings: dict[str, object]) -> None:
    """Settings for the rest of the transaction, in one statement."""
    with connection.cursor() as cursor:
        calls = ", ".join("set_config(%s, %s, true)" for _ in settings)
        cursor.execute(f"SELECT {calls}", [text for name, value in settings.items() for text in (name, str(value))])


def _rows(rows: Sequence[tuple[int, float | None, float]]) -> list[Near]:
    return [Near(media_id, moment, -found) for media_id, moment, found in rows]


def _sql(queryset: QuerySet[Media, Any]) -> tuple[str, tuple[Any, ...]]:
    sql, parameters = queryset.query.sql_with_params()
    return sql, tuple(parameters)


def _estimate(sql: str, parameters: Sequence[Any]) -> int:
    """The number of rows that the planner expects of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        plan = cursor.fetchone()[0]
    document = json.loads(plan) if isinstance(plan, str) else plan
    return int(document[0]["Plan"]["Plan Rows"])
