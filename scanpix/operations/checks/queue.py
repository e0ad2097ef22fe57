"""The workers: whether they take what waits for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Max, Min
from django.utils import timezone

from scanpix.operations.checks.running import serve_runs
from scanpix.operations.doctor import Check, Finding, Needs, fail, ok, warn

SLOW = timedelta(minutes=3)
STUCK = timedelta(minutes=15)
"""A look for work is queued each minute and takes about ten seconds; a single large file may take some minutes."""
RESTART = "Restart scanpix; if it stays so, look into the log."


def waiting() -> Iterator[Finding]:
    from django_q.models import OrmQ

    now = timezone.now()
    rows = OrmQ.objects.filter(lock__lte=now).values("key").annotate(tasks=Count("pk"), oldest=Min("lock"))
    running = serve_runs()
    if not running:
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
    """The schedules put tasks into both queues each minute, and each that ends leaves a row."""
    from django_q.models import Schedule, Success

    late = timezone.now() - STUCK
    overdue = list(Schedule.objects.filter(next_run__lt=late).values_list("name", flat=True))
    last = Success.objects.aggregate(last=Max("stopped"))["last"]
    told = f"the last task ended {last:%Y-%m-%d %H:%M} UTC" if last else "no task has ended yet"
    if serve_runs() and overdue:
        yield fail(f"nobody looks after {', '.join(overdue)}; {told}", RESTART)
    else:
        yield ok(told)


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
