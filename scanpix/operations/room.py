"""Room on disks, asked before something large is written."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from scanpix.operations.errors import OperationError
from scanpix.runtime import disk


def check_room(folder: Path, needed: int, what: str) -> None:
    """Raise :class:`OperationError` where the disk of ``folder``, which may be still to be made, has less than
    ``needed`` bytes free, and beside that what SCANPIX_MIN_FREE_MB keeps free: a backup must not be what stops all
    else."""
    try:
        free, kept = disk.room(folder, settings.MIN_FREE_MB)
    except OSError as error:
        raise OperationError(f"{folder} cannot be used: {error.strerror}") from None
    if free < needed + kept:
        raise OperationError(
            f"no room for {what} in {folder}: {human_size(free)} are free, {human_size(needed + kept)} are needed"
        )


def human_size(size: float) -> str:
    """Bytes as people read them: "3.2 GB"."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TB"
