"""Python, packages, memory and the clock."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from scanpix.operations.doctor import Check, Finding, Needs, fail, ok, warn
from scanpix.operations.room import human_size

PROJECT = Path(__file__).resolve().parents[3]
OLDEST_PYTHON = (3, 11)
LITTLE_MEMORY = 2 << 30
"""Web, workers and database take about 1.3 GB while they index with the bundled encoder (docs/development.md), and the
opening of one large file up to SCANPIX_DECODE_MEMORY_MB more."""
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;#]+)", re.MULTILINE)
LISTS = (PROJECT / "requirements.txt", PROJECT / "requirements-nodeps.txt")
CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def python() -> Iterator[Finding]:
    version = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info < OLDEST_PYTHON:
        yield fail(version, "scanpix needs Python 3.11 or newer.")
    else:
        yield ok(version)


def packages(lists: tuple[Path, ...] = LISTS) -> Iterator[Finding]:
    """Those that are pinned. A container has no lists: what is in it was installed with it."""
    pinned = [pair for file in lists if file.is_file() for pair in PINNED.findall(file.read_text(encoding="utf-8"))]
    others, missing = [], []
    for name, wanted in pinned:
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
            continue
        if found.split("+")[0] != wanted:
            others.append(f"{name} {found} (tried with {wanted})")
    if missing:
        yield fail(f"missing: {', '.join(missing)}", "Run `make run`, which installs them.")
    if others:
        yield warn(f"of other versions: {', '.join(others)}", "Run `make run`, which installs those that were tried.")
    if not missing and not others:
        yield ok(f"{len(pinned)} as they were tried" if pinned else "those of the image")


def memory() -> Iterator[Finding]:
    whole, limit = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), memory_limit()
    there = min(whole, limit) if limit else whole
    told = f"{human_size(there)}, {os.cpu_count()} cores" + (" (a limit of the container)" if there < whole else "")
    if there < LITTLE_MEMORY:
        yield warn(
            told,
            "Less than 2 GB may end processes while photos are indexed: set SCANPIX_DECODERS=1 and a smaller "
            "SCANPIX_DECODE_MEMORY_MB, or give it more.",
        )
    else:
        yield ok(told)


def memory_limit(files: tuple[str, ...] = CGROUP_LIMITS) -> int | None:
    """What the container may take, in bytes; None without a limit."""
    for name in files:
        try:
            text = Path(name).read_text().strip()
        except OSError:
            continue
        # Version 1 says "no limit" by a number close to 2**63.
        if text.isdigit() and int(text) < 1 << 60:
            return int(text)
    return None


def clock(now: datetime | None = None) -> Iterator[Finding]:
    """A machine without a clock of its own starts in the past; the project's files cannot be of the future."""
    now = now or datetime.now(UTC)
    newest = max(path.stat().st_mtime for path in PROJECT.glob("scanpix/*.py"))
    if now.timestamp() < newest - 86_400:
        yield fail(f"{now:%Y-%m-%d %H:%M} UTC", "The clock is behind: sessions and scans go wrong. Set it (NTP).")
    else:
        yield ok(f"{now:%Y-%m-%d %H:%M} UTC")


def time_zone() -> Iterator[Finding]:
    from django.conf import settings
    from django.utils import timezone

    told = f"{settings.TIME_ZONE}, where it is {timezone.localtime():%H:%M}"
    if settings.TIME_ZONE in {"UTC", "Etc/UTC"} and not os.environ.get("SCANPIX_TIME_ZONE"):
        yield warn(
            told, "If that is not the household's: set SCANPIX_TIME_ZONE, as it tells the day of photos without one."
        )
    else:
        yield ok(told)


CHECKS = (
    Check("machine", "Python", python, Needs.NOTHING),
    Check("machine", "packages", packages, Needs.NOTHING),
    Check("machine", "memory", memory, Needs.NOTHING),
    Check("machine", "clock", clock, Needs.NOTHING),
    Check("machine", "time zone", time_zone),
)
