"""Logs: one line for people or one JSON document for machines, on standard error and in files that rotate.

1. Each kind of process (web, worker, ml-worker, serve, commands) has a file of its own in ``logs`` in the data folder;
   the several processes of a kind append to the same one, a whole line at a time.
2. A file that has grown too long is renamed by whoever notices first, under a lock. No line is lost.
3. Every line bears the ids that are bound where it is written: of the request, the task, the scan, the media.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

MOST_BYTES = 5_000_000
KEPT = 3
"""Older files kept beside the newest: 20 MB for each kind of process at most, some months of an ordinary household."""
CONTROLS = {number: f"\\x{number:02x}" for number in (*range(32), 127)} | {9: "\t"}
"""A file's name may hold a newline, and must not make a line of its own in the log."""

_bound: ContextVar[Mapping[str, object]] = ContextVar("ids of the log", default={})  # noqa: B039 (never changed)


@contextmanager
def bound(**ids: object) -> Iterator[None]:
    """Have every line that this thread writes inside the block bear these ids, beside those of blocks around it."""
    token = _bound.set({**_bound.get(), **ids})
    try:
        yield
    finally:
        _bound.reset(token)


def bind(**ids: object) -> None:
    """The same from now on, in place of all that was bound before."""
    _bound.set(ids)


class LineFormatter(logging.Formatter):
    """``2026-05-03 14:03:12,250 WARNING scanpix.serve [task=ab12]: what happened``, in the machine's own time."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}{ids}: {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        record.ids = "".join(f" [{name}={_short(value)}]" for name, value in _ids(record).items())
        record.message = record.message.translate(CONTROLS)
        return super().formatMessage(record)


class JsonFormatter(logging.Formatter):
    """One document a line; ``time`` is UTC. The ids stand beside the rest under their own names."""

    def format(self, record: logging.LogRecord) -> str:
        document: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "pid": record.process,
            "message": record.getMessage(),
            **_ids(record),
        }
        if record.exc_info:
            document["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            document["stack"] = record.stack_info
        return json.dumps(document, ensure_ascii=False, default=str)


def _ids(record: logging.LogRecord) -> dict[str, object]:
    """What is bound; Django's lines about an answer are written when the request's own block has ended, and hand the
    request over themselves."""
    request_id = getattr(getattr(record, "request", None), "request_id", None)
    return {**({"request": request_id} if request_id else {}), **_bound.get()}


def _short(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


class SharedFileHandler(logging.Handler):
    """Appends to a file that other processes append to and rotate as well.

    Each line is one write to a file that is opened for it: nothing is buffered that a full disk or a fork could lose or
    double, and there is no open file that a rotation would leave behind. That takes 30 µs.
    """

    def __init__(self, filename: str, most_bytes: int = MOST_BYTES, kept: int = KEPT) -> None:
        super().__init__()
        self.file = Path(filename).absolute()
        self.most_bytes = most_bytes
        self.kept = kept
        self._complained = False

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = f"{self.format(record)}\n".encode("utf-8", "backslashreplace")
            self._rotate_if_long()
            self._append(line)
        except Exception:  # the edge: what is being logged must not fail over its log
            self.handleError(record)

    def _append(self, line: bytes) -> None:
        # Names of private photos stand in it.
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)

    def _rotate_if_long(self) -> None:
        file = self.file
        if not _is_long(file, self.most_bytes):
            return
        with file.with_name(f".{file.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not _is_long(file, self.most_bytes):
                return
            for number in range(self.kept, 0, -1):
                older = file if number == 1 else Path(f"{file}.{number - 1}")
                if older.exists():
                    older.replace(f"{file}.{number}")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """A full disk must not stop what is being logged, which stands on standard error too; said once."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
        elif not self._complained:
            self._complained = True
            sys.stderr.write(f"{self.file} cannot be written: {error.strerror or error}\n")


def _is_long(file: Path, most_bytes: int) -> bool:
    try:
        return file.stat().st_size >= most_bytes
    except FileNotFoundError:
        return False


def process_kind(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Which log a process writes, by its command line."""
    if arguments and "gunicorn" in Path(arguments[0]).parts:
        return "web"
    command = arguments[1] if len(arguments) > 1 else ""
    if command == "qcluster":
        return "ml-worker" if environment.get("Q_CLUSTER_NAME") == "ml" else "worker"
    return {"serve": "serve", "runserver": "web"}.get(command, "commands")


def configuration(folder: Path, *, level: str, layout: str) -> dict[str, Any]:
    """The dictionary for ``settings.LOGGING``; ``layout`` is ``line`` or ``json``. Nothing is opened yet."""
    file = folder / f"{process_kind(sys.argv, os.environ)}.log"
    formatter = JsonFormatter if layout == "json" else LineFormatter
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"chosen": {"()": formatter}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "chosen"},
            "file": {"()": SharedFileHandler, "filename": str(file), "formatter": "chosen"},
        },
        "root": {"handlers": ["stderr", "file"], "level": "WARNING"},
        "loggers": {
            # Django sets up handlers of its own for these; all lines go one way.
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            **{
                name: {"handlers": ["stderr", "file"], "level": level, "propagate": False}
                for name in ("scanpix", "media_index", "people")
            },
        },
    }
