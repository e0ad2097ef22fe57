"""A folder of this machine as a source: a sorted walk that can be taken up behind any path."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote_from_bytes, unquote_to_bytes

from media_index.errors import SourceError
from media_index.sources.base import LEAST_MTIME_NS, MOST_MTIME_NS, Entry, RemountedError
from media_index.sources.ignored import ignored_file, ignored_folder
from media_index.sources.patterns import Patterns

_GONE = frozenset((errno.ENOENT, errno.ENOTDIR, errno.ELOOP))
"""Errors that say that there is nothing there (any more), or only a link in a circle."""


@dataclass(slots=True)
class _Level:
    """A folder that the walk is in: its path, where it really is, its name, and what of it is still to come."""

    path: bytes
    real: bytes
    name: bytes
    cursor: list[bytes]
    items: Iterator[os.DirEntry[bytes]]


class FolderSource:
    """The regular files below ``root`` that are neither hidden nor some system's own.

    ``include`` and ``exclude`` are patterns as in a ``.gitignore``; a line that is none raises ``SourceError``.

    Links to files are followed, and links to folders outside of ``root``, each such folder at the first path that leads
    to it; one inside is listed where it really is, and one around it would lead back. ``followed`` remembers them as
    ``{"device:inode": path}`` (paths percent-encoded, the root itself as ``""``): whoever takes a walk up again hands
    in the same dict. What really lies in a folder of ``never`` (absolute paths) is not listed, however it is linked.
    """

    def __init__(
        self,
        root: str,
        include: Iterable[str] = (),
        exclude: Iterable[str] = (),
        followed: dict[str, str] | None = None,
        *,
        never: Iterable[str] = (),
    ) -> None:
        self.root = os.fsencode(root)
        self.unlisted: list[bytes] = []
        self.followed = {} if followed is None else followed
        try:
            self._patterns = Patterns(include, exclude)
        except ValueError as error:
            raise SourceError(str(error), permanent=True) from None
        self._never = frozenset(os.path.realpath(os.fsencode(folder)) for folder in never)
        self._real = os.path.realpath(self.root)
        self._places: dict[bytes, bytes] = {}

    # What a source can do

    def check(self) -> None:
        self.is_empty()
        self._begin()

    def is_empty(self) -> bool:
        try:
            with os.scandir(self.root) as listing:
                return next(listing, None) is None
        except OSError as error:
            raise self._root_error(error) from None

    def entries(self, after: bytes = b"") -> Iterator[Entry]:
        self._begin()
        cursor = after.split(b"/") if after else []
        return self._walk(cursor)

    def open(self, raw_path: bytes) -> BinaryIO:
        """The file's bytes. Raises ``OSError``, also for what has become no regular file."""
        # O_NONBLOCK: opening a FIFO that took the file's place would wait for ever.
        descriptor = os.open(self.local_path(raw_path), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(errno.EINVAL, "not a regular file")
            return os.fdopen(descriptor, "rb", buffering=0)
        except BaseException:
            os.close(descriptor)
            raise

    def local_path(self, raw_path: bytes) -> bytes:
        """Raises ``ValueError`` for a path that would leave the root."""
        if raw_path.startswith(b"/") or b".." in raw_path.split(b"/"):
            raise ValueError("a path of a source stays below its root")
        return os.path.join(self.root, raw_path)  # noqa: PTH118 (paths are bytes)

    # The walk

    def _begin(self) -> None:
        try:
            found = os.stat(self.root)  # noqa: PTH116
        except OSError as error:
            raise self._root_error(error) from None
        key = f"{found.st_dev}:{found.st_ino}"
        began_on = next((known for known, place in self.followed.items() if place == ""), None)
        if began_on is None:
            self.followed[key] = ""
        elif began_on.partition(":")[0] != str(found.st_dev):
            raise RemountedError(f"{self._shown_root()} was mounted anew while it was scanned")
        self._real = os.path.realpath(self.root)
        places = {place: unquote_to_bytes(place) for place in self.followed.values()}
        self._places = {os.path.realpath(os.path.join(self.root, at)): at for at in places.values()}  # noqa: PTH118

    def _walk(self, cursor: list[bytes]) -> Iterator[Entry]:
        """All files behind the names of ``cursor``. Depth first with a stack of its own: paths of 2,000 names exist."""
        stack = [self._level(b"", self._real, cursor)]
        while stack:
            level = stack[-1]
            item = next(level.items, None)
            if item is None:
                stack.pop()
                continue
            path = level.path + b"/" + item.name if level.path else item.name
            at_cursor = item.name == level.cursor[0] if level.cursor else False
            try:
                if item.is_dir():
                    real = self._entered(item, path, level)
                    if real is not None:
                        stack.append(self._level(path, real, level.cursor[1:] if at_cursor else []))
                elif not at_cursor and (entry := self._entry(item, path, level)):
                    yield entry
            except OSError as error:
                if error.errno not in _GONE:
                    self.unlisted.append(path)

    def _level(self, path: bytes, real: bytes, cursor: list[bytes]) -> _Level:
        items = self._listed(path)
        if cursor:
            items = [item for item in items if item.name >= cursor[0]]
        return _Level(path, real, os.path.basename(path or real), cursor, iter(items))  # noqa: PTH119

    def _listed(self, folder: bytes) -> list[os.DirEntry[bytes]]:
        try:
            with os.scandir(os.path.join(self.root, folder)) as listing:  # noqa: PTH118
                return sorted(listing, key=lambda item: item.name)
        except OSError as error:
            if not folder:
                raise self._root_error(error) from None
            if error.errno not in _GONE:
                self.unlisted.append(folder)
            return []

    def _entry(self, item: os.DirEntry[bytes], path: bytes, level: _Level) -> Entry | None:
        if ignored_file(item.name, level.name) or not item.is_file() or not self._patterns.takes_file(path):
            return None
        if item.is_symlink() and self._never and _within(os.path.realpath(item.path), self._never):
            return None
        found = item.stat()
        return Entry(path, found.st_size, min(max(found.st_mtime_ns, LEAST_MTIME_NS), MOST_MTIME_NS))

    def _entered(self, item: os.DirEntry[bytes], path: bytes, level: _Level) -> bytes | None:
        """Where the folder really is, or None if it is not looked into at this path."""
        if ignored_folder(item.name, level.name) or not self._patterns.takes_folder(path):
            return None
        if item.is_symlink():
            return self._followed(item, path)
        below = os.path.join(level.real, item.name)  # noqa: PTH118
        if below in self._never or self._places.get(below, path) != path:
            return None
        return below

    def _followed(self, item: os.DirEntry[bytes], path: bytes) -> bytes | None:
        target = os.path.realpath(item.path)
        found = item.stat()
        key = f"{found.st_dev}:{found.st_ino}"
        place = quote_from_bytes(path)
        if key not in self.followed:
            around = _within(self._real, (target,))
            if around or _within(target, self._places) or _within(target, self._never):
                return None
            self.followed[key] = place
            self._places[target] = path
        return target if self.followed[key] == place else None

    # Words for people

    def _shown_root(self) -> str:
        return self.root.decode("utf-8", "replace")

    def _root_error(self, error: OSError) -> SourceError:
        shown = self._shown_root()
        if isinstance(error, FileNotFoundError):
            return SourceError(f"{shown} is not there")
        if isinstance(error, NotADirectoryError):
            is_file = Path(os.fsdecode(self.root)).is_file()
            return SourceError(f"{shown} is not a folder", permanent=is_file)
        if isinstance(error, PermissionError):
            return SourceError(f"{shown} may not be read by the user that runs scanpix")
        return SourceError(f"{shown} cannot be read: {error.strerror}")


def _within(path: bytes, folders: Iterable[bytes]) -> bool:
    """Whether ``path`` is one of these folders or lies in one. All are absolute and without links."""
    return any(path == folder or path.startswith(folder.rstrip(b"/") + b"/") for folder in folders)
