"""What lies in a folder that somebody may pick: how many pictures and videos, as far as a short look tells. No ORM."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from media_index.formats import by_extension

LOOK_SECONDS = 0.7
"""Somebody waits for the page. An SSD lists about 100,000 files in that time, a NAS 2,000."""
MOST = 5_000
"""Files after which the exact number says nothing more to who looks for the right folder."""


@dataclass(frozen=True, slots=True)
class Peek:
    """``photos`` and ``videos`` in a folder and all below it; ``more``: the look ended before everything was seen."""

    photos: int = 0
    videos: int = 0
    more: bool = False


def peek(path: str) -> Peek:
    """Folder by folder, the nearest first. What may not be read, and hidden folders, are passed over."""
    until = time.monotonic() + LOOK_SECONDS
    counts = {"image": 0, "video": 0}
    for kind in _kinds(path):
        if kind in counts:
            counts[kind] += 1
        if time.monotonic() > until or sum(counts.values()) >= MOST:
            return Peek(counts["image"], counts["video"], more=True)
    return Peek(counts["image"], counts["video"])


def _kinds(path: str) -> Iterator[str]:
    """The kind of each file, as far as its name tells; "" for each folder."""
    left = deque([path])
    while left:
        try:
            with os.scandir(left.popleft()) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        left.append(entry.path)
                    kind = by_extension(entry.name)
                    yield kind[0] if kind else ""
        except OSError:
            continue
