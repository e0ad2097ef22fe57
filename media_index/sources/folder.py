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
from media_index.sources import told
from media_index.sources.base import (
    LEAST_MTIME_NS,
    MOST_MTIME_NS,
    FileState,
    Listing,
    RemountedError,
    order_key,
)
from media_index.sources.ignored import ignored_file, ignored_folder, is_apple_library
from media_index.sources.patterns import Patterns

_GONE = frozenset((errno.ENOENT, errno.ENOTDIR, errno.ELOOP))
"""Errors that say that there is nothing there (any more), or only a link in a circle."""


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder that the walk comes to: its path, and where it really is."""

    path: bytes
    real: bytes

    @property
    def name(self) -> bytes:
        return os.path.basename(self.path or self.real)  # noqa: PTH119


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
        self.followed = {} if followed is None else followed
        try:
            self._patterns = Patterns(include, exclude)
        except ValueError as error:
            raise SourceError(str(error), permanent=True) from None
        self._has_patterns = self._patterns.any
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

    def listings(self, after: bytes | None = None) -> Iterator[Listing]:
        self._begin()
        return self._walk(after)

    def listing(self, raw_path: bytes) -> Listing | None:
        self._begin()
        real = os.path.realpath(self.local_path(raw_path))
        if raw_path and (_within(self._real, (real,)) or _within(real, self._never)):
            return None
        listing, _ = self._look(_Folder(raw_path, real))
        return listing

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
            raise RemountedError(told.MOUNTED_ANEW % {"place": self._shown_root()})
        self._real = os.path.realpath(self.root)
        places = {place: unquote_to_bytes(place) for place in self.followed.values()}
        self._places = {os.path.realpath(os.path.join(self.root, at)): at for at in places.values()}  # noqa: PTH118

    def _walk(self, after: bytes | None) -> Iterator[Listing]:
        """Depth first with a stack of its own: paths of 2,000 names exist."""
        root = _Folder(b"", self._real)
        cursor = None if after is None else order_key(after)
        stack = [iter([root])]
        while stack:
            folder = next(stack[-1], None)
            if folder is None:
                stack.pop()
                continue
            listing, below = self._look(folder)
            key = order_key(folder.path)
            if cursor is not None and key == cursor[: len(key)]:
                # Dealt with before; what lies below it perhaps not.
                rest = cursor[len(key) :]
                below = [each for each in below if not rest or each.name >= rest[0]]
            elif listing is not None:
                yield listing
            stack.append(iter(below))

    def _look(self, folder: _Folder) -> tuple[Listing | None, list[_Folder]]:
        """The folder, None where it cannot be listed, and the folders in it that are to be looked into, sorted."""
        try:
            with os.scandir(os.path.join(self.root, folder.path)) as found:  # noqa: PTH118
                return self._sorted_out(folder, found)
        except OSError as error:
            if not folder.path:
                raise self._root_error(error) from None
            if error.errno not in _GONE:
                return Listing(folder.path, [], [], (folder.path,)), []
            return None, []

    def _sorted_out(self, folder: _Folder, found: Iterable[os.DirEntry[bytes]]) -> tuple[Listing, list[_Folder]]:
        prefix = folder.path + b"/" if folder.path else b""
        in_library = is_apple_library(folder.name)
        files: list[FileState] = []
        folders: list[os.DirEntry[bytes]] = []
        unlisted: list[bytes] = []
        for item in found:
            try:
                if item.is_dir():
                    folders.append(item)
                elif not in_library and (state := self._file(item, prefix)):
                    files.append(state)
            except OSError as error:
                if error.errno not in _GONE:
                    unlisted.append(prefix + item.name)
        files.sort()
        folders.sort(key=lambda item: item.name)
        below = []
        for item in folders:
            try:
                if each := self._below(item, prefix + item.name, folder, in_library):
                    below.append(each)
            except OSError as error:
                if error.errno not in _GONE:
                    unlisted.append(prefix + item.name)
        return Listing(folder.path, files, [each.name for each in below], tuple(unlisted)), below

    def _file(self, item: os.DirEntry[bytes], prefix: bytes) -> FileState | None:
        name = item.name
        if ignored_file(name) or not item.is_file():
            return None
        if self._has_patterns and not self._patterns.takes_file(prefix + name):
            return None
        if self._never and item.is_symlink() and _within(os.path.realpath(item.path), self._never):
            return None
        found = item.stat()
        mtime_ns = found.st_mtime_ns
        if not LEAST_MTIME_NS <= mtime_ns <= MOST_MTIME_NS:
            mtime_ns = min(max(mtime_ns, LEAST_MTIME_NS), MOST_MTIME_NS)
        return name, found.st_size, mtime_ns

    def _below(self, item: os.DirEntry[bytes], path: bytes, folder: _Folder, in_library: bool) -> _Folder | None:
        """The folder if it is looked into at this path."""
        if ignored_folder(item.name, in_library) or not self._patterns.takes_folder(path):
            return None
        if item.is_symlink():
            target = self._followed(item, path)
            return None if target is None else _Folder(path, target)
        real = os.path.join(folder.real, item.name)  # noqa: PTH118
        if real in self._never or self._places.get(real, path) != path:
            return None
        return _Folder(path, real)

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
            return SourceError(told.NOT_THERE % {"place": shown})
        if isinstance(error, NotADirectoryError):
            is_file = Path(os.fsdecode(self.root)).is_file()
            return SourceError(told.NOT_A_FOLDER % {"place": shown}, permanent=is_file)
        if isinstance(error, PermissionError):
            return SourceError(told.MAY_NOT_BE_READ % {"place": shown})
        return SourceError(told.CANNOT_BE_READ % {"place": shown, "error": error.strerror})


def _within(path: bytes, folders: Iterable[bytes]) -> bool:
    """Whether ``path`` is one of these folders or lies in one. All are absolute and without links."""
    return any(path == folder or path.startswith(folder.rstrip(b"/") + b"/") for folder in folders)
