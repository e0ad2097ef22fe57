"""The database server: its version, its settings, its indexes, and what takes room there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from scanpix.operations.databases import workplace
from scanpix.operations.doctor import Check, Finding, Needs, fail, ok, warn
from scanpix.operations.errors import OperationError
from scanpix.operations.room import human_size
from scanpix.operations.server import Server, database_size, versions
from scanpix.operations.upgrade import old_clusters

CLOCK_SECONDS = 5
FULL_SHARE = 0.8
DEAD_ROWS = 100_000
"""Dead rows in a table that has fewer live ones: autovacuum has not come by for long."""
MUST_BE_ON = ("fsync", "full_page_writes", "autovacuum")

USE = """
SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
       current_setting('max_connections')::int, current_setting('shared_buffers'),
       (SELECT count(*) FROM pg_stat_activity
         WHERE state = 'idle in transaction' AND state_change < now() - interval '1 hour')
"""
DEAD = """
SELECT relname, n_dead_tup, n_live_tup FROM pg_stat_user_tables
 WHERE n_dead_tup > %s AND n_dead_tup > n_live_tup ORDER BY n_dead_tup DESC LIMIT 5
"""
VACUUMED = """
SELECT count(*), count(*) FILTER (WHERE coalesce(last_autovacuum, last_vacuum) IS NOT NULL),
       max(greatest(last_autovacuum, last_vacuum)) FROM pg_stat_user_tables
"""
QUEUE_BYTES = "SELECT pg_total_relation_size('django_q_ormq'), (SELECT count(*) FROM django_q_ormq)"
BLOATED_QUEUE = 100 << 20
"""Tasks are small and few: a queue of 100 MB with hardly a task in it holds dead rows that vacuum could not clear."""
INVALID = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1"


def server() -> Iterator[Finding]:
    with Server.of_django().connect() as open_one:
        found, size = versions(open_one), database_size(open_one)
        row = open_one.execute("SELECT clock_timestamp()").fetchone()
    kind = "embedded" if settings.EMBEDDED_DATABASE else "by DATABASE_URL"
    vector = f"pgvector {found.vector}" if found.vector else "pgvector not made yet"
    yield ok(f"PostgreSQL {found.name} ({kind}), {vector}, {human_size(size)}")
    apart = abs((datetime.now(UTC) - row[0]).total_seconds()) if row else 0.0
    if apart > CLOCK_SECONDS:
        yield warn(f"its clock and ours are {apart:.0f} s apart", "Set both by the network (NTP).")


def use() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(USE)
        used, most, buffers, stuck = cursor.fetchone()
    told = f"{used} of {most} connections, shared_buffers {buffers}"
    if used > most * FULL_SHARE:
        yield warn(told, "Raise max_connections of the server (SCANPIX_POSTGRES_OPTIONS), or restart scanpix.")
    else:
        yield ok(told)
    if stuck:
        yield warn(f"{stuck} transactions are open for more than an hour", "Restart scanpix: they keep vacuum away.")


def safety() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(MUST_BE_ON)])
        off = sorted(name for name, value in cursor.fetchall() if value != "on")
        cursor.execute("SELECT coalesce(checksum_failures, 0) FROM pg_stat_database WHERE datname = current_database()")
        (damaged,) = cursor.fetchone() or (0,)
    if damaged:
        yield fail(
            f"{damaged} damaged pages were read",
            "The disk or the memory is failing: make a backup to another disk now, then test them.",
        )
    if off:
        yield warn(f"{', '.join(off)} switched off", "A power cut may cost the database: switch it on again.")
    if not damaged and not off:
        yield ok("written safely, no damaged page seen")


def indexes() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(INVALID)
        invalid = [name for (name,) in cursor.fetchall()]
    if invalid:
        yield fail(
            f"not valid: {', '.join(invalid)}",
            f"In `manage.py dbshell`: REINDEX INDEX {invalid[0]}; (searches are slow without).",
        )
    else:
        yield ok("all valid")


def vacuum() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(DEAD, [DEAD_ROWS])
        dead = cursor.fetchall()
        cursor.execute(VACUUMED)
        tables, done, last = cursor.fetchone()
        cursor.execute(QUEUE_BYTES)
        queue_bytes, queue_rows = cursor.fetchone()
    for name, gone, live in dead:
        yield warn(f"{name} holds {gone} dead rows and {live} live ones", f"In `manage.py dbshell`: VACUUM {name};")
    if queue_bytes > BLOATED_QUEUE:
        yield warn(
            f"the queue takes {human_size(queue_bytes)} for {queue_rows} tasks",
            "In `manage.py dbshell`, with scanpix stopped: VACUUM FULL django_q_ormq;",
        )
    if not dead and queue_bytes <= BLOATED_QUEUE:
        yield ok(f"{done} of {tables} tables so far, the last {last:%Y-%m-%d %H:%M} UTC" if last else "not needed yet")


def migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    known = executor.loader.disk_migrations or {}
    apps = {app for app, _ in known}
    newer = [
        f"{app}.{name}" for app, name in executor.loader.applied_migrations if app in apps and (app, name) not in known
    ]
    if newer:
        yield fail(f"of a newer scanpix: {newer[0]}", "Go back to the version that was here last, or to a newer one.")
    elif missing:
        yield warn(f"{len(missing)} to be applied", "The next start does it, after a backup.")
    else:
        yield ok("all applied")


def kept() -> Iterator[Finding]:
    try:
        with workplace(Server.of_django()) as place:
            before, left = place.names("before"), [*place.names("check"), *place.names("restore")]
    except OperationError as error:
        yield ok(str(error))
        return
    clusters = old_clusters(settings.DATA) if settings.EMBEDDED_DATABASE else []
    if before:
        yield warn(f"{', '.join(before)} from before a restore", "If all is well: `manage.py restore --forget`.")
    if left:
        yield warn(f"{', '.join(left)} of an interrupted check or restore", "The next `manage.py backup` drops it.")
    for cluster in clusters:
        yield warn(f"{cluster} from before an upgrade", "If all is well: `manage.py upgradedatabase --forget`.")
    if not (before or left or clusters):
        yield ok("no old database takes room")


CHECKS = (
    Check("database", "server", server, Needs.DATABASE),
    Check("database", "migrations", migrations, Needs.DATABASE),
    Check("database", "use", use, Needs.DATABASE),
    Check("database", "safety", safety, Needs.DATABASE),
    Check("database", "indexes", indexes, Needs.DATABASE),
    Check("database", "vacuum", vacuum, Needs.TABLES),
    Check("database", "left over", kept, Needs.DATABASE),
)
