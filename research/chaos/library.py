"""Photos for a run: copies with content of their own, added in waves, the same in every run."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
FIRST_TIME = 1_577_836_800
"""2020-01-01, in seconds: times of files decide the order of work, and are the same in every run."""


class Library:
    """``files`` copies of the pictures below ``originals``, each with its number behind its end, which decoders do not
    read. They appear in ``folder`` wave by wave."""

    def __init__(self, originals: Path, folder: Path, files: int) -> None:
        self.folder = folder
        self.files = files
        self.added = 0
        paths = sorted(path for path in originals.rglob("*") if path.suffix.lower() in SUFFIXES)
        if not paths:
            raise SystemExit(f"{originals} holds no pictures ({', '.join(SUFFIXES)})")
        self._originals = itertools.cycle(paths)
        folder.mkdir(parents=True)

    def add(self, count: int) -> int:
        """Add so many more, as far as there are any; returns how many were added."""
        count = min(count, self.files - self.added)
        for _ in range(count):
            original = next(self._originals)
            file = self.folder / f"{self.added // 100:03}" / f"{self.added:05}{original.suffix}"
            file.parent.mkdir(exist_ok=True)
            draft = file.with_name(f".{file.name}.part")
            draft.write_bytes(original.read_bytes() + f"\n{self.added}".encode())
            os.utime(draft, (FIRST_TIME + self.added * 60,) * 2)
            draft.rename(file)
            self.added += 1
        return count
