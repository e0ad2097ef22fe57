"""What browsers get from npm packages: which files of ``node_modules`` are served, and by which names scripts import.

Only the set-up needs Node: it brings the packages of ``package.json``, and ``collectstatic`` takes the files that are
named here to where the web server sends them from. Nothing else of ``node_modules`` is ever served.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage
from django.templatetags.static import static

PREFIX = "libraries"
"""Below the static files; ``libraries/photoswipe/photoswipe.css``."""
SHARED = "js/shared"
"""Our own scripts that others import, as ``scanpix/NAME``."""


@dataclass(frozen=True, slots=True)
class Library:
    """A package of npm: ``files`` of its ``folder`` that are served, all in one folder, and what scripts may
    ``import``: names, and the file each means."""

    package: str
    folder: str
    files: tuple[str, ...]
    imports: tuple[tuple[str, str], ...] = ()

    @property
    def prefix(self) -> str:
        return f"{PREFIX}/{self.package}"


LIBRARIES = (
    Library(
        "photoswipe",
        "dist",
        ("photoswipe.esm.min.js", "photoswipe.css"),
        (("photoswipe", "photoswipe.esm.min.js"),),
    ),
    # The compressed build is no module: `import "leaflet"` sets `window.L`. The one that is a module is not compressed
    # and would cost a phone 67 KB more.
    Library(
        "leaflet",
        "dist",
        (
            "leaflet.js",
            "leaflet.js.map",
            "leaflet.css",
            "images/layers.png",
            "images/layers-2x.png",
            "images/marker-icon.png",
            "images/marker-icon-2x.png",
            "images/marker-shadow.png",
        ),
        (("leaflet", "leaflet.js"),),
    ),
    # The same: `import "sortablejs"` sets `window.Sortable`.
    Library("sortablejs", "", ("Sortable.min.js",), (("sortablejs", "Sortable.min.js"),)),
    Library("world-atlas", "", ("countries-110m.json", "countries-50m.json")),
)


def modules() -> Path:
    """Where the set-up puts the packages."""
    return Path(settings.BASE_DIR) / "node_modules"


def import_map() -> dict[str, str]:
    """The addresses that bare names in scripts stand for: those of the libraries, and ``scanpix/NAME`` for each script
    of ``static/js/shared``."""
    found = {name: static(f"{one.prefix}/{file}") for one in LIBRARIES for name, file in one.imports}
    return found | {f"scanpix/{name}": static(f"{SHARED}/{name}.js") for name in shared_names()}


def shared_names() -> list[str]:
    return sorted(path.stem for path in (Path(settings.BASE_DIR) / "static" / SHARED).glob("*.js"))


class LibraryFinder(BaseFinder):
    """Finds the files of :data:`LIBRARIES`, and no others. Where one is missing, gathering them raises
    ``ImproperlyConfigured``: pages that lack a script would be broken without a word."""

    def __init__(self) -> None:
        self.storages = {one.package: _storage(one) for one in LIBRARIES}
        super().__init__()

    def check(self, **_: Any) -> list[Any]:
        """Nothing: an image of a container has its static files and no packages of npm."""
        return []

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:
        named = [_path(one, file) for one in LIBRARIES for file in one.files if f"{one.prefix}/{file}" == path]
        matches = [str(one) for one in named if one.is_file()]
        return matches if find_all or not matches else matches[0]

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for one in LIBRARIES:
            for file in one.files:
                if not matches_patterns(file, ignore_patterns or []):
                    _require(_path(one, file))
                    yield file, self.storages[one.package]


def _storage(library: Library) -> FileSystemStorage:
    made = FileSystemStorage(location=modules() / library.package / library.folder)
    made.prefix = library.prefix  # type: ignore[attr-defined]  # read by collectstatic
    return made


def _path(library: Library, file: str) -> Path:
    return modules() / library.package / library.folder / file


def _require(path: Path) -> None:
    if not path.is_file():
        raise ImproperlyConfigured(
            f"{path.relative_to(settings.BASE_DIR)} is not there: `make .venv/ready` brings what package.json names"
        )
