"""How near given media lie to given vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import connection

from media_index.encoders.base import Vectors
from media_index.models import Encoder
from media_index.search.vectors.nearest import Near
from media_index.search.vectors.vector_index import distance


def measured(encoder: Encoder, ids: Sequence[int], vectors: Mapping[str, Vectors]) -> dict[str, dict[int, Near]]:
    """By the name of each vector and the media, its nearest moment; media without a vector are left out. One statement.

    ``vectors`` have the encoder's stored length.
    """
    if not ids or not vectors:
        return {name: {} for name in vectors}
    columns = ", ".join(distance(encoder) for _ in vectors)
    literals = ["[" + ",".join(f"{float(number):.6g}" for number in vector) + "]" for vector in vectors.values()]
    sql = (
        f"SELECT e.media_id, e.moment, {columns} FROM media_index_embedding e "
        f"WHERE e.encoder_id = {int(encoder.pk)} AND e.media_id = ANY(%s)"
    )
    found: dict[str, dict[int, Near]] = {name: {} for name in vectors}
    with connection.cursor() as cursor:
        cursor.execute(sql, [*literals, list(ids)])
        for media_id, moment, *distances in cursor.fetchall():
            for name, apart in zip(vectors, distances, strict=True):
                known = found[name].get(media_id)
                if known is None or -apart > known.similarity:
                    found[name][media_id] = Near(media_id, moment, -apart)
    return found
