"""The data folder: there, writable, ours, with room, on a file system that can hold a database."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scanpix.operations.doctor import Check, Finding, Needs, fail, ok, warn, within
from scanpix.operations.kept_settings import KEY, WAITING
from scanpix.operations.room import human_size
from scanpix.runtime import disk, env, mounts

PROJECT = Path(__file__).resolve().parents[3]
NETWORK_FUSE = frozenset({"fuse.sshfs", "fuse.rclone", "fuse.glusterfs", "fuse.davfs", "fuse.davfs2"})
"""Other kinds of FUSE join disks of this machine (mergerfs, Unraid's shfs): a database is slow there, and safe."""
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


def file_system() -> Iterator[Finding]:
    found = mounts.mount_of(str(_data().resolve()))
    kind = None if found is None else found.kind
    if kind is None:
        yield ok("not told on this system")
    elif kind in mounts.NETWORK or kind in NETWORK_FUSE:
        yield warn(
            f"{kind}, over the network",
            "A database is slow and less safe there: put SCANPIX_DATA on a disk of this machine; photos may stay.",
        )
    elif kind in WITHOUT_OWNERS:
        yield fail(f"{kind} keeps no owners", "PostgreSQL refuses to run there: use a disk with ext4, xfs or btrfs.")
    else:
        yield ok(kind)


def space() -> Iterator[Finding]:
    from django.conf import settings

    data = _data()
    cluster = (data / "postgres").resolve()
    short = disk.shortage([data, settings.THUMBNAILS, settings.MODELS, cluster], settings.MIN_FREE_MB)
    if short:
        yield fail(str(short), "Make room: scanpix writes nothing until then, and goes on by itself.")
    else:
        free, _ = disk.room(data, settings.MIN_FREE_MB)
        yield ok(f"{human_size(free)} free")


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
