"""The entry of the container image: ``python -m scanpix.runtime.container serve`` is ``manage.py serve``, as nobody.

1. The engine starts it as root. It gives an empty data folder to the user and group that ``PUID`` and ``PGID`` name,
   becomes that user for good, and never touches what lies in the folder, nor any other.
2. Where the engine starts it as another user already (``docker run --user``), it stays that one.
3. It puts the models that the image brings into the data folder, so that the first start needs neither time nor a
   network.
4. It becomes ``manage.py``: signals and the exit code are those of the command.

Python's own calls do what ``gosu`` or ``setpriv`` would: the image needs no more programs, and numbers will do that no
account has. ``docker exec`` skips an entry, so the image has this as the command ``scanpix`` too.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from scanpix.runtime import env
from scanpix.runtime.env import ConfigurationError

PROJECT = Path(__file__).resolve().parents[2]
USUAL = 1000
"""Number of the first user, and of the group, that a Linux machine makes."""
LARGEST = 2**32 - 2
"""The last number of all means "no change" to the system (chown(2))."""
NAME = "scanpix"
DRAFT = ".copy-"


def main(arguments: Sequence[str]) -> NoReturn:
    """Become ``manage.py`` with these arguments; ends with one line and 1 where that cannot be."""
    try:
        data = env.path("SCANPIX_DATA", PROJECT / "data")
        if os.geteuid() == 0:
            uid = env.integer("PUID", USUAL, least=1, most=LARGEST)
            gid = env.integer("PGID", USUAL, least=1, most=LARGEST)
            give(data, uid, gid)
            become(uid, gid, home=data)
        check_writable(data)
        prepared = env.optional_path("SCANPIX_PREPARED")
        if prepared is not None:
            bring_models(prepared / "models", data / "models")
    except ConfigurationError as error:
        sys.exit(f"scanpix: {error}")
    os.execv(sys.executable, [sys.executable, str(PROJECT / "manage.py"), *arguments])  # noqa: S606


def give(data: Path, uid: int, gid: int) -> None:
    """Have an empty data folder belong to the user: Docker makes the folders that it does not find, as root's."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if data.stat().st_uid != uid and not any(data.iterdir()):
            os.chown(data, uid, gid)
    except PermissionError:
        # Root of a container may not do so on some network mounts. What then counts is whether the user can write.
        return
    except OSError as error:
        raise ConfigurationError(f"the data folder {data} cannot be used: {error.strerror}") from None


def become(uid: int, gid: int, *, home: Path, accounts: Path = Path("/etc/passwd")) -> None:
    """Turn from root into this user for good, with the groups that the engine was told to add, but root's."""
    name_user(uid, gid, home, accounts)
    os.setgroups([group for group in os.getgroups() if group != 0])
    os.setgid(gid)
    os.setuid(uid)
    os.environ.update(HOME=str(home), USER=NAME, LOGNAME=NAME)


def name_user(uid: int, gid: int, home: Path, accounts: Path) -> None:
    """Give the number a name where it has none: the embedded PostgreSQL refuses to run as a user without."""
    try:
        pwd.getpwuid(uid)
    except KeyError:
        try:
            with accounts.open("a", encoding="utf-8") as lines:
                lines.write(f"{NAME}-{uid}:x:{uid}:{gid}::{home}:/usr/sbin/nologin\n")
        except OSError as error:
            # An image that is mounted read-only. Only the embedded server needs the name, and says so itself.
            print(f"scanpix: {accounts} gets no name for user {uid}: {error.strerror}", file=sys.stderr)  # noqa: T201


def check_writable(data: Path) -> None:
    """Raises :class:`ConfigurationError` where this user could not write the data folder."""
    try:
        with tempfile.TemporaryFile(dir=data):
            pass
    except OSError as error:
        uid, gid = os.getuid(), os.getgid()
        raise ConfigurationError(
            f"user {uid} cannot write the data folder {data} ({error.strerror}): on the machine itself give it to that "
            f"user (sudo chown -R {uid}:{gid} data), or set PUID and PGID to its owner"
        ) from None


def bring_models(ready: Path, models: Path) -> None:
    """Copy each folder of models that is not there yet; whole or not at all, also when two containers start at once."""
    try:
        models.mkdir(mode=0o700, exist_ok=True)
        # The lock under which these models are made where no image brings them (media_index.encoders.onnx_export).
        with (models / "bundled.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for stale in models.glob(f"{DRAFT}*"):
                shutil.rmtree(stale)
            for folder in sorted(path for path in ready.iterdir() if path.is_dir()):
                if not (models / folder.name).exists():
                    draft = models / f"{DRAFT}{folder.name}"
                    shutil.copytree(folder, draft)
                    draft.rename(models / folder.name)
    except OSError as error:
        raise ConfigurationError(f"the models of the image cannot be put into {models}: {error}") from None


if __name__ == "__main__":
    main(sys.argv[1:])
