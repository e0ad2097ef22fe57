"""Starting scanpix as a user does: a process of its own, with an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.waiting import PATIENCE

PROJECT = Path(__file__).resolve().parents[2]


def environment(data: Path, **variables: str) -> dict[str, str]:
    """That of this process without a word of scanpix, and with these variables; on a disk however full."""
    ours = ("SCANPIX_", "DJANGO_", "DATABASE_URL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "SCANPIX_DATA": str(data), "SCANPIX_MIN_FREE_MB": "0", **variables}


def start(data: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env=environment(data, **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(data: Path, *arguments: str, **variables: str) -> tuple[int, str, str]:
    """The code with which it ended, standard output, and standard error."""
    process = start(data, *arguments, **variables)
    output, errors = process.communicate(timeout=PATIENCE)
    return process.returncode, output, errors


def refused(data: Path, *arguments: str, **variables: str) -> str:
    """The one line on standard error with which it does not start."""
    code, output, errors = run(data, *arguments, **variables)
    assert code == 1
    assert output == ""
    (line,) = errors.splitlines()
    return line
