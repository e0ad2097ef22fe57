"""Holding the embedded PostgreSQL: it runs as long as any process holds it, and not longer.

``hold(data)`` at the start of a process is all a caller needs. Nothing here runs at import. How the server is ended is
told in :mod:`scanpix.runtime.keeper`.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import psycopg

from scanpix.runtime.env import ConfigurationError
from scanpix.runtime.keeper import HOLDERS
from scanpix.runtime.server_home import ServerHome, server_home, socket_folder

log = logging.getLogger("scanpix.postgres")

DATABASE = "scanpix"
USER = "scanpix"
START_SECONDS = 600
"""Crash recovery after a power cut can take minutes on a slow disk."""
LOG_BYTES = 10_000_000
UPGRADED = ".upgraded"
"""Ending of a cluster that was made for a newer PostgreSQL and is not in place yet."""

_held: dict[Path, IO[str]] = {}


def hold(data: Path, options: list[str] | None = None) -> None:
    """Have the server of ``data`` run, with its database made, until this process ends (however it ends).

    Children made by fork share the hold. Raises :class:`ConfigurationError` with one line when it cannot run.
    """
    if data in _held:
        ensure_running(data, options)
        return
    try:
        data.mkdir(parents=True, exist_ok=True)
        holders = (data / HOLDERS).open("a")
    except OSError as error:
        raise ConfigurationError(f"SCANPIX_DATA={data} cannot be used: {error.strerror}") from None
    fcntl.flock(holders, fcntl.LOCK_SH)
    _held[data] = holders
    try:
        ensure_running(data, options)
    except BaseException:
        release(data)
        raise


def release(data: Path) -> None:
    """Let go; the last one to do so lets the server stop. A process that ends need not call it."""
    holders = _held.pop(data, None)
    if holders:
        holders.close()


def ensure_running(data: Path, options: list[str] | None = None) -> None:
    """Start the server if it does not answer. The caller must hold it."""
    if answers(data):
        return
    with (data / "postgres.start").open("a") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        if answers(data):
            return
        home = server_home(data)
        make_cluster(home)
        _check_version(home)
        _start_keeper(data, options or [])
    _make_database(data)


def connect(data: Path, database: str = DATABASE, *, seconds: int = 10) -> psycopg.Connection:
    """A connection of its own, in autocommit, outside Django's; ``seconds`` is how long it is waited for."""
    return psycopg.connect(
        host=str(socket_folder(data)), port=5432, user=USER, dbname=database, autocommit=True, connect_timeout=seconds
    )


def answers(data: Path, *, seconds: int = 10) -> bool:
    """Whether the server takes connections."""
    try:
        connect(data, "postgres", seconds=seconds).close()
    except psycopg.OperationalError:
        return False
    return True


def make_cluster(home: ServerHome) -> None:
    """``initdb`` beside the final place and a rename, so that one that was interrupted leaves nothing half made."""
    if (home.cluster / "PG_VERSION").exists():
        return
    upgraded = home.cluster.with_name(f"{home.cluster.name}{UPGRADED}")
    if (upgraded / "PG_VERSION").exists():
        raise ConfigurationError(f"{home.cluster} is missing, and {upgraded} is there: rename that to take its place")
    if home.cluster.exists() and any(home.cluster.iterdir()):
        raise ConfigurationError(f"{home.cluster} holds something that is no database: move it away")
    draft = home.cluster.with_name(f"{home.cluster.name}.new")
    _remove_draft(draft)
    draft.mkdir(mode=0o700)
    if home.uid is not None and home.gid is not None:
        os.chown(draft, home.uid, home.gid)
    command = [str(home.programs / "bin" / "initdb"), "-D", str(draft), "-U", USER, "--auth-local=trust"]
    command += ["--auth-host=reject", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
    command += ["--builtin-locale=C.UTF-8", "--no-instructions"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        user=home.uid,
        group=home.gid,
        extra_groups=home.groups,
    )
    if done.returncode:
        reason = (done.stderr or done.stdout).strip().splitlines()
        raise ConfigurationError(
            f"the database could not be made in {draft}: {reason[-1] if reason else 'no reason told'}"
        )
    if home.cluster.exists():
        home.cluster.rmdir()
    draft.rename(home.cluster)


def _remove_draft(draft: Path) -> None:
    if draft.exists():
        shutil.rmtree(draft)


def _check_version(home: ServerHome) -> None:
    """A cluster belongs to the major version that made it."""
    ours = subprocess.run(
        [str(home.programs / "bin" / "postgres"), "--version"], capture_output=True, text=True, check=True
    ).stdout.split()[-1]
    theirs = (home.cluster / "PG_VERSION").read_text().strip()
    if ours.split(".")[0] != theirs:
        raise ConfigurationError(
            f"the database in {home.cluster} was made by PostgreSQL {theirs}, this is {ours}: take it over with "
            "`manage.py upgradedatabase`, or go back to the version of scanpix that made it"
        )


def _log_file(data: Path) -> Path:
    folder = data / "logs"
    folder.mkdir(exist_ok=True)
    file = folder / "postgres.log"
    if file.exists() and file.stat().st_size > LOG_BYTES:
        file.replace(folder / "postgres.log.1")
    return file


def _start_keeper(data: Path, options: list[str]) -> None:
    file = _log_file(data)
    begin = file.stat().st_size if file.exists() else 0
    with file.open("ab") as output:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "scanpix.runtime.keeper", str(data), *options],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd=Path(__file__).resolve().parent.parent.parent,
        )
    started = time.monotonic()
    told = False
    while not answers(data):
        waited = time.monotonic() - started
        if keeper.poll() is not None or waited > START_SECONDS:
            raise ConfigurationError(f"PostgreSQL did not start: {_last_words(file, begin)} (all of it in {file})")
        if waited > 5 and not told:
            log.warning("waiting for PostgreSQL, which recovers from an unclean stop")
            told = True
        time.sleep(0.03)


def _last_words(file: Path, begin: int) -> str:
    with file.open("rb") as handle:
        handle.seek(begin)
        lines = handle.read().decode(errors="replace").strip().splitlines()
    fatal = [line for line in lines if "FATAL" in line or "PANIC" in line or "Error" in line]
    return (fatal or lines or ["it said nothing"])[-1].strip()


def _make_database(data: Path) -> None:
    with connect(data, "postgres") as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if not found:
            connection.execute(f'CREATE DATABASE "{DATABASE}"')


def wait_until_stopped(data: Path, *, seconds: float) -> bool:
    """Whether the server is gone after at most ``seconds``; it goes by itself once nobody holds it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with (data / HOLDERS).open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                time.sleep(0.05)
                continue
        if not answers(data):
            return True
        time.sleep(0.05)
    return False
