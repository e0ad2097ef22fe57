"""Advisory locks of PostgreSQL that a process keeps for itself, across transactions and Django's connections."""

from __future__ import annotations

import logging

import psycopg
from django.db import connection

log = logging.getLogger("scanpix.locks")


PARAMETERS = ("dbname", "user", "password", "host", "port", "sslmode")


class ProcessLock:
    """A lock that one process of the whole installation can hold; it is free again when that process is gone.

    It lives on a connection of its own: Django closes and opens its connections as it likes, and the lock would go with
    them. ``key`` is any number that no other lock uses.
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
        parameters = connection.get_connection_params()
        own = psycopg.connect(
            **{
                name: parameters[name]
                for name in ("dbname", "user", "password", "host", "port")
                if parameters.get(name)
            },
            autocommit=True,
            application_name=f"scanpix lock {self.key}",
        )
        row = own.execute("SELECT pg_try_advisory_lock(%s)", [self.key]).fetchone()
        if row and row[0]:
            self._connection = own
            return True
        own.close()
        return False

    def release(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
