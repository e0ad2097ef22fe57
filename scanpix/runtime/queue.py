"""The one door to the queue: nothing else calls django-q2.

The queue only wakes. What is to do is read from the tables, so a task that is lost or doubled costs nothing; tasks take
ids, are short, and return when their row is gone.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from scanpix.runtime import logs

EXTRACT = "media_index.tasks.extract"
SCAN_DUE = "media_index.tasks.scan_due"
ML = "ml"
DEFAULT = "default"
FAILURES_KEPT = timedelta(days=30)
"""A task that fails each minute leaves 1,440 rows a day, each with its traceback."""


def enqueue(task: str, *args: object, cluster: str = DEFAULT) -> None:
    """Have the worker of ``cluster`` call the function at the dotted path ``task``. Call it after the commit."""
    from django_q.tasks import async_task

    async_task(task, *args, q_options={"cluster": cluster})


def wake_extraction() -> None:
    """Have the ml worker look for work, unless it has already been told."""
    from django_q.models import OrmQ

    if not OrmQ.objects.filter(key=ML, lock__lte=timezone.now()).exists():
        enqueue(EXTRACT, cluster=ML)


def name_tasks_in_logs() -> None:
    """Have every line that a task writes bear its id, the one that the administration shows."""
    from django_q.signals import pre_execute

    pre_execute.connect(_bind_task, dispatch_uid="ids of tasks")


def _bind_task(task: dict[str, object], **_: object) -> None:
    logs.bind(task=task["id"])


def failures_forget() -> int:
    """Delete what is kept of tasks that failed more than :data:`FAILURES_KEPT` ago; returns how many."""
    from django_q.models import Task

    gone, _ = Task.objects.filter(success=False, stopped__lt=timezone.now() - FAILURES_KEPT).delete()
    return int(gone)


def take_up(cluster: str) -> None:
    """Free at once what a worker had claimed and left, and have looked what else there is to do.

    Where several hosts serve one queue this also frees what another is at; a task that is doubled costs nothing.
    """
    from django_q.models import OrmQ

    OrmQ.objects.filter(key=cluster, lock__gt=timezone.now()).update(lock=timezone.now())
    if cluster == ML:
        wake_extraction()
    else:
        enqueue(SCAN_DUE, cluster=cluster)


def database_started_at() -> datetime:
    """The moment at which the database server was started: another one than before tells of a break."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_postmaster_start_time()")
        (moment,) = cursor.fetchone()
    return moment  # type: ignore[no-any-return]


def database_is_working() -> bool:
    """Whether the server is at somebody's statement, other than waiting for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend' "
            "AND wait_event_type IS DISTINCT FROM 'Lock')"
        )
        (working,) = cursor.fetchone()
    return bool(working)


def schedule(name: str, task: str, *, minutes: int, cluster: str = DEFAULT) -> None:
    """Have ``task`` called every so many minutes; the same name again changes what there is.

    The name is not unique in django-q's table: callers must not do this at the same moment. Of doubles one stays.
    """
    from django_q.models import Schedule

    found = list(Schedule.objects.filter(name=name).order_by("pk").values_list("pk", flat=True))
    Schedule.objects.filter(pk__in=found[1:]).delete()
    Schedule.objects.update_or_create(
        name=name,
        defaults={
            "func": task,
            "schedule_type": Schedule.MINUTES,
            "minutes": minutes,
            "cluster": cluster,
            "repeats": -1,
            "next_run": timezone.now() + timedelta(seconds=5),
        },
    )
