"""Room on disks, asked before something large is written."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings

from scanpix.operations.errors import OperationError


def check_room(folder: Path, needed: int, what: str) -> None:
    """Raise :class:`OperationError` where ``folder`` has less than ``needed`` bytes free, and beside that
    what SCANPIX_MIN_FREE_MB keeps free: a backup must not be what stops all else."""
    free, wanted = free_bytes(folder), needed + (settings.MIN_FREE_MB << 20)
    if free < wanted:
        raise OperationError(
            f"no room for {what} in {folder}: {human_size(free)} are free, {human_size(wanted)} are needed"
        )


def free_bytes(folder: Path) -> int:
    """For this user, on the disk of ``folder``, which may be still to be made."""
    try:
        while not folder.exists():
            folder = folder.parent
        return shutil.disk_usage(folder).free
    except OSError as error:
        raise OperationError(f"{folder} cannot be used: {error.strerror}") from None


def human_size(size: float) -> str:
    """Bytes as people read them: "3.2 GB"."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TB"
