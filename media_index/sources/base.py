"""The contract of a source of files. No ORM and no settings inside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from media_index.errors import SourceError

LEAST_MTIME_NS = -(2**63)
MOST_MTIME_NS = 2**63 - 1
"""File systems keep times of up to the year 2446 (ext4), a ``bigint`` of nanoseconds those up to 2262."""


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


class RemountedError(SourceError):
    """Another file system is there than the one the walk began on: what was met before says nothing of it."""


def order_key(raw_path: bytes) -> list[bytes]:
    """Sorts paths as every source lists them: name by name, so that all that lies in a folder stays together."""
    return raw_path.split(b"/")


class SourceReader(Protocol):
    """Lists and opens the files of one source. Reading is all it can do."""

    unlisted: list[bytes]
    """Paths (of folders, rarely of files) that could not be looked at since the list was last emptied."""

    def check(self) -> None:
        """Raises :class:`media_index.errors.SourceError` when the source cannot be listed now, and
        :class:`RemountedError` when it is not the one that the walk began on."""
        ...

    def is_empty(self) -> bool:
        """Whether there is nothing at all in the root, as in the mount point of a disk that is not mounted.

        Raises :class:`media_index.errors.SourceError` when the root cannot be listed.
        """
        ...

    def entries(self, after: bytes = b"") -> Iterator[Entry]:
        """All files that come behind the path ``after`` in the order of :func:`order_key`.

        Raises what :meth:`check` raises; a folder below the root that cannot be listed is noted in :attr:`unlisted`.
        """
        ...

    def open(self, raw_path: bytes) -> BinaryIO:
        """The file's bytes. Raises ``OSError``."""
        ...

    def local_path(self, raw_path: bytes) -> bytes | None:
        """Where the file lies on this machine; None where it does not."""
        ...
