"""Scans against a simple model: whatever happens to the files, in whatever order, and however the scans are cut up."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from media_index.models import Folder, Location, Scan, Source
from media_index.scanning import folders
from media_index.scanning.scan import scan_run, scan_start, scan_step
from tests.factories import SourceFactory

FOLDERS = ("", "a", "a/b", "a/b/c", "d", "D")
NAMES = ("1.jpg", "2.jpg", "IMG.JPG", "img.jpg", "a", "é.jpg")
CONTENTS = (b"one", b"two", b"three", b"")
ROOTS = 2

paths = st.tuples(st.sampled_from(FOLDERS), st.sampled_from(NAMES)).map(lambda parts: "/".join(filter(None, parts)))


class Household(RuleBasedStateMachine):
    """Two sources and what people do to their files. A content's media is told by its hash, as long as a file of it
    was ever scanned and not overwritten since."""

    sources: Bundle[int] = Bundle("sources")

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="scanpix-test-"))
        self.rows: list[Source] = []
        self.clock = itertools.count(1_500_000_000)
        Source.objects.all().delete()
        for number in range(ROOTS):
            root = self.folder / str(number)
            root.mkdir()
            # One that never changes: a source that holds nothing any more is taken for offline.
            (root / "kept.jpg").write_bytes(b"kept")
            self.rows.append(SourceFactory(root=str(root)))

    def teardown(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def root(self, which: int) -> Path:
        return self.folder / str(which)

    def on_disk(self, which: int) -> dict[str, bytes]:
        root = self.root(which)
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}

    def in_table(self, which: int) -> dict[str, tuple[str, str]]:
        rows = Location.objects.filter(source=self.rows[which], gone_at=None).select_related("media")
        return {row.path: (row.media.content_hash if row.media else "", row.problem) for row in rows}

    # What people do

    @rule(which=st.integers(0, ROOTS - 1), path=paths, content=st.sampled_from(CONTENTS))
    def write(self, which: int, path: str, content: bytes) -> None:
        file = self.root(which) / path
        if file.is_dir() or any(above.is_file() for above in file.parents):
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        moment = next(self.clock)
        os.utime(file, (moment, moment))

    @rule(which=st.integers(0, ROOTS - 1), path=paths)
    def remove(self, which: int, path: str) -> None:
        file = self.root(which) / path
        if file.is_file():
            file.unlink()

    @rule(which=st.integers(0, ROOTS - 1), folder=st.sampled_from(FOLDERS[1:]))
    def remove_folder(self, which: int, folder: str) -> None:
        target = self.root(which) / folder
        if target.is_dir():
            shutil.rmtree(target)

    @rule(
        which=st.integers(0, ROOTS - 1),
        to=st.integers(0, ROOTS - 1),
        old=st.one_of(paths, st.sampled_from(FOLDERS[1:])),
        new=st.one_of(paths, st.sampled_from(FOLDERS[1:])),
    )
    def move(self, which: int, to: int, old: str, new: str) -> None:
        source, target = self.root(which) / old, self.root(to) / new
        inside = source == target or source in target.parents
        if not source.exists() or target.exists() or inside or any(above.is_file() for above in target.parents):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)

    # What scanpix does

    @rule(which=st.integers(0, ROOTS - 1))
    def scan(self, which: int) -> None:
        scan = scan_run(self.rows[which])
        assert scan.state == Scan.State.FINISHED, scan.detail
        self.check(which)

    @rule(which=st.integers(0, ROOTS - 1))
    def step(self, which: int) -> None:
        scan_step(scan_start(self.rows[which]), seconds=0)

    @rule(which=st.integers(0, ROOTS - 1))
    def everything_touched(self, which: int) -> None:
        """As the kernel tells it: every folder there is or was."""
        known = [
            bytes(path) for path in Folder.objects.filter(source=self.rows[which]).values_list("raw_path", flat=True)
        ]
        if Scan.objects.filter(source=self.rows[which], state=Scan.State.RUNNING).exists() or not known:
            return
        there = [os.fsencode(path.relative_to(self.root(which))) for path in self.root(which).rglob("*")]
        folders.touch(self.rows[which].pk, {b"", *known, *there})
        scan = scan_start(self.rows[which], whole=False)
        while scan_step(scan):
            pass
        assert scan.state == Scan.State.FINISHED, scan.detail
        self.check(which)

    def check(self, which: int) -> None:
        from blake3 import blake3

        expected = {path: (blake3(content).hexdigest(), "") for path, content in self.on_disk(which).items()}
        assert self.in_table(which) == expected

    @invariant()
    def one_media_for_one_content(self) -> None:
        if not hasattr(self, "rows"):
            return
        rows = Location.objects.filter(gone_at=None).values_list("media_id", "media__content_hash").distinct()
        by_hash: dict[str, set[int]] = {}
        for media_id, content_hash in rows:
            by_hash.setdefault(content_hash, set()).add(media_id)
        assert all(len(media) == 1 for media in by_hash.values())


@pytest.mark.django_db
def test_the_table_is_what_the_disk_holds() -> None:
    run_state_machine_as_test(
        Household,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            suppress_health_check=list(HealthCheck),
        ),
    )
