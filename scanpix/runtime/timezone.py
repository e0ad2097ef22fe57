"""The time zone of this machine."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo

LOCALTIME = Path("/etc/localtime")
FALLBACK = "UTC"


def machine_zone(localtime: Path = LOCALTIME) -> str:
    """The name of the machine's zone: ``TZ``, else where ``/etc/localtime`` leads, else UTC.

    A file's time is an instant; the zone makes of it what the clock on the wall showed.
    """
    named = os.environ.get("TZ", "").lstrip(":")
    target = os.path.realpath(localtime)
    _, found, below = target.partition("/zoneinfo/")
    for name in (named, below if found else ""):
        if name and is_zone(name):
            return name
    return FALLBACK


def is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
