"""Which files what stands beside them tells of: XMP, and the JSON of Google Takeout. Pure."""

from __future__ import annotations

import os
from collections.abc import Iterable

from media_index.decoding.sidecars import names_beside
from media_index.sources.base import Entry

ENDINGS = (b".xmp", b".json")


def is_beside(raw_path: bytes) -> bool:
    """Whether a file of this name may tell of another one."""
    return raw_path.lower().endswith(ENDINGS)


def told_of(entries: Iterable[Entry]) -> dict[bytes, list[bytes]]:
    """The paths of the files that each of those beside them tells of, by its path. Entries of whole folders."""
    entries = list(entries)
    found: dict[bytes, list[bytes]] = {entry.raw_path: [] for entry in entries if is_beside(entry.raw_path)}
    if found:
        for path in (entry.raw_path for entry in entries if entry.raw_path not in found):
            folder, slash, name = path.rpartition(b"/")
            for beside in names_beside(os.fsdecode(name)):
                if (at := folder + slash + os.fsencode(beside)) in found:
                    found[at].append(path)
    return found
