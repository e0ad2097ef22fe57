"""Hostile files: does the scan end, what is said of each, and how much memory does it take?

    .venv/bin/python -m research.hostile FOLDER... [--no-bombs] [--orientation FOLDER] [--takeout FOLDER]

Links FOLDERs and a folder of bombs (research/bombs.py) to a portal of its own, and runs `manage.py scan --wait` as a
family would. Prints the reasons, what came of the good photos between the bombs, and the peak of the memory that all
processes take together (PSS, looked at twice a second). `--orientation` and `--takeout` check files whose truth is
known (research/truths.py).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from research.bench.portal import PROJECT, PeakMemory

MOST_MEMORY = 3_000_000_000
"""Bytes; the goal, for a NAS with 4 GB."""
MOST_UNKNOWN = 0.01
LONGEST_SECONDS = 3600

REASONS = """
SELECT reason, count(*), min(path) FROM (
  SELECT DISTINCT e.reason, m.id, l.path FROM media_index_extraction e JOIN media_index_media m ON m.id = e.media_id
    JOIN media_index_location l ON l.media_id = m.id
   WHERE e.state IN ('failed', 'set_aside') AND e.reason <> 'no_preview') t GROUP BY reason ORDER BY 2 DESC
"""
PROBLEMS = (
    "SELECT problem, count(*), min(path) FROM media_index_location WHERE problem <> '' GROUP BY 1 ORDER BY 2 DESC"
)
STATES = "SELECT lane, state, count(*) FROM media_index_extraction GROUP BY 1, 2 ORDER BY 1, 2"
LOST = """
SELECT l.path FROM media_index_location l JOIN media_index_media m ON m.id = l.media_id
 WHERE l.path LIKE '%%/good%%' AND (NOT m.has_preview OR EXISTS
       (SELECT FROM media_index_extraction e WHERE e.media_id = m.id AND e.state <> 'done'))
"""
COUNTS = "SELECT count(*), count(DISTINCT media_id), count(DISTINCT source_id) FROM media_index_location"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--no-bombs", action="store_true")
    parser.add_argument("--orientation", type=Path, help="photos called Landscape_0 to _8 and Portrait_0 to _8")
    parser.add_argument("--takeout", type=Path, help="an export of Google Photos")
    arguments = parser.parse_args()
    good = True
    if arguments.folders or not arguments.no_bombs:
        with tempfile.TemporaryDirectory(prefix="scanpix-hostile-", dir="/var/tmp") as folder:
            good = run(Path(folder), arguments.folders, bombs=not arguments.no_bombs)
    if arguments.orientation or arguments.takeout:
        from research import truths

        if arguments.orientation:
            good &= truths.check_orientations(arguments.orientation)
        if arguments.takeout:
            good &= truths.check_takeout(arguments.takeout)
    sys.exit(0 if good else 1)


def run(home: Path, folders: Sequence[Path], *, bombs: bool) -> bool:
    """One portal, all folders; whether all that must hold does."""
    from scanpix.runtime import postgres

    data = home / "data"
    data.mkdir()
    roots = [folder.resolve() for folder in folders]
    if bombs:
        from research.bombs import make_bombs

        make_bombs(home / "bombs")
        roots.append(home / "bombs")
    os.environ["SCANPIX_DATA"] = str(data)
    postgres.hold(data)
    try:
        with PeakMemory(data, own=False) as memory:
            took = {root: scan(data, root) for root in roots}
        return report(data, took, memory.peak)
    finally:
        postgres.release(data)
        postgres.wait_until_stopped(data, seconds=60)


def scan(data: Path, root: Path) -> float:
    """Seconds that `manage.py scan --wait` takes. Exits where it fails; raises TimeoutExpired where it does not end."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "manage.py", "scan", str(root), "--wait"],
        cwd=PROJECT,
        env={**os.environ, "SCANPIX_DATA": str(data), "SCANPIX_LOG_LEVEL": "ERROR"},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=LONGEST_SECONDS,
    )
    if done.returncode:
        sys.exit(f"the scan of {root} failed:\n{done.stderr[-2000:]}")
    return time.monotonic() - began


def report(data: Path, took: dict[Path, float], peak: int) -> bool:
    from media_index.reasons import explain
    from scanpix.runtime import postgres

    with postgres.connect(data) as connection:
        files, media, sources = connection.execute(COUNTS).fetchone() or (0, 0, 0)
        reasons = connection.execute(REASONS).fetchall()
        problems = connection.execute(PROBLEMS).fetchall()
        states = connection.execute(STATES).fetchall()
        lost = [path for (path,) in connection.execute(LOST).fetchall()]
    for root, seconds in took.items():
        print(f"{seconds:8.1f} s  {root.name}")
    print(f"{files} files, {media} contents, {sources} sources")
    print(f"\n{'reason':<15} {'files':>5}  title; one of them")
    for code, count, path in reasons:
        print(f"{code:<15} {count:>5}  {explain(code).title}; {path!r}")
    for code, count, path in problems:
        print(f"{code:<15} {count:>5}  not even read: {explain(code).title}; {path!r}")
    print("\n" + "\n".join(f"{lane:<6} {state:<10} {count:>5}" for lane, state, count in states))
    unknown = sum(count for code, count, _ in reasons if explain(code).code == "unknown") / max(media, 1)
    unfinished = sum(count for _, state, count in states if state in ("waiting", "pending", "running"))
    checks = {
        f"unknown: {unknown:.2%} of the files, at most {MOST_UNKNOWN:.0%}": unknown <= MOST_UNKNOWN,
        f"unfinished: {unfinished}": unfinished == 0,
        f"good photos that were lost: {lost}": not lost,
        f"peak memory {peak / 1e6:.0f} MB (PSS of all processes), under {MOST_MEMORY / 1e6:.0f}": peak < MOST_MEMORY,
    }
    for text, holds in checks.items():
        print(f"{'ok  ' if holds else 'FAIL'} {text}")
    return all(checks.values())


if __name__ == "__main__":
    main()
