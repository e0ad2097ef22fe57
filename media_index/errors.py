"""The three families of errors of the index: a source that fails, a file that fails, a query that is wrong."""

from __future__ import annotations


class SourceError(Exception):
    """A source cannot be listed or read.

    ``permanent`` tells a wrong configuration (a path that is a file) from a state that may pass (a disk that is not
    mounted): only the latter is worth trying again by itself.
    """

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class ExtractError(Exception):
    """One file yields no facts. ``reason`` is a code of :mod:`media_index.reasons`, ``detail`` is for people."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class StorageError(Exception):
    """What scanpix makes cannot be kept, as the disk is full, say: no file is to blame, and it is tried again."""


class QueryError(Exception):
    """A query that cannot be read as it stands; ``position`` is the offset of the character in the query text."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position
