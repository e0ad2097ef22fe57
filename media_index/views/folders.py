"""Browsing the folders of the machine that runs scanpix, to pick one. No ORM."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext

from media_index.sources.patience import HangingError, patiently
from media_index.views.peeking import Peek, peek

ANSWER_SECONDS = 10.0
"""Somebody waits for the page; a sleeping disk takes about as long to spin up."""
MOST = 500
"""More folders than this in one place are not listed; their paths can be typed."""
LIKELY = ("/mnt", "/media", "/srv", "/home", "/volume1", "/photos", "/Users", "/Volumes")
"""Where disks and shares usually are: Linux, Synology, our container, macOS."""
SYSTEM = frozenset(
    {"/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/lost+found"}
    | {"/proc", "/run", "/sbin", "/sys", "/usr"}
)
"""Folders of the operating system (Filesystem Hierarchy Standard 3.0), which only stand in the way here."""


@dataclass(frozen=True, slots=True)
class Step:
    """A folder by its name, and its path."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A folder, the steps that lead to it, the folders in it, and what pictures a short ``look`` into it found.
    ``problem`` says why these could not be listed."""

    path: str
    steps: tuple[Step, ...]
    folders: tuple[Step, ...]
    places: tuple[Step, ...]
    problem: str = ""
    left_out: int = 0
    look: Peek | None = None
    """None for the root of the machine, where counting would only find what belongs to programs."""


def start_folder() -> str:
    """Where picking begins: the home of the user that runs scanpix, if there is one."""
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises where there is none
    return str(home) if home.is_dir() else "/"


def places() -> tuple[Step, ...]:
    """Shortcuts that exist here."""
    home = start_folder()
    known = [Step(gettext("Home"), home)] if home != "/" else []
    return (*known, *(Step(path, path) for path in LIKELY if _is_there(path)), Step(gettext("All folders"), "/"))


def _is_there(path: str) -> bool:
    try:
        return patiently(path, Path(path).is_dir, seconds=ANSWER_SECONDS)
    except HangingError:
        return False


def listing(text: str) -> Listing:
    """The folders in the one that ``text`` names. Hidden ones, and names that are no UTF-8, are not shown."""
    path = os.path.normpath(text) if text.startswith("/") else start_folder()
    # POSIX leaves the meaning of two leading slashes open, and normpath keeps them.
    path = f"/{path.lstrip('/')}"
    try:
        names, look = patiently(path, lambda: (_folder_names(path), _look(path)), seconds=ANSWER_SECONDS)
    except (OSError, ValueError, HangingError) as error:
        names, look, problem = [], None, _explain(error)
    else:
        problem = ""
    folders = tuple(Step(name, os.path.join(path, name)) for name in names[:MOST])  # noqa: PTH118
    return Listing(path.replace("\0", ""), _steps(path), folders, places(), problem, max(len(names) - MOST, 0), look)


def _look(path: str) -> Peek | None:
    return None if path == "/" else peek(path)


def _folder_names(path: str) -> list[str]:
    with os.scandir(path) as entries:
        names = [entry.name for entry in entries if not entry.name.startswith(".") and _is_folder(entry)]
    return sorted((name for name in names if _is_text(name)), key=str.casefold)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir() and entry.path not in SYSTEM
    except OSError:
        return False


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _steps(path: str) -> tuple[Step, ...]:
    parts = [part for part in path.replace("\0", "").split("/") if part]
    below = (Step(part, "/" + "/".join(parts[: at + 1])) for at, part in enumerate(parts))
    return (Step(gettext("This machine"), "/"), *below)


def _explain(error: OSError | ValueError | HangingError) -> str:
    if isinstance(error, HangingError):
        return gettext("This folder does not answer. Is the machine that it lies on switched off?")
    if isinstance(error, FileNotFoundError):
        return gettext("There is no such folder.")
    if isinstance(error, NotADirectoryError):
        return gettext("This is a file, not a folder.")
    if isinstance(error, PermissionError):
        return gettext("The user that runs scanpix may not look into this folder.")
    return gettext("This folder cannot be listed.")
