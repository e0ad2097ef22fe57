"""Why work rests: the disk is full, somebody has paused it, or these are quiet hours.

A full disk and a pause stop looking for files and both lanes; quiet hours only the ml lane, whose models are what makes
a machine warm and loud. Somebody's explicit command (``manage.py scan --wait``) is stopped by a full disk alone.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from media_index.extractors.base import Lane
from media_index.models import Pause
from scanpix.runtime import disk, queue

log = logging.getLogger("media_index.pausing")

WAIT_SECONDS = 2.0
"""How often a command that waits for room looks for it."""


class Why(StrEnum):
    DISK = "disk"
    PERSON = "person"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Rest:
    """That work rests; ``notice`` says to people why, and what ends it."""

    why: Why
    notice: str

    @property
    def stops_all(self) -> bool:
        """Whether looking for files and the cheap lane rest as well."""
        return self.why != Why.QUIET

    def stops(self, lane: Lane) -> bool:
        return self.stops_all or lane == Lane.ML


def rest() -> Rest | None:
    """Why work rests now, what stops most first; None when it does not. One statement."""
    return disk_rest() or person_rest() or quiet_rest(timezone.now())


def scans_rest() -> bool:
    """Whether nothing is to be looked for now."""
    now = rest()
    return now is not None and now.stops_all


def wait_for_room(say: Callable[[str], None]) -> None:
    """Return when the disks have room; ``say`` is told once why it takes so long."""
    said = ""
    while found := disk_rest():
        if not said:
            said = found.notice
            say(said)
        time.sleep(WAIT_SECONDS)


def disk_rest() -> Rest | None:
    """Asks the file systems only, never the database, which may be what is full."""
    short = disk.shortage(_folders(), settings.MIN_FREE_MB)
    if short is None:
        return None
    if short.files:
        told = gettext(
            "Indexing waits: the disk of %(folder)s takes no more files (it is out of inodes). Make room there, and "
            "it goes on by itself."
        )
    else:
        told = gettext(
            "Indexing waits: the disk of %(folder)s is nearly full: %(free)s MB are free, %(needed)s MB are kept. Make "
            "room there, and it goes on by itself."
        )
    sizes = {"free": short.free // disk.MB, "needed": short.needed // disk.MB}
    return Rest(Why.DISK, told % {"folder": short.folder, **sizes})


def _folders() -> tuple[Path, ...]:
    """Where scanpix writes; each may be a link to another disk."""
    inside = (Path(settings.DATA), Path(settings.THUMBNAILS), Path(settings.MODELS))
    return (*inside, Path(settings.DATA) / "postgres") if settings.EMBEDDED_DATABASE else inside


def person_rest() -> Rest | None:
    pause = Pause.objects.select_related("member").first()
    if pause is None:
        return None
    since = timezone.localtime(pause.since)
    said = {"day": date_format(since, "MONTH_DAY_FORMAT"), "time": date_format(since, "TIME_FORMAT")}
    if pause.member is None:
        told = gettext("Indexing was paused on %(day)s, %(time)s. It goes on when somebody resumes it.")
    else:
        told = gettext("Indexing was paused by %(member)s on %(day)s, %(time)s. It goes on when somebody resumes it.")
    return Rest(Why.PERSON, told % {**said, "member": pause.member})


def quiet_rest(now: datetime) -> Rest | None:
    """``now`` is an instant; the hours are those of the project's time zone."""
    until = settings.QUIET_HOURS.until(timezone.localtime(now, timezone.get_default_timezone()).time())
    if until is None:
        return None
    told = gettext("Quiet hours until %(time)s: what is in the pictures is looked at after that.")
    return Rest(Why.QUIET, told % {"time": f"{until:%H:%M}"})


def work_pause(*, member: object | None = None) -> None:
    """Have indexing rest until :func:`work_resume`; who paused it first stays noted."""
    _, made = Pause.objects.get_or_create(pk=Pause.ONE, defaults={"member": member})
    if made:
        log.info("indexing was paused")


def work_resume() -> None:
    """Go on at once; nothing happens where nothing was paused."""
    gone, _ = Pause.objects.all().delete()
    if gone:
        log.info("indexing goes on")
        queue.wake_extraction()
        queue.enqueue(queue.SCAN_DUE)
