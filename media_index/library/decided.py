"""Whether somebody has decided of something, by the history: a change of it that stands, not taken back."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection
from django.db.models import Model

from media_index.library.kept import TABLES
from media_index.recording import table_of

DECIDED = """
SELECT k FROM unnest(%s::varchar[]) k
 WHERE EXISTS (SELECT FROM media_index_change c WHERE c.undone_at IS NULL AND c.rows @> ARRAY[k])
"""


def key_of_link(model: type[Model], **ids: int) -> str:
    """How the history calls a link that was made or deleted, by what it joins (:func:`.kept.said_of`)."""
    return f"{table_of(model)}={'-'.join(str(ids[name]) for name in TABLES[model].natural)}"


def decided(keys: Collection[str]) -> set[str]:
    """Those of ``keys`` of which somebody has decided. One statement, an index look-up for each."""
    if not keys:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(DECIDED, [sorted(keys)])
        return {key for (key,) in cursor.fetchall()}
