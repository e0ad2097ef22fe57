"""Databases beside the one in use: made for a check or a restore, exchanged with it, and cleared away.

Whoever does any of this holds a lock of the whole server for this database; what is lying about under these names
while one holds it was left by somebody who was interrupted.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import psycopg
from psycopg import sql

from scanpix.operations.errors import OperationError
from scanpix.operations.server import MAINTENANCE, Server

LOCK_CLASS = 0x5CA9
"""First half of the key of the advisory lock; the second is the database's name."""
NAME_LENGTH = 35
"""PostgreSQL's names have at most 63 bytes; this much of the database's own name goes into those beside it."""
PATIENCE_SECONDS = 10.0
"""How long the sessions of a process that was killed may stay: the server notices when it has done what they asked."""
STAMP = "%Y%m%d_%H%M%S"


def patient(true: Callable[[], bool]) -> bool:
    """Whether that comes true within :data:`PATIENCE_SECONDS`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@dataclass(frozen=True, slots=True)
class Workplace:
    """The right to make and drop databases beside ``server.database``; ``connection`` is to another database."""

    server: Server
    connection: psycopg.Connection

    def _prefix(self, purpose: str) -> str:
        return f"{self.server.database[:NAME_LENGTH]}_{purpose}_"

    def names(self, purpose: str) -> list[str]:
        """Databases there are for a purpose ("check", "restore", "before"), oldest first."""
        prefix = self._prefix(purpose)
        rows = self.connection.execute("SELECT datname FROM pg_database ORDER BY datname").fetchall()
        return [name for (name,) in rows if name.startswith(prefix)]

    def _free_name(self, purpose: str, now: datetime) -> str:
        taken = self.names(purpose)
        moments = (now + timedelta(seconds=later) for later in count())
        return next(name for moment in moments if (name := f"{self._prefix(purpose)}{moment:{STAMP}}") not in taken)

    def exists(self) -> bool:
        return self._count("SELECT count(*) FROM pg_database WHERE datname = %s") > 0

    def others_connected(self) -> int:
        """How many other sessions use the database now."""
        return self._count(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
        )

    def _count(self, query: str) -> int:
        row = self.connection.execute(query, [self.server.database]).fetchone()
        return int(row[0]) if row else 0

    def sweep(self) -> list[str]:
        """Drop what interrupted checks and restores have left; returns the names."""
        left = [*self.names("check"), *self.names("restore")]
        for name in left:
            self.drop(name)
        return left

    def make(self, purpose: str, now: datetime) -> Server:
        """An empty database. Raises :class:`OperationError` where the user may not make one."""
        name = self._free_name(purpose, now)
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
        try:
            self.connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            user = self.connection.info.user
            raise OperationError(
                f"the user {user} may not make databases on this server: let an administrator of it run "
                f'ALTER ROLE "{user}" CREATEDB'
            ) from None
        except psycopg.errors.DiskFull:
            raise OperationError("the disk of the database server is full: make room there") from None
        return self.server.named(name)

    def drop(self, name: str) -> None:
        self.connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def put_in_place(self, new: str, now: datetime) -> str:
        """Have ``new`` become the database, all or nothing; returns the name of the one before, or "" if none was.

        Both renames are one transaction. Raises :class:`OperationError` while anyone is connected to either.
        """
        before = self._free_name("before", now) if self.exists() else ""
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        try:
            with self.connection.transaction():
                if before:
                    self.connection.execute(rename.format(sql.Identifier(self.server.database), sql.Identifier(before)))
                self.connection.execute(rename.format(sql.Identifier(new), sql.Identifier(self.server.database)))
        except psycopg.errors.ObjectInUse:
            raise OperationError(
                "the database is in use: stop scanpix, and every command of it that still runs, first"
            ) from None
        return before


@contextmanager
def workplace(server: Server) -> Iterator[Workplace]:
    """Have the place to oneself. Raises :class:`OperationError` while another backup or restore has it."""
    with server.named(MAINTENANCE).connect(application_name="scanpix operations") as connection:
        name = zlib.crc32(server.database.encode()) - 2**31

        def taken() -> bool:
            row = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_CLASS, name]).fetchone()
            return bool(row and row[0])

        if not patient(taken):
            raise OperationError("another backup or restore of this database is running: wait for its end")
        yield Workplace(server, connection)
