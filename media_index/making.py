"""Runs one of our modules as a child process that makes files in a folder of models, such as an export. Pure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_PROJECT = Path(__file__).resolve().parents[1]


class MakingError(Exception):
    """The last line that the process said of its failure."""


def make(module: str, models: Path, *, seconds: float) -> None:
    """``python -m module models``, for at most ``seconds``. Raises :class:`MakingError` if it fails, and
    ``TimeoutError``.

    A process of its own, so that the memory that making takes is given back, whatever loads it.
    """
    path = os.pathsep.join(filter(None, (str(_PROJECT), os.environ.get("PYTHONPATH"))))
    try:
        run = subprocess.run(
            [sys.executable, "-m", module, str(models)],
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(f"{module} took longer than {seconds:g} s") from error
    if run.returncode != 0:
        said = run.stderr.strip().splitlines() or [f"exit status {run.returncode}"]
        raise MakingError(said[-1])
