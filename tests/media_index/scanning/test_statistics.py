from __future__ import annotations

import pytest
from django.db import connection

from media_index.scanning.statistics import statistics_begin

pytestmark = pytest.mark.django_db


def test_what_was_just_filled_is_looked_at_once() -> None:
    """A table of its own: those of the library may have been looked at by the server already."""
    with connection.cursor() as cursor:
        cursor.execute('CREATE TABLE "Just filled" AS SELECT generate_series(1, 50000) AS id')
        cursor.execute("CREATE TABLE small AS SELECT 1 AS id")
        assert '"Just filled"' in statistics_begin()
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'Just filled'")
        assert cursor.fetchone() == (50_000,)
        again = statistics_begin()
    assert '"Just filled"' not in again
    assert "small" not in again
