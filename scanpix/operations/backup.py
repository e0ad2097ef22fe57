"""Backups: database and settings in one file, taken while scanpix runs, and checked by restoring it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

from scanpix import __version__
from scanpix.operations import archive, programs
from scanpix.operations.archive import Manifest
from scanpix.operations.contents import contents
from scanpix.operations.databases import Workplace, workplace
from scanpix.operations.errors import OperationError
from scanpix.operations.kept_settings import settings_now
from scanpix.operations.loading import loaded
from scanpix.operations.room import check_room
from scanpix.operations.server import Server, database_size, versions


@dataclass(frozen=True, slots=True)
class Report:
    """``size`` of the file in bytes; ``checked`` tells whether it was restored and compared."""

    path: Path
    size: int
    manifest: Manifest
    checked: bool


def backup_make(
    target: Path,
    *,
    server: Server | None = None,
    kept: dict[str, Any] | None = None,
    overwrite: bool = False,
    check: bool = True,
) -> Report:
    """Write the backup ``target``; ``check`` restores it into a database of its own, which goes again, and compares.

    Dump and checksums see one snapshot, so it may be taken while scanpix runs. What does not pass its check gets no
    name. ``server`` and ``kept`` are those of the settings unless given. Raises :class:`OperationError`.
    """
    server = server or Server.of_django()
    if not target.parent.is_dir():
        raise OperationError(f"the folder {target.parent} is not there: make it, or mount its disk")
    with workplace(server) as place:
        place.sweep()
        passes = partial(_check, place) if check else None
        with archive.written(target, overwrite=overwrite, check=passes) as writer:
            manifest = _write(server, writer, kept or settings_now(), target.parent)
    return Report(target, target.stat().st_size, manifest, check)


def _write(server: Server, writer: archive.Writer, kept: dict[str, Any], folder: Path) -> Manifest:
    writer.text(archive.SETTINGS, json.dumps(kept, ensure_ascii=False, indent=1))
    with server.connect(application_name="scanpix backup") as connection:
        size = database_size(connection)
        # Compressed it takes less; how much less is known only afterwards.
        check_room(folder, size, "the backup")
        found = versions(connection)
        connection.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        with writer.member(archive.DATABASE) as write:
            programs.dump(server, found.major, snapshot, write)
        manifest = Manifest(
            scanpix=__version__,
            made_at=datetime.now(UTC),
            postgres=found.name,
            vector=found.vector,
            size=size,
            migrations=migrations(connection),
            contents=contents(connection),
            parts=dict(writer.parts),
        )
        connection.execute("COMMIT")
    writer.text(archive.MANIFEST, manifest.as_text())
    return manifest


def _check(place: Workplace, file: Path) -> None:
    if settings.EMBEDDED_DATABASE:
        with place.server.connect() as connection:
            check_room(settings.DATA, database_size(connection), "checking the backup (--no-check leaves that out)")
    with archive.opened(file) as backup:
        restored = loaded(backup, place, "check")
        place.drop(restored.database)


def migrations(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """Those that the connected database has had, oldest first; none where it has never been one of Django's."""
    (there,) = connection.execute("SELECT to_regclass('public.django_migrations') IS NOT NULL").fetchone() or (False,)
    if not there:
        return []
    rows = connection.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
    return [(str(app), str(name)) for app, name in rows]
