"""Makes the list of the world's places: ``python -m media_index.places.building [FOLDER]``.

FOLDER is that of the models; without one it is that of the environment of Python, where the set-up leaves it. A run of
its own, because what it reads takes 500 MB for some seconds. Where memory runs out, it is the first to go.
1. It waits for the lock of FOLDER, so that two processes never make the same list.
2. It does nothing if the list is there.
3. It writes into a new folder beside the final one and renames that: readers see all or nothing.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from media_index.places import table
from media_index.places.table import PlacesError

_PR_SET_PDEATHSIG = 1
"""From linux/prctl.h: nobody waits for the list when the process that asked for it was killed."""
_OOM_SCORE = Path("/proc/self/oom_score_adj")
_FIRST_TO_GO = "1000"
"""The highest value there is (proc(5)): where memory runs out, this goes before the database or the web server."""
_NICE = 10
_DRAFT = ".places-"


def main(arguments: Sequence[str]) -> int:
    """Make the list in the folder named by the only argument, or in the environment; the exit status."""
    if len(arguments) > 1:
        print("usage: python -m media_index.places.building [FOLDER]", file=sys.stderr)  # noqa: T201
        return 2
    _make_way()
    try:
        build(Path(arguments[0]) if arguments else table.of_environment())
    except (PlacesError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


def build(folder: Path) -> Path:
    """The file of the list in ``folder``, made if it is not there.

    Raises :class:`PlacesError` if a package is missing, :class:`OSError` if the folder cannot be written.
    """
    final = folder / table.folder_name()
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder / "places.lock"):
        # Whoever holds the lock is the only one at work: what lies here was left by one that was killed.
        for stale in folder.glob(f"{_DRAFT}*"):
            shutil.rmtree(stale)
        if not final.is_dir():
            draft = folder / f"{_DRAFT}{os.getpid()}"
            draft.mkdir()
            try:
                _write(draft / table.FILE)
                draft.rename(final)
            except BaseException:
                shutil.rmtree(draft, ignore_errors=True)
                raise
    return final / table.FILE


def _write(file: Path) -> None:
    from media_index.places.gathering import gathered  # reads nothing for one that only waits

    np.savez_compressed(file, allow_pickle=False, **gathered())


def _make_way() -> None:
    """Give way to everything else on the machine, and end with who asked for it."""
    os.nice(_NICE)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # Where it is forbidden (a sandbox), only the wish is lost.
        with suppress(OSError):
            _OOM_SCORE.write_text(_FIRST_TO_GO)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
