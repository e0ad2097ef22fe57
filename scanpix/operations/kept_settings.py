"""What of the configuration goes into a backup: the secret key, and the settings that were given."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from scanpix.runtime import env
from scanpix.runtime.private_files import write_private

SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|KEY|DATABASE_URL")
"""Names of variables that hold what opens other doors: those stay out of the backup."""
KEY = "secret_key"
WAITING = "secret_key.restored"
"""Beside the key in use, while a restore is under way."""
BEFORE = "secret_key.before"
"""The key that was in use before a restore, as long as the database of then is kept."""


def settings_now() -> dict[str, Any]:
    """``secret_key`` (it signs sessions, and the tokens that were kept by it could not be read without), ``variables``
    that are set and no secret, and the names of those that were left out as ``left_out``."""
    given = {name: os.environ[name] for name in sorted(env.KNOWN) if os.environ.get(name, "").strip()}
    return {
        "secret_key": settings.SECRET_KEY,
        "variables": {name: value for name, value in given.items() if not SECRET.search(name)},
        "left_out": [name for name in given if SECRET.search(name)],
    }


def settings_that_differ(kept: Mapping[str, Any]) -> list[str]:
    """``NAME=value`` of each variable that was set when the backup was made and has another value, or none, now; the
    data folder may be another of course."""
    given = ((name, value) for name, value in kept["variables"].items() if name != "SCANPIX_DATA")
    return [f"{name}={value}" for name, value in given if os.environ.get(name, "").strip() != value]


def key_laid_ready(data: Path, key: str) -> Path | None:
    """Write the key of a backup beside that in use; None where it is the same already, or the environment gives one."""
    if key == settings.SECRET_KEY or os.environ.get("SCANPIX_SECRET_KEY", "").strip():
        return None
    return write_private(data / WAITING, key)


def key_not_needed(data: Path) -> None:
    """The restore that laid a key ready has come to nothing."""
    (data / WAITING).unlink(missing_ok=True)


def key_put_in_place(data: Path, ready: Path | None) -> None:
    """Have the key that was laid ready be the one in use; the one before is kept. With the same key as before none is:
    one from an earlier restore does not belong to the database that is kept now."""
    if ready is None:
        key_forgotten(data)
        return
    if (data / KEY).exists():
        # Copied, not moved: at no moment there is no key, which would have a start make another one.
        write_private(data / BEFORE, (data / KEY).read_text())
    ready.replace(data / KEY)


def key_taken_back(data: Path) -> None:
    """Exchange the key in use and the one before, where there is one."""
    if (data / BEFORE).exists():
        now = (data / KEY).read_text()
        (data / BEFORE).replace(data / KEY)
        write_private(data / BEFORE, now)


def key_forgotten(data: Path) -> None:
    """Delete the key of before the last restore."""
    (data / BEFORE).unlink(missing_ok=True)
