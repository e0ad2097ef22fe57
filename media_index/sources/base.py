"""The contract of a source of files. No ORM and no settings inside."""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from blake3 import blake3

from media_index.errors import SourceError

LEAST_MTIME_NS = -(2**63)
MOST_MTIME_NS = 2**63 - 1
"""File systems keep times of up to the year 2446 (ext4), a ``bigint`` of nanoseconds those up to 2262."""
DIGEST_BYTES = 16

FileState = tuple[bytes, int, int]
"""A file in its folder: its name, its size in bytes, its time in nanoseconds since 1970 (within 64 bits)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that a source lists. ``raw_path`` is relative to the source's root, byte for byte, with ``/`` between
    names; ``size`` in bytes, ``mtime_ns`` in nanoseconds since 1970 (within 64 bits)."""

    raw_path: bytes
    size: int
    mtime_ns: int

    @property
    def path(self) -> str:
        """The path for people to read: what is no UTF-8 shows as U+FFFD."""
        return self.raw_path.decode("utf-8", "replace")

    @property
    def name(self) -> str:
        """The last part of :attr:`path`."""
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> bytes:
        """The path of the folder that it lies in, ``b""`` for the root."""
        return self.raw_path.rpartition(b"/")[0]


@dataclass(frozen=True, slots=True)
class Listing:
    """A folder of a source and the files that lie in it itself, sorted by name; ``raw_path`` is ``b""`` for the root.

    ``folders`` holds the names of the folders in it that are looked into at this path, sorted. ``unlisted``: paths, of
    this folder or of what lies in it, that could not be looked at; what they hold may be there all the same.
    """

    raw_path: bytes
    files: list[FileState]
    folders: list[bytes]
    unlisted: tuple[bytes, ...] = ()

    @property
    def digest(self) -> bytes:
        """Stands for the files, :data:`DIGEST_BYTES` long: the same when none came, went, or changed size or time."""
        # The second version of the format writes no references, so that equal values give equal bytes.
        return blake3(marshal.dumps(self.files, 2)).digest(DIGEST_BYTES)

    def path_of(self, name: bytes) -> bytes:
        """The path of a file or folder in this folder."""
        return self.raw_path + b"/" + name if self.raw_path else name

    def entries(self) -> list[Entry]:
        return [Entry(self.path_of(name), size, mtime_ns) for name, size, mtime_ns in self.files]


class RemountedError(SourceError):
    """Another file system is there than the one the walk began on: what was met before says nothing of it."""


def order_key(raw_path: bytes) -> list[bytes]:
    """Sorts folders as every source lists them: name by name, so that all that lies in a folder stays together."""
    return raw_path.split(b"/") if raw_path else []


class SourceReader(Protocol):
    """Lists and opens the files of one source. Reading is all it can do."""

    @property
    def followed(self) -> dict[str, str]:
        """What a scan has to remember for whoever takes its walk up again; grows while folders are listed."""
        ...

    def check(self) -> None:
        """Raises :class:`media_index.errors.SourceError` when the source cannot be listed now, and
        :class:`RemountedError` when it is not the one that the walk began on."""
        ...

    def is_empty(self) -> bool:
        """Whether there is nothing at all in the root, as in the mount point of a disk that is not mounted.

        Raises :class:`media_index.errors.SourceError` when the root cannot be listed.
        """
        ...

    def listings(self, after: bytes | None = None) -> Iterator[Listing]:
        """All folders that come behind the folder ``after`` in the order of :func:`order_key`, all of them for None.

        Raises what :meth:`check` raises; a folder below the root that cannot be listed is listed as without files and
        :attr:`Listing.unlisted`.
        """
        ...

    def listing(self, raw_path: bytes) -> Listing | None:
        """One folder that was listed before; None where there is none (any more). Raises as above."""
        ...

    def open(self, raw_path: bytes) -> BinaryIO:
        """The file's bytes. Raises ``OSError``."""
        ...

    def local_path(self, raw_path: bytes) -> bytes | None:
        """Where the file lies on this machine; None where it does not."""
        ...
