"""Scans in steps: resumed, crashed, doubled, and at a constant number of statements."""

from __future__ import annotations

import shutil
import time
from datetime import datetime
from pathlib import Path

import pytest
from blake3 import blake3
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from media_index.models import Location, Media, Scan, Source
from media_index.scanning import chunk as chunks
from media_index.scanning import sweep
from media_index.scanning.lock import SourceBusyError, source_key
from media_index.scanning.scan import scan_run, scan_start, scan_step
from tests.factories import SourceFactory
from tests.media_index.scanning.conftest import Album, Readers, counts, live, scanned

pytestmark = pytest.mark.django_db


class TestSteps:
    def summary(self, source: Source) -> dict[str, tuple[str, bool, str]]:
        rows = Location.objects.filter(source=source).select_related("media")
        return {
            row.path: (row.media.content_hash if row.media else "", row.gone_at is None, row.problem) for row in rows
        }

    def history(self, album: Album) -> None:
        """A second state of the album, with some of everything."""
        shutil.move(album.root / "move", album.root / "a-moved")
        (album.root / "gone.jpg").unlink()
        album.put("change.jpg", b"changed")
        album.put("copy.jpg", (album.root / "same.jpg").read_bytes())
        album.put("new/new.jpg", b"new")

    @pytest.mark.parametrize("seconds", [0, 1000])
    def test_steps_of_one_file_do_as_one_go(
        self, album: Album, source: Source, readers: Readers, seconds: float
    ) -> None:
        for path in ("move/1.jpg", "move/2.jpg", "gone.jpg", "change.jpg", "same.jpg", "bad.jpg", "z/z.jpg"):
            album.put(path, path.encode())
        readers.refused = {b"bad.jpg": PermissionError(13, "no")}
        first = self.in_steps(source, seconds, readers)
        assert first == {"seen": 7, "added": 6, "unreadable": 1}
        self.history(album)
        second = self.in_steps(source, seconds, readers)
        assert second == {"seen": 8, "added": 2, "changed": 1, "moved": 2, "gone": 1, "unreadable": 1}
        assert self.summary(source) == {
            "a-moved/1.jpg": (blake3(b"move/1.jpg").hexdigest(), True, ""),
            "a-moved/2.jpg": (blake3(b"move/2.jpg").hexdigest(), True, ""),
            "bad.jpg": ("", True, "unreadable"),
            "change.jpg": (blake3(b"changed").hexdigest(), True, ""),
            "copy.jpg": (blake3(b"same.jpg").hexdigest(), True, ""),
            "gone.jpg": (blake3(b"gone.jpg").hexdigest(), False, ""),
            "move/1.jpg": (blake3(b"move/1.jpg").hexdigest(), False, ""),
            "move/2.jpg": (blake3(b"move/2.jpg").hexdigest(), False, ""),
            "new/new.jpg": (blake3(b"new").hexdigest(), True, ""),
            "same.jpg": (blake3(b"same.jpg").hexdigest(), True, ""),
            "z/z.jpg": (blake3(b"z/z.jpg").hexdigest(), True, ""),
        }
        assert Media.objects.count() == 7

    def in_steps(self, source: Source, seconds: float, readers: Readers) -> dict[str, int]:
        scan = scan_start(source)
        steps = 1
        while scan_step(scan, seconds=seconds, readers=readers):
            steps += 1
            assert steps < 20
        assert (steps > 1) == (seconds == 0)
        return counts(scan)

    def test_a_crash_loses_nothing(
        self, album: Album, source: Source, monkeypatch: pytest.MonkeyPatch, readers: Readers
    ) -> None:
        monkeypatch.setattr(chunks, "FIRST_CHUNK", 2)
        monkeypatch.setattr(chunks, "CHUNK", 2)
        for number in range(6):
            album.put(f"{number}.jpg")
        scan = scan_start(source)
        with monkeypatch.context() as patch:
            written = []
            count = chunks._count

            def die(*arguments: object) -> None:
                count(*arguments)  # type: ignore[arg-type]
                written.append(1)
                if len(written) == 2:
                    raise KeyboardInterrupt

            patch.setattr(chunks, "_count", die)
            with pytest.raises(KeyboardInterrupt):
                scan_step(scan)
        assert len(live(source)) == 2
        readers.opened.clear()
        again = scan_start(source)
        assert again.pk == scan.pk
        assert not scan_step(again, readers=readers)
        assert readers.opened == [b"2.jpg", b"3.jpg", b"4.jpg", b"5.jpg"]
        assert counts(again) == {"seen": 6, "added": 6}

    def test_the_first_chunk_is_small(self, album: Album, source: Source) -> None:
        for number in range(60):
            album.put(f"{number:02}.jpg")
        seen = []
        scan = scan_start(source)
        with CaptureQueriesContext(connection) as queries:
            scan_step(scan)
        for query in queries:
            if query["sql"].startswith('UPDATE "media_index_scan" SET "cursor"'):
                seen.append(int(query["sql"].partition('"seen" = ')[2].partition(",")[0]))
        assert seen == [50, 60]

    def test_a_scan_that_began_before_is_followed_by_another(self, album: Album, source: Source) -> None:
        album.put("b.jpg")
        album.put("c.jpg")
        scan = scan_start(source)
        assert scan_step(scan, seconds=0)
        album.put("a.jpg")
        done = scan_run(source)
        assert done.pk > scan.pk
        assert set(live(source)) == {"a.jpg", "b.jpg", "c.jpg"}

    def test_one_that_was_only_made_is_not(self, album: Album, source: Source) -> None:
        album.put("a.jpg")
        scan = scan_start(source)
        assert scan_run(source).pk == scan.pk

    def test_a_finished_scan_does_nothing(self, album: Album, source: Source, readers: Readers) -> None:
        album.put("a.jpg")
        scan = scanned(source)
        assert not scan_step(scan, readers=readers)
        assert readers.opened == []

    def test_a_source_that_was_unlinked_ends_the_scan(self, album: Album, source: Source) -> None:
        album.put("a.jpg")
        scan = scan_start(source)
        Source.objects.all().delete()
        assert not scan_step(scan)
        assert not Media.objects.exists()

    def test_old_scans_are_forgotten(self, album: Album, source: Source) -> None:
        for _ in range(sweep.SCANS_KEPT + 3):
            last = scanned(source)
        assert Scan.objects.count() == sweep.SCANS_KEPT
        assert Scan.objects.latest("pk") == last


@pytest.mark.django_db(transaction=True)
def test_two_steps_of_one_source_never_run_at_once(album: Album) -> None:
    source = SourceFactory(root=str(album.root))
    album.put("a.jpg")
    scan = scan_start(source)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [source_key(source.pk)])
        with pytest.raises(SourceBusyError):
            scan_step(scan)
        assert not live(source)
    finally:
        other.close()
    assert not scan_step(scan)
    assert list(live(source)) == ["a.jpg"]


@pytest.mark.django_db(transaction=True)
def test_a_scan_outlives_djangos_connection(album: Album) -> None:
    """The queue closes a connection that is older than CONN_MAX_AGE, in the middle of a step."""
    source = SourceFactory(root=str(album.root))
    album.put("a.jpg")
    connection.ensure_connection()
    connection.close_at = time.monotonic() - 1
    assert scan_run(source).state == "finished"
    assert list(live(source)) == ["a.jpg"]


class TestStatements:
    def statements(self, source: Source) -> int:
        """How many a whole scan in one chunk takes."""
        with CaptureQueriesContext(connection) as queries:
            scanned(source)
        return len(queries)

    def test_do_not_grow_with_the_chunk(self, tmp_path: Path) -> None:
        taken = []
        for size in (2, 40):
            album = Album(tmp_path / f"album{size}")
            source = SourceFactory(root=str(album.root))
            for number in range(size):
                for name in ("same", "change", "gone", "move"):
                    album.put(f"{name}/{number}.jpg", f"{name} {number} {size}".encode())
            first = self.statements(source)
            unchanged = self.statements(source)
            (album.root / "move").rename(album.root / "moved")
            shutil.rmtree(album.root / "gone")
            for number in range(size):
                album.put(f"change/{number}.jpg", f"changed {number} {size}".encode())
            taken.append((first, unchanged, self.statements(source)))
        assert taken[0] == taken[1]

    @pytest.fixture(autouse=True)
    def one_chunk(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(chunks, "FIRST_CHUNK", chunks.CHUNK)


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        (1_560_000_000_999_999_999, datetime(2019, 6, 8, 14, 20, 0, 999999)),  # summer time
        (-1, datetime(1970, 1, 1, 0, 59, 59, 999999)),  # an hour ahead all year then
    ],
)
def test_wall_time_is_that_of_the_project(instant: int, shown: datetime, settings: object) -> None:
    settings.TIME_ZONE = "Europe/Lisbon"  # type: ignore[attr-defined]
    with timezone.override("Asia/Tokyo"):
        assert chunks.wall_time(instant) == shown


@pytest.mark.parametrize("instant", [-(2**63), 2**63 - 1])
def test_wall_time_of_the_farthest_file_times(instant: int) -> None:
    assert chunks.wall_time(instant).year in {1677, 2262}
