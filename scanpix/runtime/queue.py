"""The one door to the queue: nothing else calls django-q2.

The queue only wakes. What is to do is read from the tables, so a task that is lost or doubled costs nothing; tasks take
ids, are short, and return when their row is gone.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

EXTRACT = "media_index.tasks.extract"
ML = "ml"
DEFAULT = "default"


def enqueue(task: str, *args: object, cluster: str = DEFAULT) -> None:
    """Have the worker of ``cluster`` call the function at the dotted path ``task``. Call it after the commit."""
    from django_q.tasks import async_task

    async_task(task, *args, q_options={"cluster": cluster})


def wake_extraction() -> None:
    """Have the ml worker look for work, unless it has already been told."""
    from django_q.models import OrmQ

    if not OrmQ.objects.filter(key=ML, lock__lte=timezone.now()).exists():
        enqueue(EXTRACT, cluster=ML)


def schedule(name: str, task: str, *, minutes: int, cluster: str = DEFAULT) -> None:
    """Have ``task`` called every so many minutes; the same name again changes what there is."""
    from django_q.models import Schedule

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
