"""What of a chunk of entries is new, changed, back, or as it was. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from media_index.scanning.fingerprint import path_hash
from media_index.sources.base import Entry


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a path: ``size`` in bytes, ``mtime_ns`` in nanoseconds since 1970, the media it held (None if it
    could never be read), why it could not be read the last time, and whether it was gone."""

    pk: int
    size: int
    mtime_ns: int
    media_id: int | None
    problem: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class ToRead:
    """A file that has to be read: ``position`` in its chunk; ``known`` is None for a path never seen."""

    position: int
    entry: Entry
    path_hash: bytes
    known: Known | None


@dataclass(frozen=True, slots=True)
class AsBefore:
    """A file that is what it was; ``returned`` if it had been gone."""

    position: int
    pk: int
    media_id: int
    returned: bool


@dataclass(slots=True)
class Diff:
    """A chunk, told apart. Both lists are in the order of the chunk."""

    as_before: list[AsBefore] = field(default_factory=list)
    to_read: list[ToRead] = field(default_factory=list)


def hashed(entries: Iterable[Entry]) -> list[bytes]:
    """The path hash of each entry."""
    return [path_hash(entry.raw_path) for entry in entries]


def compare(known: Mapping[bytes, Known], entries: Iterable[Entry], hashes: Iterable[bytes]) -> Diff:
    """Hold a chunk against what is known, by path hash. ``hashes`` are those of the entries, in their order.

    An unchanged size and time is not read again: inode and device change when a NAS is mounted anew and tell nothing.
    What could not be read is tried again.
    """
    diff = Diff()
    for position, (entry, key) in enumerate(zip(entries, hashes, strict=True)):
        before = known.get(key)
        if before is None or before.media_id is None or before.problem or not _same(before, entry):
            diff.to_read.append(ToRead(position, entry, key, before))
        else:
            diff.as_before.append(AsBefore(position, before.pk, before.media_id, before.gone))
    return diff


def _same(before: Known, entry: Entry) -> bool:
    return (before.size, before.mtime_ns) == (entry.size, entry.mtime_ns)
