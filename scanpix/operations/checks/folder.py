"""The data folder: there, writable, ours, with room, on a file system that can hold a database."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scanpix.operations.doctor import Check, Finding, Needs, fail, ok, warn, within
from scanpix.operations.kept_settings import KEY, WAITING
from scanpix.operations.room import free_bytes, human_size
from scanpix.runtime import disk, env

PROJECT = Path(__file__).resolve().parents[3]
NETWORK = re.compile(r"^(nfs4?|cifs|smb3|smbfs|afs|9p|ceph|glusterfs|fuse\.(sshfs|rclone|glusterfs|davfs.*))$")
WITHOUT_OWNERS = {"vfat", "exfat", "msdos", "ntfs", "ntfs3", "fuseblk"}
"""File systems that keep no owners or modes, without which PostgreSQL refuses its folder."""


def _data() -> Path:
    return env.path("SCANPIX_DATA", PROJECT / "data")


def writable() -> Iterator[Finding]:
    data = _data()
    if not data.is_dir():
        yield fail(f"{data} is not there", "It is made by the first start; if there was one, mount its disk.")
        return
    try:
        within(lambda: _try_to_write(data))
    except (OSError, TimeoutError) as error:
        reason = getattr(error, "strerror", None) or error
        yield fail(f"{data} cannot be written: {reason}", "Give it to the user that runs scanpix, or make room.")
        return
    yield ok(str(data))


def _try_to_write(data: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=data, prefix=".doctor-") as trial:
        trial.write(b"x")
        trial.flush()
        os.fsync(trial.fileno())


def owner() -> Iterator[Finding]:
    """The database of root belongs to another user on purpose."""
    data, us = _data(), os.getuid()
    foreign = [path.name for path in data.iterdir() if path.lstat().st_uid != us and path.name != "postgres"]
    if foreign:
        yield fail(
            f"not of the user {us} that runs this: {', '.join(sorted(foreign)[:5])}",
            "Run scanpix as the one user that began with this folder, or give it all of the folder (chown).",
        )
    else:
        yield ok(f"all belongs to the user {us}")


def file_system(mounts: Path = Path("/proc/self/mountinfo")) -> Iterator[Finding]:
    kind = file_system_of(_data(), mounts)
    if kind is None:
        yield ok("not told on this system")
    elif NETWORK.match(kind):
        yield warn(
            f"{kind}, over the network",
            "A database is slow and less safe there: put SCANPIX_DATA on a disk of this machine; photos may stay.",
        )
    elif kind in WITHOUT_OWNERS:
        yield fail(f"{kind} keeps no owners", "PostgreSQL refuses to run there: use a disk with ext4, xfs or btrfs.")
    else:
        yield ok(kind)


def file_system_of(folder: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str | None:
    """The kind of the file system, as the kernel calls it ("ext4", "nfs4"); None where it does not tell."""
    try:
        lines = mounts.read_text().splitlines()
    except OSError:
        return None
    place, best, kind = folder.resolve(), -1, None
    for line in lines:
        before, _, after = line.partition(" - ")
        mounted = re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), before.split()[4])
        if (place == Path(mounted) or place.is_relative_to(mounted)) and len(mounted) >= best:
            best, kind = len(mounted), after.split()[0]
    return kind


def space() -> Iterator[Finding]:
    from django.conf import settings

    data = _data()
    cluster = (data / "postgres").resolve()
    short = disk.shortage([data, settings.THUMBNAILS, settings.MODELS, cluster], settings.MIN_FREE_MB)
    if short:
        yield fail(str(short), "Make room: scanpix writes nothing until then, and goes on by itself.")
    else:
        yield ok(f"{human_size(free_bytes(data))} free")


def keys() -> Iterator[Finding]:
    data = _data()
    key = data / KEY
    if (data / WAITING).exists():
        yield warn(
            f"{data / WAITING} is there: a restore was interrupted at its very end",
            "If `manage.py restore --undo` shows the restored photos, rename it to secret_key; else delete it.",
        )
    if key.exists() and stat.S_IMODE(key.stat().st_mode) & 0o077:
        yield warn(f"{key} can be read by other users", f"Run `chmod 600 {key}`.")
    elif key.exists():
        yield ok("readable by their owner alone")
    else:
        yield ok("from SCANPIX_SECRET_KEY, or made at the next start")


CHECKS = (
    Check("data folder", "writable", writable, Needs.NOTHING),
    Check("data folder", "owner", owner, Needs.NOTHING),
    Check("data folder", "file system", file_system, Needs.NOTHING),
    Check("data folder", "free space", space),
    Check("data folder", "secret key", keys, Needs.NOTHING),
)
