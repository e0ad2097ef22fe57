"""The only place with distance SQL: the nearest vectors among the media that a filter lets through.

Two ways, chosen by how many media the planner expects the filter to keep:

* *exact*: the filter first, then the distance of every row that is left;
* *index*: the HNSW index in order of distance, each row checked against the filter, on and on until enough are found
  (``hnsw.iterative_scan``). Should it give up early, as it does where the filter keeps only what is far from the query,
  the exact way is taken after all: no result is ever missing for being found the fast way.

Nothing but the distance may stand in the ORDER BY, or the index is not used; a test reads the plan.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import QuerySet

from media_index.encoders.base import Vectors
from media_index.models import Encoder, Media
from media_index.search.vector_index import distance

FEWEST_FOR_INDEX = 1000
"""Below this the exact way always wins: 1,000 distances take about 3 ms."""
SCAN_FACTOR = 4
"""How many times the tuples a filter of independent rows would need are looked at before the index gives up."""


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
    plan = choose(media, encoder, limit)
    if not plan.exact:
        found = _by_index(media, encoder, vector, limit, plan)
        if len(found) >= limit or len(found) >= plan.kept:
            return found
    return _exact(media, encoder, vector, limit)


def statement(media: QuerySet[Media], encoder: Encoder, vector: Vectors, limit: int, *, exact: bool) -> tuple[str, list[object]]:
    """The SQL and its parameters, so that a test and a benchmark can look at its plan."""
    inner, parameters = _sql(media.order_by().values("pk"))
    literal = "[" + ",".join(f"{float(number):.6g}" for number in vector) + "]"
    source = f"media_index_embedding e WHERE e.encoder_id = {int(encoder.pk)}"
    if exact:
        # Measured apart from the sorting, or the planner may walk the index and sort what it gives piece by piece.
        sql = (
            f"WITH kept AS MATERIALIZED ({inner}), measured AS MATERIALIZED "
            f"(SELECT e.media_id, e.moment, {distance(encoder)} AS distance FROM {source} "
            f"AND e.media_id IN (SELECT * FROM kept)) SELECT * FROM measured ORDER BY distance, media_id LIMIT %s"
        )
        return sql, [*parameters, literal, limit]
    # Two steps: the inner one may hold nothing that would keep the index from being used.
    sql = (
        f"WITH found AS MATERIALIZED (SELECT e.media_id, e.moment, {distance(encoder)} AS distance FROM {source} "
        f"AND e.media_id IN ({inner}) ORDER BY {distance(encoder)} LIMIT %s) "
        f"SELECT * FROM found ORDER BY distance, media_id"
    )
    return sql, [literal, *parameters, literal, limit]


def index_settings(limit: int, plan: Plan) -> dict[str, object]:
    """Settings of one transaction under which the index answers. ``ef_search`` defaults to 40: only 40 results."""
    expected = limit * max(plan.total, 1) / max(plan.kept, 1)
    return {
        "hnsw.ef_search": min(max(2 * limit, 100), 1000),
        "hnsw.iterative_scan": "relaxed_order",
        "hnsw.max_scan_tuples": int(min(max(SCAN_FACTOR * expected, 5_000), 40_000)),
        "enable_seqscan": "off",
        "enable_hashjoin": "off",
        "enable_mergejoin": "off",
        "enable_sort": "off",
        "enable_bitmapscan": "off",
    }


def _exact(media: QuerySet[Media], encoder: Encoder, vector: Vectors, limit: int) -> list[Near]:
    with connection.cursor() as cursor:
        cursor.execute(*statement(media, encoder, vector, limit, exact=True))
        return _rows(cursor.fetchall())


def _by_index(media: QuerySet[Media], encoder: Encoder, vector: Vectors, limit: int, plan: Plan) -> list[Near]:
    with transaction.atomic(), connection.cursor() as cursor:
        set_local(index_settings(limit, plan))
        cursor.execute(*statement(media, encoder, vector, limit, exact=False))
        return _rows(cursor.fetchall())


def set_local(settings: dict[str, object]) -> None:
    """Settings for the rest of the transaction, in one statement."""
    with connection.cursor() as cursor:
        calls = ", ".join("set_config(%s, %s, true)" for _ in settings)
        cursor.execute(f"SELECT {calls}", [text for name, value in settings.items() for text in (name, str(value))])


def _rows(rows: Sequence[tuple[int, float | None, float]]) -> list[Near]:
    return [Near(media_id, moment, -found) for media_id, moment, found in rows]


def _sql(queryset: QuerySet[Media, dict[str, object]]) -> tuple[str, tuple[object, ...]]:
    sql, parameters = queryset.query.sql_with_params()
    return sql, tuple(parameters)


def _estimate(sql: str, parameters: Sequence[object]) -> int:
    """The number of rows that the planner expects of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        plan = cursor.fetchone()[0]
    document = json.loads(plan) if isinstance(plan, str) else plan
    return int(document[0]["Plan"]["Plan Rows"])
