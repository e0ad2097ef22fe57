"""Where the media of a scope, or of what a query finds in it, were taken.

They are kept in memory for a while, as a map is moved and asks again and again: to read 200,000 of them takes some
tenths of a second, to group them a few hundredths. What is kept belongs to a member and the very sources that they may
see now, as names do (:mod:`media_index.search.naming.per_scope`), and holds for one version of the names, as a place
that is set or taken away changes these. Only counts come from here: every picture that is shown is asked for anew.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
from django.db.models import Aggregate, BinaryField, F, Func, QuerySet, Value
from django.db.models.functions import Coalesce

from media_index.mapping.clustering import Points
from media_index.models import Media, NamesVersion
from media_index.search.engine import search
from media_index.search.filters.base import Scope
from media_index.search.understanding import Understood, understood

LIFE = 300.0
"""Seconds after which it is read again in any case: photos come with new files, which nobody tells of."""
MOST_KEPT = 4
"""Maps in memory; one of 200,000 points takes 10 MB."""
MOST_RANKED = 500
"""Of what words find, the best ones: as many as the page of results shows."""
ROW = np.dtype([("latitude", ">f8"), ("longitude", ">f8"), ("taken", ">f8"), ("media", ">i8"), ("place", ">i8")])


class _Packed(Aggregate):
    """All rows as one row of bytes."""

    template = "string_agg(%(expressions)s, ''::bytea)"
    output_field = BinaryField()
    allow_distinct = False


class _Joined(Func):
    template = "(%(expressions)s)"
    arg_joiner = " || "
    output_field = BinaryField()


class _Sent(Func):
    """A value as PostgreSQL sends it: big-endian."""

    output_field = BinaryField()


@dataclass(frozen=True, slots=True)
class Found:
    """What a query finds, as it was read. Without a query, all of the scope."""

    read: Understood
    points: Points

    @property
    def query(self) -> str:
        return self.read.tree.source.strip()


@dataclass(slots=True)
class _Kept:
    version: int
    until: float
    points: Points


@dataclass(slots=True)
class Kept:
    """The points of the last few maps that were looked at."""

    _all: dict[tuple[object, ...], _Kept] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def of(self, query: str, scope: Scope) -> Found:
        """One statement beside those of reading the query where it is known."""
        read = understood(query, scope)
        key = (scope.member_id, scope.source_ids, str(read.tree), read.tree.source if read.ranks else "")
        version = NamesVersion.objects.filter(pk=NamesVersion.ONE).values_list("version", flat=True).first() or 0
        now = time.monotonic()
        with self._lock:
            known = self._all.get(key)
        if known is None or known.version != version or now >= known.until:
            known = _Kept(version, now + LIFE, points_of(_media(read)))
            with self._lock:
                self._all.pop(key, None)
                self._all[key] = known
                while len(self._all) > MOST_KEPT:
                    del self._all[next(iter(self._all))]
        return Found(read, known.points)

    def forget(self) -> None:
        with self._lock:
            self._all.clear()


KEPT = Kept()


def _media(read: Understood) -> QuerySet[Media]:
    if not read.ranks:
        return read.media
    hits = search(read.tree.source, read.scope, limit=MOST_RANKED).hits
    return read.scope.media.filter(pk__in=[hit.media_id for hit in hits])


def points_of(media: QuerySet[Media]) -> Points:
    """Those of the media whose place on earth is known, the newest first. One statement."""
    parts = (
        _Sent(F("capture__latitude"), function="float8send"),
        _Sent(F("capture__longitude"), function="float8send"),
        _Sent(F("taken_at"), template="float8send(extract(epoch from %(expressions)s)::float8)"),
        _Sent(F("pk"), function="int8send"),
        _Sent(Coalesce(F("capture__place_id"), Value(0)), function="int8send"),
    )
    there = media.filter(capture__latitude__isnull=False, capture__longitude__isnull=False).order_by()
    packed = there.aggregate(packed=_Packed(_Joined(*parts)))["packed"]
    rows = np.frombuffer(bytes(packed or b""), ROW)
    rows = rows[np.argsort(-rows["taken"], kind="stable")]
    return Points.of(
        rows["latitude"].astype(np.float64),
        rows["longitude"].astype(np.float64),
        rows["media"].astype(np.int64),
        rows["place"].astype(np.int64),
    )
