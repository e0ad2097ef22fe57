"""What must stand before anything else can: the tables, the default encoder, the schedules. Safe to call again."""

from __future__ import annotations

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError

from media_index import plugins
from media_index.encoder_service import encoder_ensure_default
from scanpix.runtime import queue
from scanpix.runtime.env import ConfigurationError
from scanpix.runtime.locks import ProcessLock

OLDEST_SERVER = 160000
OLDEST_VECTOR = (0, 8)
MIGRATION_LOCK = 0x5C_A9_02
SCHEDULE_LOCK = 0x5C_A9_06


def prepare() -> None:
    """Bring the tables up to date, after a backup, and make sure of an encoder. Two processes wait for each other.

    Raises :class:`ConfigurationError` with one line where the server will not do.
    """
    for folder in (settings.MODELS, settings.THUMBNAILS, settings.DATA / "cache"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    check_server()
    with ProcessLock(MIGRATION_LOCK):
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0)
        encoder_ensure_default()


def check_server() -> None:
    """Whether the server is one that scanpix can use."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
            number, version = cursor.fetchone()
            cursor.execute("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
            vector = cursor.fetchone()
    except OperationalError as error:
        reason = " ".join(str(error).split()) or "no reason told"
        raise ConfigurationError(f"the database cannot be reached ({reason}): check DATABASE_URL") from None
    if number < OLDEST_SERVER:
        raise ConfigurationError(f"PostgreSQL {version} is too old: scanpix needs 16 or newer")
    if vector is None:
        raise ConfigurationError(
            "the extension `vector` is not installed on the database server: install pgvector 0.8 or newer there "
            "(the image pgvector/pgvector has it), or leave DATABASE_URL empty to use the embedded server"
        )
    if tuple(int(part) for part in vector[0].split(".")[:2]) < OLDEST_VECTOR:
        raise ConfigurationError(f"pgvector {vector[0]} is too old: scanpix needs 0.8 or newer")


def schedule_housekeeping() -> None:
    """What runs by the clock. The minute's look for work also heals a wake-up call that was lost.

    Two processes wait for each other, as web and workers may start at the same moment.
    """
    with ProcessLock(SCHEDULE_LOCK):
        queue.schedule("look for work", queue.EXTRACT, minutes=1, cluster=queue.ML)
        queue.schedule("nightly backup", "scanpix.operations.automatic.nightly_start", minutes=15)
        queue.schedule("scan sources", "media_index.tasks.scan_due", minutes=1)
        queue.schedule("check sources", "media_index.tasks.check_sources", minutes=1)
        queue.schedule("watch sources", "media_index.tasks.watch_sources", minutes=1)
        queue.schedule("forget pictures brought to search with", "media_index.tasks.forget_samples", minutes=10)
        queue.schedule("forget what is gone", "media_index.tasks.purge_gone", minutes=60)
        for one in (one for plugin in plugins.plugins() for one in plugin.clock):
            queue.schedule(one.name, one.task, minutes=one.minutes, cluster=one.cluster)
