"""Room on the disk, and errors that tell of none."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from scanpix.runtime import disk


def free_mb(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize // disk.MB


def test_a_disk_with_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "SMALL_DISK_SHARE", 0.0)
    assert disk.shortage([tmp_path, tmp_path / "not" / "there" / "yet"], 1) is None


def test_too_little_is_told_with_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "SMALL_DISK_SHARE", 1e9)
    least = free_mb(tmp_path) + 1_000_000
    found = disk.shortage([tmp_path / "thumbnails"], least)
    assert found is not None
    assert str(found).startswith(f"the disk of {tmp_path / 'thumbnails'} is nearly full: ")
    assert str(found).endswith(f" MB are free, {least} MB are kept")


def test_of_a_small_disk_a_share_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = os.statvfs(tmp_path)
    monkeypatch.setattr(disk, "SMALL_DISK_SHARE", found.f_bavail / found.f_blocks / 2)
    assert disk.shortage([tmp_path], 2**40) is None


def test_zero_switches_it_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "SMALL_DISK_SHARE", 1e9)
    assert disk.shortage([tmp_path], 0) is None


def test_a_folder_that_cannot_be_asked_has_room() -> None:
    # The kernel's own file system has no blocks at all.
    assert disk.shortage([Path("/proc/self")], 1) is None


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_what_the_system_says(number: int) -> None:
    assert disk.is_full(OSError(number, "full"))


def test_a_device_that_is_full() -> None:
    with pytest.raises(OSError, match="No space left") as caught, Path("/dev/full").open("wb", buffering=0) as full:
        full.write(b"x")
    assert disk.is_full(caught.value)


@pytest.mark.django_db
def test_what_the_database_says() -> None:
    raised = "DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"
    with pytest.raises(OperationalError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(raised)
    assert isinstance(caught.value.__cause__, psycopg.errors.DiskFull)
    assert disk.is_full(caught.value)


def test_other_errors() -> None:
    assert not disk.is_full(OSError(errno.EACCES, "no"))
    assert not disk.is_full(ValueError("no"))
