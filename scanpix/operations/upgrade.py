"""From one major version of PostgreSQL to the next, for the embedded server.

1. The old server is started on the old cluster by old programs, a new one on a new cluster by those of the wheel.
2. The database goes from one to the other as a dump, and is compared table by table.
3. The new cluster takes the place of the old one by one exchange of names; the old one is kept beside it.

Whoever is interrupted before 3 has changed nothing; what lies about is removed by the next run. Not ``pg_upgrade``,
which wants both clusters made with the same locale and the same extensions, and spoils the old one by its fastest way.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import psycopg

from scanpix.operations import programs
from scanpix.operations.contents import Contents, contents, differences
from scanpix.operations.databases import patient
from scanpix.operations.errors import OperationError
from scanpix.operations.room import check_room
from scanpix.operations.server import MAINTENANCE, Server, versions
from scanpix.runtime import postgres
from scanpix.runtime.keeper import HOLDERS, forget_stale_pid, server_command
from scanpix.runtime.process import die_with_parent
from scanpix.runtime.server_home import ServerHome, server_home

AT_FDCWD = -100
RENAME_EXCHANGE = 2
"""From <linux/fcntl.h> and <linux/fs.h>."""
START_SECONDS = 600
STOP_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Report:
    """``old`` is where the old cluster is kept."""

    before: str
    after: str
    contents: Contents
    old: Path


def cluster_major(cluster: Path) -> int:
    """The major version of PostgreSQL that made a cluster. Raises :class:`OperationError` where there is none."""
    try:
        return int((cluster / "PG_VERSION").read_text().strip())
    except (OSError, ValueError):
        raise OperationError(f"{cluster} is no database of PostgreSQL") from None


def programs_in(folder: Path, major: int) -> Path:
    """The folder with ``bin/postgres`` of this major version, which is ``folder`` or lies in a package below it (as
    ``pip install --target`` puts it). Raises :class:`OperationError`."""
    found = [folder, *sorted(path.parent.parent for path in folder.glob("*/*/bin/postgres"))]
    there = [place for place in found if (place / "bin" / "postgres").is_file()]
    if not there:
        raise OperationError(f"{folder} holds no bin/postgres")
    for place in there:
        if programs.program_major(place / "bin" / "postgres") == major:
            return place.resolve()
    raise OperationError(f"the programs in {there[0]} are not those of PostgreSQL {major}, which made the database")


def upgrade(data: Path, binaries: Path, tell: Callable[[str], None]) -> Report:
    """Take the cluster of a data folder over to the PostgreSQL of the wheel, by old programs in ``binaries``.

    Raises :class:`OperationError`; then nothing has changed.
    """
    with _nobody_else(data):
        home = server_home(data)
        ours = programs.program_major(home.programs / "bin" / "postgres")
        theirs = cluster_major(home.cluster)
        if theirs == ours:
            raise OperationError(f"the database is of PostgreSQL {ours} already: nothing to do")
        if theirs > ours:
            raise OperationError(f"the database is of PostgreSQL {theirs}, newer than {ours} here: update scanpix")
        old_programs = programs_in(binaries, theirs)
        check_room(home.cluster.parent, _size(home.cluster), "the new database")
        upgraded = home.cluster.with_name(f"{home.cluster.name}{postgres.UPGRADED}")
        _remove(upgraded)
        new = ServerHome(upgraded, home.sockets, home.programs, home.uid, home.gid)
        tell(f"making a database for PostgreSQL {ours}")
        postgres.make_cluster(new)
        try:
            with _running(home, old_programs) as before, _running(new, new.programs) as after:
                found = _take_over(before, after, tell)
        except BaseException:
            _remove(upgraded)
            raise
        old = home.cluster.with_name(f"{home.cluster.name}.{theirs}-{datetime.now(UTC):%Y%m%d-%H%M%S}")
        _exchange(home.cluster, upgraded, old)
        return Report(str(theirs), str(ours), found, old)


def old_clusters(data: Path) -> list[Path]:
    """Clusters that upgrades have kept, oldest first."""
    cluster = data / "postgres"
    cluster = cluster.resolve() if cluster.is_symlink() else cluster
    return sorted(path for path in cluster.parent.glob(f"{cluster.name}.[0-9]*-*") if (path / "PG_VERSION").exists())


def upgrade_forget(data: Path) -> list[Path]:
    """Delete the clusters that upgrades have kept; returns them."""
    gone = old_clusters(data)
    for cluster in gone:
        shutil.rmtree(cluster)
    return gone


@contextmanager
def _nobody_else(data: Path) -> Iterator[None]:
    """The embedded server is used by no process, and none can start it meanwhile."""
    if not data.is_dir():
        raise OperationError(f"SCANPIX_DATA={data} is no folder")
    with (data / HOLDERS).open("a") as lock:
        if not patient(lambda: _locked(lock.fileno())):
            raise OperationError(f"the database in {data} is in use: stop scanpix first")
        yield


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _take_over(before: Server, after: Server, tell: Callable[[str], None]) -> Contents:
    with after.named(MAINTENANCE).connect() as maintenance:
        maintenance.execute(f'CREATE DATABASE "{postgres.DATABASE}" TEMPLATE template0')
        major = versions(maintenance).major
    with before.connect() as connection, tempfile.TemporaryFile(dir=None) as dumped:
        connection.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        tell("reading the old database")
        programs.dump(before, major, snapshot, dumped.write)
        expected = contents(connection)
        dumped.seek(0)
        tell(f"writing {expected.rows} rows into the new one, and making the indexes")
        programs.load(after, major, dumped)
    with after.connect() as connection:
        found = contents(connection)
        connection.execute("ANALYZE")
    lines = differences(expected, found)
    if lines:
        raise OperationError(f"the new database is not what the old one was: {'; '.join(lines[:3])}")
    tell("every table is the same")
    return found


@contextmanager
def _running(home: ServerHome, binaries: Path) -> Iterator[Server]:
    """A server of its own on a cluster, reached by nobody else, stopped cleanly at the end."""
    with tempfile.TemporaryDirectory(prefix="scanpix-up-", dir="/tmp") as name:
        sockets = Path(name)
        if home.uid is not None and home.gid is not None:
            os.chown(sockets, home.uid, home.gid)
        forget_stale_pid(home.cluster)
        its_own = ServerHome(home.cluster, sockets, binaries, home.uid, home.gid)
        with tempfile.TemporaryFile() as output:
            process = _start(its_own, output)
            try:
                server = Server({"host": str(sockets), "port": 5432, "user": postgres.USER}, postgres.DATABASE)
                _wait_until_it_answers(server, process, output.fileno())
                yield server
            finally:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGQUIT)  # it recovers when it is started again
                    process.wait()


def _start(home: ServerHome, output: IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            server_command(home, []),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            user=home.uid,
            group=home.gid,
            extra_groups=home.groups,
            preexec_fn=lambda: die_with_parent(signal.SIGINT),
        )
    except OSError as error:
        raise OperationError(
            f"{home.programs / 'bin' / 'postgres'} cannot be run ({error.strerror}): put it where the user that runs "
            "the database may read it"
        ) from None


def _wait_until_it_answers(server: Server, process: subprocess.Popen[bytes], output: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(**{**server.parameters, "dbname": MAINTENANCE, "connect_timeout": 10}).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                size = os.fstat(output).st_size
                said = os.pread(output, size, 0).decode(errors="replace").strip().splitlines()
                raise OperationError(f"PostgreSQL did not start: {said[-1] if said else 'it said nothing'}") from None
            time.sleep(0.05)


def _exchange(cluster: Path, upgraded: Path, old: Path) -> None:
    """``upgraded`` becomes ``cluster`` and that becomes ``old``, with no moment in which there is none."""
    if sys.platform == "linux":
        done = ctypes.CDLL(None, use_errno=True).renameat2(
            AT_FDCWD, os.fsencode(cluster), AT_FDCWD, os.fsencode(upgraded), RENAME_EXCHANGE
        )
        if done == 0:
            upgraded.rename(old)
            return
    # A file system or a machine that cannot: between these two lines a start is refused, and says what to do.
    cluster.rename(old)
    upgraded.rename(cluster)


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*"))


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
