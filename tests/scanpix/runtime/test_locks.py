"""Locks that outlive Django's connections."""

from __future__ import annotations

import pytest
from django.db import connection

from scanpix.runtime.locks import ProcessLock

KEY = 0x7E57


@pytest.mark.django_db(transaction=True)
def test_one_holder_whatever_becomes_of_djangos_connection() -> None:
    first, second = ProcessLock(KEY), ProcessLock(KEY)
    assert first.hold()
    connection.close()
    assert first.hold()
    assert not second.hold()
    first.release()
    assert second.hold()
    second.release()


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_asks_again() -> None:
    lock, other = ProcessLock(KEY), ProcessLock(KEY)
    assert lock.hold()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s", [KEY]
        )
    assert lock.hold()
    assert not other.hold()
    lock.release()


@pytest.mark.django_db(transaction=True)
def test_as_a_context_it_is_free_afterwards() -> None:
    with ProcessLock(KEY):
        assert not ProcessLock(KEY).hold()
    again = ProcessLock(KEY)
    assert again.hold()
    again.release()
