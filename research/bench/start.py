"""How soon after the start a new library can be browsed and searched.

    .venv/bin/python -m research.bench.start FOLDER [--copies 20000]

Starts a portal on a new data folder with FOLDER, or with a tree of so many copies of its JPEG files, each with content
of its own, and prints the seconds from the ready line until 50 photos can be browsed and 50 be searched, until all are
indexed, and how many failed.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
import time
from pathlib import Path

from research.bench.portal import Portal, serving

BROWSE = "SELECT count(*) FROM media_index_media WHERE has_preview"
SEARCH = "SELECT count(*) FROM media_index_embedding"
LEFT = "SELECT count(*) FROM media_index_extraction WHERE state IN ('waiting', 'pending', 'running')"
SCANNING = "SELECT count(*) FROM media_index_scan WHERE state = 'running'"
FAILED = "SELECT count(DISTINCT media_id) FROM media_index_extraction WHERE state IN ('failed', 'set_aside')"
ENOUGH = 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--copies", type=int, default=0)
    parser.add_argument("--give-up", type=float, default=3600, metavar="SECONDS")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scanpix-bench-", dir="/var/tmp") as work:
        folder = arguments.folder.resolve()
        if arguments.copies:
            folder = multiplied(folder, Path(work) / "photos", arguments.copies)
        began = time.monotonic()
        with serving(Path(work) / "data", "--photos", str(folder)) as portal:
            print(f"ready after {portal.ready_at - began:.1f} s")
            report(portal, arguments.give_up)


def multiplied(folder: Path, target: Path, copies: int) -> Path:
    """A tree of copies, 500 a folder, each with a number behind its end, which decoders do not read."""
    originals = [file.read_bytes() for file in sorted(folder.rglob("*.jpg"))]
    for number, content in zip(range(copies), itertools.cycle(originals), strict=False):
        file = target / f"{number // 500:04}" / f"{number:06}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content + f"\n{number}".encode())
    return target


def report(portal: Portal, give_up: float) -> None:
    waits = {f"{ENOUGH} can be browsed": BROWSE, f"{ENOUGH} can be searched": SEARCH}
    while time.monotonic() - portal.ready_at < give_up:
        after = time.monotonic() - portal.ready_at
        for name, sql in list(waits.items()):
            if portal.scalar(sql) >= ENOUGH:
                print(f"{name} {after:.1f} s after the ready line", flush=True)
                del waits[name]
        browse, searchable = portal.scalar(BROWSE), portal.scalar(SEARCH)
        if browse and searchable and not portal.scalar(SCANNING) and not portal.scalar(LEFT):
            print(f"all done {after:.0f} s after the ready line: {browse} browsable, {searchable} searchable, "
                  f"{portal.scalar(FAILED)} failed")  # fmt: skip
            return
        time.sleep(0.2)
    print("gave up")


if __name__ == "__main__":
    main()
