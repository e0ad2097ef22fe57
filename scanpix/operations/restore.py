"""Restoring a backup. Nothing is changed until all of it has been restored and compared:

1. the file is read whole and compared with its manifest; one of a newer scanpix is refused;
2. it is restored into a new database beside the one in use, and compared table by table;
3. that is brought up to the tables of this scanpix;
4. both are renamed in one transaction: the new database is in use, the old one is kept as ``<name>_before_<time>``.

Whoever is interrupted before 4 has changed nothing but left the new database lying about; the next run drops it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection as django_connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from scanpix.operations import archive
from scanpix.operations.archive import Manifest
from scanpix.operations.contents import is_empty
from scanpix.operations.databases import Workplace, patient, workplace
from scanpix.operations.errors import OperationError
from scanpix.operations.kept_settings import (
    key_forgotten,
    key_laid_ready,
    key_not_needed,
    key_put_in_place,
    key_taken_back,
    settings_that_differ,
)
from scanpix.operations.loading import loaded
from scanpix.operations.room import check_room
from scanpix.operations.server import Server

log = logging.getLogger("scanpix.operations")


@dataclass(frozen=True, slots=True)
class Report:
    """``before`` is the name of the database that was in use, "" where there was none worth keeping; ``settings``
    those of the backup that differ from the present ones, as ``NAME=value``."""

    manifest: Manifest
    before: str
    settings: list[str]


def restore(file: Path, *, server: Server | None = None, tell: Callable[[str], None] | None = None) -> Report:
    """Have the backup ``file`` become the database. Nobody else may use it meanwhile.

    ``server`` is that of the settings unless given; ``tell`` is told the steps. Raises :class:`OperationError`; then
    nothing is changed.
    """
    server = server or Server.of_django()
    tell = tell or _log
    tell("checking the file")
    with archive.opened(file) as backup, workplace(server) as place:
        manifest = backup.manifest
        check_not_newer(manifest)
        place.sweep()
        _check_alone(place)
        if settings.EMBEDDED_DATABASE:
            check_room(settings.DATA, manifest.size, "the restored database")
        tell(f"restoring {manifest.contents.rows} rows, and making the indexes")
        new = loaded(backup, place, "restore")
        try:
            tell("every table is as it was in the backup")
            _bring_up_to_date(new)
            with new.connect() as fresh:
                fresh.execute("ANALYZE")
            kept = backup.settings()
            key = key_laid_ready(settings.DATA, kept["secret_key"])
            before = place.put_in_place(new.database, datetime.now(UTC))
        except BaseException:
            place.drop(new.database)
            key_not_needed(settings.DATA)
            raise
        key_put_in_place(settings.DATA, key)
        before = _worth_keeping(place, before)
        if not before:
            key_forgotten(settings.DATA)
        return Report(manifest, before, settings_that_differ(kept))


def _log(step: str) -> None:
    log.info("restore: %s", step)


def check_not_newer(manifest: Manifest) -> None:
    """Raise :class:`OperationError` for a backup with tables that this scanpix does not know yet.

    Migrations of apps that are not here do not count: they may be of a plug-in that is switched off.
    """
    known = MigrationLoader(None).disk_migrations or {}
    apps = {app for app, _ in known}
    unknown = [f"{app}.{name}" for app, name in manifest.migrations if app in apps and (app, name) not in known]
    if unknown:
        raise OperationError(
            f"this backup was made by a newer scanpix ({manifest.scanpix}; its tables had {unknown[0]}): "
            "update scanpix first"
        )


def _check_alone(place: Workplace) -> None:
    if not patient(lambda: place.others_connected() == 0):
        others = place.others_connected()
        raise OperationError(
            f"the database is in use ({others} connections): stop scanpix, and every command of it that still runs, "
            "first"
        )


def _bring_up_to_date(new: Server) -> None:
    with new.as_django():
        executor = MigrationExecutor(django_connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0, skip_dump=True)


def _worth_keeping(place: Workplace, before: str) -> str:
    """Of the databases before, only the last one stays; and not even that where nothing is in it."""
    for name in place.names("before"):
        if name != before:
            place.drop(name)
    if not before:
        return ""
    with place.server.named(before).connect() as connection:
        empty = is_empty(connection)
    if empty:
        place.drop(before)
        return ""
    return before


def restore_undo(*, server: Server | None = None) -> str:
    """Go back to the database that was in use before the last restore; what is in use now is then the one before.

    Returns the name that it had. Raises :class:`OperationError` where there is none, or the database is in use.
    """
    server = server or Server.of_django()
    with workplace(server) as place:
        before = place.names("before")
        if not before:
            raise OperationError("no database from before a restore is kept here")
        _check_alone(place)
        place.put_in_place(before[-1], datetime.now(UTC))
        key_taken_back(settings.DATA)
        return before[-1]


def restore_forget(*, server: Server | None = None) -> list[str]:
    """Drop what restores have kept; returns the names."""
    with workplace(server or Server.of_django()) as place:
        gone = place.names("before")
        for name in gone:
            place.drop(name)
        place.sweep()
        key_forgotten(settings.DATA)
        return gone
