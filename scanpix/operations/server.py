"""The database server as operations see it: any of its databases, in connections outside Django's."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from scanpix.operations.errors import OperationError

MAINTENANCE = "postgres"
"""The database that every server has, from which the others are made, renamed and dropped."""
OF_DJANGO = {"cursor_factory", "context", "prepare_threshold", "client_encoding"}
"""Of the parameters of Django's connections, those that libpq does not know or that are not the server's."""
# Rows are compared as text, so every server must write the same value in the same way.
AS_TEXT = {
    "timezone": "UTC",
    "datestyle": "ISO",
    "intervalstyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "client_encoding": "UTF8",
    "search_path": "public",
}


@dataclass(frozen=True, slots=True)
class Server:
    """``parameters`` are libpq's (host, port, user, password, sslmode ...) without the database's name."""

    parameters: Mapping[str, Any]
    database: str

    @classmethod
    def of_django(cls) -> Server:
        """The one that the settings name."""
        from django.db import connection

        known = connection.get_connection_params()
        parameters = {name: value for name, value in known.items() if name not in {*OF_DJANGO, "dbname"}}
        return cls(parameters, str(known["dbname"]))

    def named(self, database: str) -> Server:
        return replace(self, database=database)

    def connect(self, **more: Any) -> psycopg.Connection:
        """In autocommit. Raises :class:`OperationError` where the server does not let us in."""
        try:
            opened = psycopg.connect(
                **{**self.parameters, "dbname": self.database, "autocommit": True, "connect_timeout": 10, **more}
            )
        except psycopg.OperationalError as error:
            reason = " ".join(str(error).split())
            raise OperationError(f"the database {self.database} cannot be reached ({reason})") from None
        for name, value in AS_TEXT.items():
            opened.execute("SELECT set_config(%s, %s, false)", [name, value])
        return opened

    def conninfo(self) -> str:
        """For the programs of PostgreSQL; without the password, which other users could see in a list of processes."""
        open_ones = {name: value for name, value in self.parameters.items() if name != "password"}
        return make_conninfo(**open_ones, dbname=self.database)

    def environment(self) -> dict[str, str]:
        """That of this process, with the password for the programs of PostgreSQL."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        password = self.parameters.get("password")
        return {**kept, "PGPASSWORD": str(password)} if password else kept

    @contextmanager
    def as_django(self) -> Iterator[None]:
        """Within it Django's connection of this thread goes to this database."""
        from django.db import connection

        connection.close()
        before = connection.settings_dict["NAME"]
        connection.settings_dict["NAME"] = self.database
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before


@dataclass(frozen=True, slots=True)
class Versions:
    """``number`` as the server counts (180006), ``name`` as people do ("18.6"), ``vector`` is pgvector's or empty."""

    number: int
    name: str
    vector: str

    @property
    def major(self) -> int:
        return self.number // 10_000


def versions(connection: psycopg.Connection) -> Versions:
    row = connection.execute(
        "SELECT current_setting('server_version_num')::int, current_setting('server_version'),"
        " coalesce((SELECT extversion FROM pg_extension WHERE extname = 'vector'), '')"
    ).fetchone()
    number, name, vector = row or (0, "", "")
    return Versions(number, str(name).split()[0], vector)


def database_size(connection: psycopg.Connection) -> int:
    """Of the connected database, in bytes."""
    row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return int(row[0]) if row else 0
