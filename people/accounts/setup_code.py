"""The one-time code that proves that who makes the first account can read this machine's console.

1. The code is made on demand and kept in ``setup_code`` in the data folder, for the owner's eyes only (mode 0600).
2. A wrong guess is answered slowly and counted in that file; after ``MAX_WRONG`` of them the code is replaced, and only
   the console (the log) tells the new one.
3. Once the first account exists the file is removed.
"""

from __future__ import annotations

import fcntl
import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scanpix.runtime.private_files import write_private

log = logging.getLogger("people.setup")

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Digits and capitals without those that are read as each other: 0 and O, 1, I and L."""
LENGTH = 8
"""31^8 is about 8.5e11: at two guesses a second and thread, out of reach while a first start waits."""
MAX_WRONG = 10
WRONG_SECONDS = 0.5


def setup_code(data: Path) -> str:
    """The code of this data folder as ``XXXX-XXXX``; made if there is none yet."""
    with _locked(data):
        return _read(data)[0]


def is_setup_code(data: Path, guess: str) -> bool:
    """Whether ``guess`` is the code; case, dashes and blanks do not matter. A wrong one takes a moment."""
    with _locked(data):
        code, wrong = _read(data)
        # Compared as bytes: the comparison in constant time refuses text that is not ASCII.
        right = secrets.compare_digest(_plain(guess).encode(), _plain(code).encode())
        if not right and wrong + 1 >= MAX_WRONG:
            code = _new_code()
            _write(data, code, 0)
            log.warning("%d wrong setup codes: the code is now %s", MAX_WRONG, code)
        elif not right:
            _write(data, code, wrong + 1)
    if not right:
        time.sleep(WRONG_SECONDS)
    return right


def setup_code_remove(data: Path) -> None:
    """Forget the code; to be called when the first account exists."""
    with _locked(data):
        _file(data).unlink(missing_ok=True)


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").upper()


def _new_code() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def _file(data: Path) -> Path:
    return data / "setup_code"


@contextmanager
def _locked(data: Path) -> Iterator[None]:
    data.mkdir(parents=True, exist_ok=True)
    with (data / "setup_code.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read(data: Path) -> tuple[str, int]:
    """The code and how often it was guessed wrong."""
    try:
        lines = _file(data).read_text().split()
    except FileNotFoundError:
        lines = []
    if not lines:
        code = _new_code()
        _write(data, code, 0)
        return code, 0
    return lines[0], int(lines[1]) if len(lines) > 1 and lines[1].isdigit() else 0


def _write(data: Path, code: str, wrong: int) -> None:
    write_private(_file(data), f"{code}\n{wrong}\n")
