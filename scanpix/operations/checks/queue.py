"""The workers: whether they take what waits for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone

from scanpix.operations.doctor import Check, Finding, Needs, fail, ok, warn
from scanpix.runtime.serve import parts_running

SLOW = timedelta(minutes=3)
STUCK = timedelta(minutes=15)
"""A look for work is queued each minute and takes about ten seconds; a single large file may take some minutes."""
RESTART = "Restart scanpix; if it stays so, look into the log."


def waiting() -> Iterator[Finding]:
    from django_q.models import OrmQ

    now = timezone.now()
    rows = OrmQ.objects.filter(lock__lte=now).values("key").annotate(tasks=Count("pk"), oldest=Min("lock"))
    parts = parts_running(settings.DATA)
    running = "workers" in parts
    if parts and not running:
        yield warn("the portal runs on this data folder, and no workers", "Start the workers: the container `worker`.")
    elif not running:
        yield ok("`serve` does not run on this data folder: nobody works")
    for row in rows.order_by("key"):
        age = now - row["oldest"]
        told = f"{row['key']}: {row['tasks']} tasks, the oldest for {int(age.total_seconds())} s"
        if running and age > STUCK:
            yield fail(told, RESTART)
        elif running and age > SLOW:
            yield warn(told, "Look again in some minutes; a very large file may be under way.")
        else:
            yield ok(told)
    if running and not rows:
        yield ok("nothing waits")


def alive() -> Iterator[Finding]:
    """Whether what is to be done by the clock is put into the queues. Tasks that went well leave no row to be seen."""
    from django_q.models import Schedule

    late = timezone.now() - STUCK
    names = list(Schedule.objects.filter(next_run__lt=late).order_by("name").values_list("name", flat=True))
    if not names:
        yield ok(f"{Schedule.objects.count()} tasks by the clock, none overdue")
    elif "workers" in parts_running(settings.DATA):
        yield fail(f"nobody looks after {', '.join(names)}", RESTART)
    else:
        yield ok("tasks by the clock wait until `serve` runs again")


def failures() -> Iterator[Finding]:
    from django_q.models import Failure

    since = timezone.now() - timedelta(days=1)
    found = Failure.objects.filter(stopped__gte=since).values("func").annotate(times=Count("pk")).order_by("-times")
    for row in found[:3]:
        yield warn(f"{row['func']} failed {row['times']} times since yesterday", "The log tells why.")
    if not found:
        yield ok("none since yesterday")


CHECKS = (
    Check("workers", "waiting", waiting, Needs.TABLES),
    Check("workers", "alive", alive, Needs.TABLES),
    Check("workers", "failed tasks", failures, Needs.TABLES),
)
