"""Which pictures look like given ones: the index of hashes, and the only SQL with distances between them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

from media_index.duplicates.grouping import ALIKE, pair
from media_index.duplicates.hashing import Bits, as_text, from_text, orientations
from media_index.models import Alike, Fingerprint
from media_index.search.vectors.nearest import set_local

MOST = 24
"""Copies of one picture that are looked up at once. Where there are more, these have theirs in turn, so that all are
found as one group."""
EF_SEARCH = 64
NEAREST = """
SELECT asked.media, near.media_id, min(near.far)
  FROM unnest(%(media)s::bigint[], %(bits)s::text[]) AS asked(media, bits)
 CROSS JOIN LATERAL (
       SELECT f.media_id, f.bits <~> asked.bits::bit(256) AS far
         FROM media_index_fingerprint f
        ORDER BY f.bits <~> asked.bits::bit(256)
        LIMIT %(most)s) near
  JOIN media_index_fingerprint whose ON whose.media_id = near.media_id AND NOT whose.flat
 WHERE near.media_id <> asked.media AND near.far <= %(alike)s
 GROUP BY 1, 2
"""
"""Eight short walks through the index for each picture, one for each position it may be turned to."""


def alike_refresh(rows: Sequence[Fingerprint]) -> int:
    """Notes what looks like these, anew; returns how many pairs. One statement for all, some milliseconds a picture."""
    asked = [(row.media_id, as_text(turned)) for row in rows if not row.flat for turned in orientations(bits_of(row))]
    with transaction.atomic():
        ids = [row.media_id for row in rows]
        Alike.objects.filter(one__in=ids).delete()
        Alike.objects.filter(other__in=ids).delete()
        found: dict[tuple[int, int], int] = {}
        with connection.cursor() as cursor:
            set_local({"hnsw.ef_search": EF_SEARCH, "enable_seqscan": "off"})
            media, bits = [pk for pk, _ in asked], [one for _, one in asked]
            cursor.execute(NEAREST, {"media": media, "bits": bits, "most": MOST, "alike": ALIKE})
            for one, other, far in cursor.fetchall():
                found[pair(one, other)] = int(far)
            set_local({"enable_seqscan": "on"})
        Alike.objects.bulk_create(
            (Alike(one_id=one, other_id=other, distance=far) for (one, other), far in sorted(found.items())),
            update_conflicts=True,
            unique_fields=["one", "other"],
            update_fields=["distance"],
        )
    return len(found)


def bits_of(row: Fingerprint) -> Bits:
    """The hash of a row."""
    return from_text(str(row.bits))
