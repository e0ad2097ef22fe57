"""How long it takes to find that nothing has changed, against `find -printf` over the same tree in the same run.

    .venv/bin/python -m research.bench.rescan [--files 25000 100000] [--per-folder 250] [--rounds 5]

Makes a tree of small files, each with a content of its own, and a database of its own, in a folder that goes away
again; scans it once, and then walks it by turns with `find` and with a whole scan. Prints the medians, their ratio, and
the memory of the scanning process at its peak: all of it (RSS) and what is its own of it (PSS), and how much of that a
rescan added. "one new" is the scan of one folder in which a file was added.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import psutil

YEARS = 40
"""Folders lie in folders of so many, as in an album by year and event."""
SAMPLE_SECONDS = 0.02


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, nargs="+", default=[25_000, 100_000])
    parser.add_argument("--per-folder", type=int, default=250)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scanpix-bench-", dir="/var/tmp") as folder:
        data = Path(folder) / "data"
        os.environ["SCANPIX_DATA"] = str(data)
        os.environ["DJANGO_SETTINGS_MODULE"] = "scanpix.settings"
        os.environ["SCANPIX_SETTLE_SECONDS"] = "0"
        from scanpix.runtime import postgres

        postgres.hold(data)
        try:
            bench(Path(folder), arguments.files, arguments.per_folder, arguments.rounds)
        finally:
            from django.db import connection

            connection.close()
            postgres.release(data)
            postgres.wait_until_stopped(data, seconds=60)


def bench(folder: Path, sizes: list[int], per_folder: int, rounds: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from media_index.linking import source_link
    from media_index.scanning.scan import scan_run

    call_command("migrate", verbosity=0)
    print(
        f"{'files':>8}{'first s':>9}{'find s':>9}{'scan s':>9}{'ratio':>7}{'one new s':>11}{'RSS MB':>8}{'PSS MB':>8}"
        f"{'more MB':>9}"
    )
    for size in sizes:
        root = folder / f"photos-{size}"
        make_tree(root, size, per_folder)
        source = source_link(root=str(root))
        began = time.perf_counter()
        first = scan_run(source)
        took = time.perf_counter() - began
        assert (first.state, first.added) == ("finished", size), first.detail
        settle()
        finds, scans = [], []
        scan_run(source)
        with Memory() as memory:
            for _ in range(rounds):
                finds.append(find(root))
                began = time.perf_counter()
                again = scan_run(source)
                scans.append(time.perf_counter() - began)
                assert (again.seen, again.added, again.changed, again.gone) == (size, 0, 0, 0)
        found, scanned = statistics.median(finds), statistics.median(scans)
        print(
            f"{size:>8}{took:>9.1f}{found:>9.3f}{scanned:>9.3f}{scanned / found:>7.2f}{one_new(source, root):>11.3f}"
            f"{memory.rss:>8.1f}{memory.pss:>8.1f}{memory.pss - memory.before:>9.1f}",
            flush=True,
        )


def make_tree(root: Path, size: int, per_folder: int) -> None:
    for number in range(size):
        folder = number // per_folder
        file = root / f"{2000 + folder // YEARS}" / f"{folder % YEARS:02} a day out" / f"IMG_{number:06}.jpg"
        if number % per_folder == 0:
            file.parent.mkdir(parents=True)
        file.write_bytes(b"\xff\xd8\xff" + str(number).encode())
        os.utime(file, (1.5e9 + number, 1.5e9 + number))


def settle() -> None:
    """As autovacuum would within minutes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def find(root: Path) -> float:
    began = time.perf_counter()
    subprocess.run(["find", str(root), "-printf", "%p\t%s\t%T@\n"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def one_new(source: object, root: Path) -> float:
    """Seconds for the scan of a folder in which a file was added, as the watcher asks for it."""
    from media_index.scanning import folders
    from media_index.scanning.scan import scan_start, scan_step

    folder = next(path for path in sorted(root.glob("*/*")))
    (folder / "new.jpg").write_bytes(b"\xff\xd8\xff new" + str(root).encode())
    began = time.perf_counter()
    folders.touch(source.pk, [os.fsencode(folder.relative_to(root))])
    scan = scan_start(source, whole=False)
    while scan_step(scan):
        pass
    took = time.perf_counter() - began
    assert scan.added == 1, scan.detail
    return took


class Memory:
    """Peaks of this process in MB, while it lasts."""

    def __enter__(self) -> Memory:
        self._process = psutil.Process()
        self.before = self._pss()
        self.rss = self.pss = 0.0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def _pss(self) -> float:
        return float(self._process.memory_full_info().pss) / 1e6

    def _watch(self) -> None:
        while not self._ending.is_set():
            self.rss = max(self.rss, self._process.memory_info().rss / 1e6)
            self.pss = max(self.pss, self._pss())
            self._ending.wait(SAMPLE_SECONDS * 10)

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()


if __name__ == "__main__":
    main()
