"""A backup into a new database, compared table by table with what it says of itself."""

from __future__ import annotations

from datetime import UTC, datetime

from scanpix.operations import programs
from scanpix.operations.archive import Backup
from scanpix.operations.contents import contents, differences
from scanpix.operations.databases import Workplace
from scanpix.operations.errors import OperationError
from scanpix.operations.server import Server, versions

TOLD = 3
"""How many differences an error names."""


def loaded(backup: Backup, place: Workplace, purpose: str) -> Server:
    """A new database with what the backup holds. For the purpose "check" vector indexes are left out: they are made
    from rows that were compared, and take minutes.

    Raises :class:`OperationError` where it cannot be restored or is not what it was; then the database is gone again.
    """
    checking = purpose == "check"
    server = place.make(purpose, datetime.now(UTC))
    try:
        _load(backup, server, without=backup.manifest.contents.vector_indexes if checking else [])
        _compare(backup, server, vector_indexes=not checking)
    except BaseException:
        place.drop(server.database)
        raise
    return server


def _load(backup: Backup, server: Server, without: list[str]) -> None:
    with server.connect() as connection:
        major = versions(connection).major
    listed = b""
    if without:
        with backup.database() as dumped:
            listed = programs.listing(server, major, dumped)
    with backup.database() as dumped:
        programs.load(server, major, dumped, without=without, listed=listed)


def _compare(backup: Backup, server: Server, *, vector_indexes: bool) -> None:
    with server.connect() as connection:
        found = contents(connection)
    lines = differences(backup.manifest.contents, found, vector_indexes=vector_indexes)
    if lines:
        more = f" and {len(lines) - TOLD} more" if len(lines) > TOLD else ""
        raise OperationError(f"{backup.path} does not restore to what it was: {'; '.join(lines[:TOLD])}{more}")
