"""What of some entries is new, changed, back, or as it was. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from media_index.scanning.fingerprint import path_hash
from media_index.sources.base import Entry


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a path: ``size`` in bytes, ``mtime_ns`` in nanoseconds since 1970, the media it held (None if it
    could never be read), why it could not be read the last time, whether it was gone, and the last scan that met it."""

    pk: int
    size: int
    mtime_ns: int
    media_id: int | None
    problem: str = ""
    gone: bool = False
    seen_in: int = 0


@dataclass(frozen=True, slots=True)
class ToRead:
    """A file that has to be read: ``position`` among the entries; ``known`` is None for a path never seen."""

    position: int
    entry: Entry
    path_hash: bytes
    known: Known | None


@dataclass(frozen=True, slots=True)
class AsBefore:
    """A file that is what it was, in ``folder``; ``returned`` if it had been gone."""

    position: int
    pk: int
    folder: bytes
    media_id: int
    returned: bool


@dataclass(slots=True)
class Diff:
    """Entries, told apart; all in their order. ``met``: positions of those that this scan has dealt with already;
    ``troubled``: of those among them that could not be read."""

    as_before: list[AsBefore] = field(default_factory=list)
    to_read: list[ToRead] = field(default_factory=list)
    met: set[int] = field(default_factory=set)
    troubled: set[int] = field(default_factory=set)


def hashed(entries: Iterable[Entry]) -> list[bytes]:
    """The path hash of each entry."""
    return [path_hash(entry.raw_path) for entry in entries]


def compare(known: Mapping[bytes, Known], entries: Iterable[Entry], hashes: Iterable[bytes], *, scan: int) -> Diff:
    """Hold entries against what is known, by path hash. ``hashes`` are those of the entries, in their order; ``scan``
    is the one that met them.

    An unchanged size and time is not read again: inode and device change when a NAS is mounted anew and tell nothing.
    What could not be read is tried again, once in each scan.
    """
    diff = Diff()
    for position, (entry, key) in enumerate(zip(entries, hashes, strict=True)):
        before = known.get(key)
        if (
            before is not None
            and before.seen_in == scan
            and not before.gone
            and (before.problem or _same(before, entry))
        ):
            diff.met.add(position)
            if before.problem:
                diff.troubled.add(position)
        elif before is None or before.media_id is None or before.problem or not _same(before, entry):
            diff.to_read.append(ToRead(position, entry, key, before))
        else:
            diff.as_before.append(AsBefore(position, before.pk, entry.folder, before.media_id, before.gone))
    return diff


def _same(before: Known, entry: Entry) -> bool:
    return (before.size, before.mtime_ns) == (entry.size, entry.mtime_ns)
