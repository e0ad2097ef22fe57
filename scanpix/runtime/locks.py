"""Advisory locks of PostgreSQL on a connection of their own.

Django and django-q2 close and open Django's connections as they like (one that is older than ``CONN_MAX_AGE`` is closed
by the next call of the queue), and a lock that was taken there would go with them.
"""

from __future__ import annotations

import contextlib
import logging

import psycopg
from django.db import connection

log = logging.getLogger("scanpix.locks")

OF_DJANGO = {"cursor_factory", "context"}
"""Of the parameters of Django's connections, those that only its own cursors understand."""


class ProcessLock:
    """A lock that one process of the whole installation can hold; it is free again when that process is gone.

    ``key`` is any number that no other lock uses. As a context manager it waits until the lock is free.
    """

    def __init__(self, key: int) -> None:
        self.key = key
        self._connection: psycopg.Connection | None = None

    def hold(self) -> bool:
        """Whether this process has the lock, now or since before. Does not wait."""
        if self._connection is not None:
            try:
                self._connection.execute("SELECT 1")
                return True
            except psycopg.OperationalError:
                log.warning("the connection that held a lock was lost; asking for the lock again")
                self.release()
        own = self._connect()
        row = own.execute("SELECT pg_try_advisory_lock(%s)", [self.key]).fetchone()
        if row and row[0]:
            self._connection = own
            return True
        own.close()
        return False

    def release(self) -> None:
        if self._connection is not None:
            # Unlocked by name: the server may take a moment to see that a connection was closed, and whoever asks
            # next in that moment, this process included, would find the lock held.
            with contextlib.suppress(psycopg.OperationalError):
                self._connection.execute("SELECT pg_advisory_unlock(%s)", [self.key])
            self._connection.close()
            self._connection = None

    def __enter__(self) -> ProcessLock:
        self._connection = self._connect()
        self._connection.execute("SELECT pg_advisory_lock(%s)", [self.key])
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def _connect(self) -> psycopg.Connection:
        parameters = connection.get_connection_params()
        ours = {name: value for name, value in parameters.items() if name not in OF_DJANGO}
        return psycopg.connect(**{**ours, "autocommit": True, "application_name": f"scanpix lock {self.key:x}"})
