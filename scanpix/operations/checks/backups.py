"""Whether there is something to go back to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from scanpix.operations import automatic
from scanpix.operations.doctor import Check, Finding, ok, warn
from scanpix.operations.room import human_size

OLD = timedelta(days=3)


def nightly() -> Iterator[Finding]:
    if not settings.BACKUPS_KEPT:
        yield warn("switched off by SCANPIX_BACKUPS_KEPT=0", "Make your own: `manage.py backup FILE`.")
        return
    failed = automatic.failure()
    if failed:
        yield warn(f"the last one failed, {failed[0]:%Y-%m-%d %H:%M} UTC: {failed[1]}", "Mend that; it is tried again.")
    made = automatic.made(automatic.NIGHTLY)
    if not made:
        yield warn("none yet", "The first comes in the night after the first start.")
        return
    age = timezone.now() - automatic.made_at(made[-1])
    told = f"{len(made)}, the last of {automatic.made_at(made[-1]):%Y-%m-%d %H:%M} UTC"
    if age > OLD:
        yield warn(told, "Too old: does `serve` run? `manage.py backup --nightly` makes one now.")
    else:
        yield ok(f"{told}, {human_size(made[-1].stat().st_size)}")


def migrations() -> Iterator[Finding]:
    made = automatic.made(automatic.MIGRATION)
    size = sum(path.stat().st_size for path in made)
    yield ok(f"{len(made)} from before updates, {human_size(size)}" if made else "none from before an update yet")


CHECKS = (Check("backups", "nightly", nightly), Check("backups", "before updates", migrations))
