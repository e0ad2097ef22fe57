"""PostgreSQL's own programs for dumps: those of the wheel, or those of the machine where they are newer."""

from __future__ import annotations

import contextlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from scanpix.operations.errors import OperationError
from scanpix.operations.server import Server
from scanpix.runtime import server_home
from scanpix.runtime.env import ConfigurationError
from scanpix.runtime.process import die_with_parent

if TYPE_CHECKING:
    from _typeshed import SupportsRead

CHUNK = 1 << 20
SINCE_TRANSACTION_TIMEOUT = 17
TRANSACTION_TIMEOUT = b"SET transaction_timeout = 0;\n"
"""What newer programs put into every restore, and servers before 17 refuse."""


def program(name: str, server_major: int) -> str:
    """The path of ``pg_dump`` or ``pg_restore`` for a server of this major version: one that is not older, or what it
    dumps would lack what it does not know. Raises :class:`OperationError`."""
    seen = []
    for path in _candidates(name):
        major = program_major(path)
        if major >= server_major:
            return path
        seen.append(str(major))
    found = f"there is only that of PostgreSQL {', '.join(seen)}" if seen else "there is none"
    raise OperationError(
        f"{name} of PostgreSQL {server_major} or newer is needed for this server, and {found}: update scanpix, or "
        f"install the package postgresql-client-{server_major}"
    )


def program_major(path: str | Path) -> int:
    """The major version that a program of PostgreSQL tells of itself. Raises :class:`OperationError`."""
    try:
        told = subprocess.run([str(path), "--version"], capture_output=True, text=True, check=True, timeout=60).stdout
        return int(re.findall(r"\) (\d+)", told)[0])
    except (OSError, subprocess.SubprocessError, IndexError):
        raise OperationError(f"{path} does not run on this machine") from None


def _candidates(name: str) -> list[str]:
    found = []
    with contextlib.suppress(ConfigurationError):  # the wheel may have nothing for this kind of machine
        found.append(str(server_home.programs() / "bin" / name))
    elsewhere = shutil.which(name)
    return [*found, elsewhere] if elsewhere else found


def dump(server: Server, major: int, snapshot: str, write: Callable[[bytes], object]) -> None:
    """Write the whole database, as the exported ``snapshot`` sees it, in pg_dump's custom format."""
    command = [program("pg_dump", major), "--format=custom", "--no-password", f"--snapshot={snapshot}"]
    with tempfile.TemporaryFile() as errors:
        process = _start([*command, f"--dbname={server.conninfo()}"], server, stdout=subprocess.PIPE, stderr=errors)
        try:
            if process.stdout is None:
                raise OperationError("pg_dump gives nothing back")
            while chunk := process.stdout.read(CHUNK):
                write(chunk)
        except BaseException:
            process.kill()
            raise
        finally:
            process.wait()
        _check(process, errors, "pg_dump")


def load(server: Server, major: int, dumped: IO[bytes], *, without: Sequence[str] = (), listed: bytes = b"") -> None:
    """Restore a dump into the database of ``server``, which is empty. Stops at the first error.

    ``without`` names indexes that are not made; ``listed`` is then the dump's table of contents (:func:`listing`).
    """
    command = [program("pg_restore", major), "--format=custom", "--exit-on-error", "--no-owner", "--no-privileges"]
    command += ["--no-comments", "--no-password"]
    with tempfile.TemporaryFile() as errors, tempfile.NamedTemporaryFile() as wanted:
        if without:
            wanted.write(_entries_without(listed, without))
            wanted.flush()
            command.append(f"--use-list={wanted.name}")
        if major < SINCE_TRANSACTION_TIMEOUT:
            _load_as_script(command, server, dumped, errors)
            return
        process = _start([*command, f"--dbname={server.conninfo()}"], server, stdin=subprocess.PIPE, stderr=errors)
        _feed(process, dumped)
        _check(process, errors, "pg_restore")


def _load_as_script(command: Sequence[str], server: Server, dumped: IO[bytes], errors: IO[bytes]) -> None:
    """By way of ``psql``, without a setting that the server does not know yet and pg_restore would fail at."""
    psql = [program("psql", 0), "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1"]
    maker = _start([*command, "--file=-"], server, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)
    taker = _start([*psql, f"--dbname={server.conninfo()}"], server, stdin=subprocess.PIPE, stderr=errors)
    feeding = threading.Thread(target=_feed, args=(maker, dumped), daemon=True)
    feeding.start()
    if maker.stdout is None:
        raise OperationError("pg_restore gives nothing back")
    try:
        _feed(taker, _WithoutLine(maker.stdout, TRANSACTION_TIMEOUT))
    finally:
        maker.stdout.close()
        maker.kill() if taker.returncode else maker.wait()
        feeding.join()
    _check(taker, errors, "psql")
    _check(maker, errors, "pg_restore")


class _WithoutLine:
    """Reads as a stream does, and leaves out one line, which stands near the beginning."""

    def __init__(self, stream: IO[bytes], line: bytes) -> None:
        self._stream = stream
        head = b""
        while line not in head and len(head) < CHUNK and (more := stream.read(4096)):
            head += more
        self._head = head.replace(line, b"", 1)

    def read(self, size: int = CHUNK) -> bytes:
        head, self._head = self._head[:size], self._head[size:]
        return head or self._stream.read(size)


def listing(server: Server, major: int, dumped: IO[bytes]) -> bytes:
    """The table of contents of a dump, as ``pg_restore --use-list`` takes it."""
    command = [program("pg_restore", major), "--format=custom", "--list"]
    with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as output:
        process = _start(command, server, stdin=subprocess.PIPE, stdout=output, stderr=errors)
        _feed(process, dumped)
        _check(process, errors, "pg_restore")
        output.seek(0)
        return output.read()


def _entries_without(listed: bytes, names: Sequence[str]) -> bytes:
    plain = {name.rpartition(".")[2] for name in names}
    entry = re.compile(r"^\d+; \d+ \d+ INDEX \S+ (\S+) ")
    kept = []
    for line in listed.decode().splitlines():
        match = entry.match(line)
        if not (match and match[1] in plain):
            kept.append(line)
    return "\n".join(kept).encode() + b"\n"


def _start(command: Sequence[str], server: Server, **streams: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        env=server.environment(),
        # A dump or a restore must not go on without the one who watches over it.
        preexec_fn=lambda: die_with_parent(signal.SIGTERM),
        **{"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, **streams},
    )


def _feed(process: subprocess.Popen[bytes], dumped: SupportsRead[bytes]) -> None:
    if process.stdin is None:
        raise OperationError("pg_restore takes nothing in")
    try:
        shutil.copyfileobj(dumped, process.stdin, CHUNK)
        process.stdin.close()
    except BrokenPipeError:
        pass  # it has read enough, or has failed and says so at its end
    except BaseException:
        process.kill()
        raise
    finally:
        process.wait()


def _check(process: subprocess.Popen[bytes], errors: IO[bytes], name: str) -> None:
    if process.returncode == 0:
        return
    errors.seek(0)
    lines = [line for line in errors.read().decode(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line.lower()] or lines or [f"code {process.returncode}"]
    raise OperationError(f"{name} failed: {telling[0].strip()}")
