"""Backups that nobody asks for: each night, and before the tables are changed. They lie in ``backups`` in the data
folder: against mistakes and bad upgrades, not against the loss of the disk."""

from __future__ import annotations

import contextlib
import logging
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from psycopg import sql

from scanpix.operations.backup import Report, backup_make
from scanpix.operations.errors import OperationError
from scanpix.operations.room import human_size
from scanpix.runtime.process import die_with_parent

log = logging.getLogger("scanpix.operations")

NIGHTLY = "nightly"
MIGRATION = "before-migration"
MIGRATIONS_KEPT = 3
"""Dumps from before the tables were changed: one may want to go back by more than one version, not by many."""
NIGHT_HOURS = range(1, 6)
"""When nobody looks at photos, by the household's clock."""
NIGHTLY_AGE = timedelta(hours=20)
LATE_AGE = timedelta(hours=36)
"""After this a machine that sleeps at night makes one by day."""
RETRY_AGE = timedelta(hours=6)
LEFT_OVER_SECONDS = 86_400
NAME = re.compile(r"^(?:nightly|before-migration)-(\d{8}-\d{6})\.zip$")
STAMP = "%Y%m%d-%H%M%S"
# Filled by migrations themselves: a database that holds nothing else is worth no dump.
BY_MIGRATIONS = {"django_migrations", "django_content_type", "auth_permission"}

_under_way: subprocess.Popen[bytes] | None = None
"""The backup that this process has started last."""


def folder() -> Path:
    """Where they lie, made if need be, for the user of scanpix alone."""
    place: Path = settings.DATA / "backups"
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OperationError(f"{place} cannot be made: {error.strerror}") from None
    return place


def made(kind: str) -> list[Path]:
    """The backups of a kind (:data:`NIGHTLY`, :data:`MIGRATION`), oldest first."""
    if not (settings.DATA / "backups").is_dir():
        return []
    found = (path for path in folder().iterdir() if NAME.match(path.name) and path.name.startswith(f"{kind}-"))
    return sorted(found, key=lambda path: path.name)


def made_at(path: Path) -> datetime:
    """When an automatic backup was begun, by its name."""
    match = NAME.match(path.name)
    if match is None:
        raise ValueError(f"{path.name} is no automatic backup")
    return datetime.strptime(match[1], STAMP).replace(tzinfo=UTC)


def failure() -> tuple[datetime, str] | None:
    """When and why the last nightly backup failed; None where it did not."""
    note = settings.DATA / "backups" / "nightly.failed"
    try:
        return datetime.fromtimestamp(note.stat().st_mtime, UTC), note.read_text().strip()
    except FileNotFoundError:
        return None


def nightly_is_due(now: datetime) -> bool:
    """Once a night; by day where it is late; after a failure some hours later. Never with SCANPIX_BACKUPS_KEPT=0."""
    if not settings.BACKUPS_KEPT:
        return False
    failed = failure()
    if failed and now - failed[0] < RETRY_AGE:
        return False
    nights = made(NIGHTLY)
    age = now - (made_at(nights[-1]) if nights else _watched_since())
    at_night = timezone.localtime(now).hour in NIGHT_HOURS
    return age > LATE_AGE or (at_night and age > NIGHTLY_AGE)


def _watched_since() -> datetime:
    """A new installation has nothing to lose yet; its first backup comes the night after."""
    mark = folder() / ".since"
    if not mark.exists():
        mark.touch()
    return datetime.fromtimestamp(mark.stat().st_mtime, UTC)


def nightly_start() -> None:
    """Called by the queue: where one is due, have a process of its own make it, as it may take longer than a task may.

    It dies with the worker, and comes again when the next look finds that it is due.
    """
    global _under_way
    if _under_way is not None and _under_way.poll() is None:
        return  # a large database to a slow disk takes longer than the time between two looks
    if nightly_is_due(timezone.now()):
        _under_way = subprocess.Popen(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "backup", "--nightly"],
            stdin=subprocess.DEVNULL,
            preexec_fn=lambda: die_with_parent(signal.SIGTERM),
        )


def nightly_make() -> Report:
    """Make the backup of this night, checked, and delete the oldest ones. A failure is kept for the doctor to tell."""
    note = folder() / "nightly.failed"
    try:
        report = backup_make(_target(NIGHTLY))
    except OperationError as error:
        with contextlib.suppress(OSError):  # of a full disk, say, which must not hide the reason
            note.write_text(f"{error}\n")
        raise
    note.unlink(missing_ok=True)
    _prune(NIGHTLY, max(settings.BACKUPS_KEPT, 1))
    return report


def dump_before_migration() -> Report | None:
    """A backup of a database that is about to be migrated; None where nothing is to be migrated or nothing is in it.

    Raises :class:`OperationError` where it cannot be made: then nothing must be migrated.
    """
    executor = MigrationExecutor(connection)
    if not executor.loader.applied_migrations:
        return None
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()) or not _holds_anything():
        return None
    connection.close()
    try:
        report = backup_make(_target(MIGRATION), check=False)
    except OperationError as error:
        raise OperationError(
            f"the tables are to be changed, and the backup before that failed: {error} "
            "(`manage.py migrate --skip-dump` goes on without)"
        ) from None
    _prune(MIGRATION, MIGRATIONS_KEPT)
    log.info("kept the database as it was before its tables change: %s (%s)", report.path, human_size(report.size))
    return report


def _holds_anything() -> bool:
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            if name not in BY_MIGRATIONS:
                cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(name)))
                if cursor.fetchone()[0]:
                    return True
    return False


def _target(kind: str) -> Path:
    return folder() / f"{kind}-{datetime.now(UTC):{STAMP}}.zip"


def _prune(kind: str, keep: int) -> None:
    for path in made(kind)[:-keep]:
        path.unlink(missing_ok=True)
    for draft in folder().glob(".*.part"):
        if time.time() - draft.stat().st_mtime > LEFT_OVER_SECONDS:
            draft.unlink(missing_ok=True)
