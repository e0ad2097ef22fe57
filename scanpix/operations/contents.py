"""What is in a database, table by table, so that two can be compared: also across versions of PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

OURS = """
SELECT n.nspname, c.relname
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass
                                             AND d.deptype = 'e')
 ORDER BY 1, 2
"""
INDEXES = """
SELECT n.nspname, c.relname, a.amname
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_am a ON a.oid = c.relam
 WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND i.indisvalid
 ORDER BY 1, 2
"""
# The sum does not depend on the order of the rows, which is another after a restore. 64 bits of MD5, which unlike the
# server's own hash functions is the same in every version: it tells damage, not malice.
SUM = "SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 16))::bit(64)::bigint), 0)::text FROM {} AS t"
VECTOR_METHODS = {"hnsw", "ivfflat"}


@dataclass(frozen=True, slots=True)
class Table:
    rows: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Contents:
    """Tables by name (with the schema before it unless that is ``public``), and the names of all valid indexes."""

    tables: dict[str, Table]
    indexes: list[str]
    vector_indexes: list[str]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())

    def as_data(self) -> dict[str, Any]:
        tables = {name: {"rows": table.rows, "checksum": table.checksum} for name, table in self.tables.items()}
        return {"tables": tables, "indexes": self.indexes, "vector_indexes": self.vector_indexes}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Contents:
        """Raises ``KeyError`` or ``TypeError`` where that is not what :meth:`as_data` made."""
        tables = {name: Table(int(one["rows"]), str(one["checksum"])) for name, one in data["tables"].items()}
        return cls(tables, list(data["indexes"]), list(data["vector_indexes"]))


def contents(connection: psycopg.Connection) -> Contents:
    """Of the connected database, as this transaction sees it. The connection must be one of
    :meth:`scanpix.operations.server.Server.connect`, whose settings make text comparable."""
    tables = {}
    for schema, name in connection.execute(OURS).fetchall():
        row = connection.execute(sql.SQL(SUM).format(sql.Identifier(schema, name))).fetchone()
        if row is None:
            raise TypeError("an aggregate without GROUP BY gives one row")
        tables[_label(schema, name)] = Table(int(row[0]), str(row[1]))
    found = connection.execute(INDEXES).fetchall()
    return Contents(
        tables,
        [_label(schema, name) for schema, name, _ in found],
        [_label(schema, name) for schema, name, method in found if method in VECTOR_METHODS],
    )


def is_empty(connection: psycopg.Connection) -> bool:
    """Whether the connected database has no table."""
    return connection.execute(OURS).fetchone() is None


def differences(expected: Contents, found: Contents, *, vector_indexes: bool = True) -> list[str]:
    """One line for each table or index that is not as expected. ``vector_indexes=False`` does not ask for those."""
    lines = []
    for name in sorted({*expected.tables, *found.tables}):
        before, after = expected.tables.get(name), found.tables.get(name)
        if before is None or after is None:
            lines.append(f"the table {name} is {'missing' if after is None else 'too many'}")
        elif before.rows != after.rows:
            lines.append(f"the table {name} has {after.rows} rows, not {before.rows}")
        elif before.checksum != after.checksum:
            lines.append(f"the rows of the table {name} are not the same")
    wanted = set(expected.indexes) - (set() if vector_indexes else set(expected.vector_indexes))
    lines += [f"the index {name} is missing" for name in sorted(wanted - set(found.indexes))]
    return lines


def _label(schema: str, name: str) -> str:
    return name if schema == "public" else f"{schema}.{name}"
