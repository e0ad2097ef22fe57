"""Scans of the folders that were touched: what they see, and what they leave alone."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from media_index.errors import SourceError
from media_index.models import Folder, Location, Media, Scan, Source
from media_index.scanning import folders
from media_index.scanning.scan import scan_run, scan_start, scan_step
from media_index.sources.folder import FolderSource
from tests.factories import SourceFactory
from tests.media_index.scanning.conftest import Album, Readers, counts, live, scanned

pytestmark = pytest.mark.django_db


def touched(source: Source, *paths: str, readers: Readers | None = None) -> Scan:
    """A whole scan of what was touched in these folders, which must end well."""
    folders.touch(source.pk, [os.fsencode(path) for path in paths])
    scan = scan_start(source, whole=False)
    assert not scan.whole
    while scan_step(scan, **({"readers": readers} if readers else {})):
        pass
    assert scan.state == Scan.State.FINISHED, scan.detail
    assert not Folder.objects.filter(source=source, due_at__isnull=False).exists()
    return scan


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The folders that were listed."""
    found: list[bytes] = []
    look = FolderSource._look

    def note(self: FolderSource, folder: object) -> object:
        found.append(folder.path)  # type: ignore[attr-defined]
        return look(self, folder)  # type: ignore[arg-type]

    monkeypatch.setattr(FolderSource, "_look", note)
    return found


class TestTouched:
    def test_only_the_folder_is_listed(self, album: Album, source: Source, listed: list[bytes]) -> None:
        for path in ("a/1.jpg", "b/2.jpg", "b/c/3.jpg"):
            album.put(path)
        scanned(source)
        listed.clear()
        album.put("b/new.jpg")
        album.put("a/unseen.jpg")
        assert counts(touched(source, "b")) == {"seen": 2, "added": 1}
        assert listed == [b"b"]
        assert set(live(source)) == {"a/1.jpg", "b/2.jpg", "b/c/3.jpg", "b/new.jpg"}

    def test_an_unchanged_folder(self, album: Album, source: Source) -> None:
        album.put("a/1.jpg")
        scanned(source)
        assert counts(touched(source, "a")) == {"seen": 1}
        assert set(live(source)) == {"a/1.jpg"}

    def test_a_new_tree_is_found_from_the_folder_above(self, album: Album, source: Source) -> None:
        album.put("a.jpg")
        scanned(source)
        album.put("x/y/z/deep.jpg")
        album.put("x/1.jpg")
        assert counts(touched(source, "x/y/z/deep.jpg", "x"))["added"] == 2
        assert set(live(source)) == {"a.jpg", "x/y/z/deep.jpg", "x/1.jpg"}
        assert counts(scanned(source)) == {"seen": 3}

    def test_gone_and_back(self, album: Album, source: Source) -> None:
        album.put("a/1.jpg")
        file = album.put("a/2.jpg")
        scanned(source)
        before = live(source)
        kept = file.rename(album.root.parent / "aside.jpg")
        assert counts(touched(source, "a", "a/2.jpg")) == {"seen": 1, "gone": 1}
        assert set(live(source)) == {"a/1.jpg"}
        kept.rename(file)
        assert counts(touched(source, "a")) == {"seen": 2, "added": 1}
        assert live(source) == before

    def test_a_folder_moves(self, album: Album, source: Source) -> None:
        for path in ("a/1.jpg", "a/in/2.jpg", "b/3.jpg"):
            album.put(path)
        scanned(source)
        before = live(source)
        (album.root / "a").rename(album.root / "b" / "moved")
        assert counts(touched(source, "", "a", "b", "b/moved"))["moved"] == 2
        assert live(source) == {
            "b/moved/1.jpg": before["a/1.jpg"],
            "b/moved/in/2.jpg": before["a/in/2.jpg"],
            "b/3.jpg": before["b/3.jpg"],
        }
        (album.root / "b" / "moved").rename(album.root / "a")
        touched(source, "", "a", "b", "b/moved")
        assert live(source) == before

    def test_a_folder_becomes_a_file_and_a_folder_again(self, album: Album, source: Source) -> None:
        album.put("a/1.jpg")
        album.put("b.jpg")
        scanned(source)
        shutil.rmtree(album.root / "a")
        album.put("a", b"\xff\xd8\xff a picture")
        assert counts(touched(source, "", "a")) == {"seen": 2, "added": 1, "gone": 1}
        assert set(live(source)) == {"a", "b.jpg"}
        (album.root / "a").unlink()
        album.put("a/1.jpg")
        touched(source, "", "a")
        assert set(live(source)) == {"a/1.jpg", "b.jpg"}

    def test_a_name_in_other_case(self, album: Album, source: Source) -> None:
        album.put("a/IMG.JPG", b"one")
        album.put("b.jpg")
        scanned(source)
        before = live(source)
        (album.root / "a" / "IMG.JPG").rename(album.root / "a" / "img.jpg")
        assert counts(touched(source, "a"))["moved"] == 1
        assert live(source) == {"a/img.jpg": before["a/IMG.JPG"], "b.jpg": before["b.jpg"]}

    def test_hidden_and_foreign_folders_stay_out(self, album: Album, source: Source, tmp_path: Path) -> None:
        album.put("a/1.jpg")
        scanned(source)
        Album(tmp_path / "private").put("secret.jpg")
        SourceFactory(root=str(tmp_path / "private"))
        album.put("a/.hidden/2.jpg")
        (album.root / "a" / "link").symlink_to(tmp_path / "private")
        touched(source, "a/.hidden", "a/link", "a/link/secret.jpg")
        assert set(live(source)) == {"a/1.jpg"}

    def test_nothing_is_asked_of_a_source_never_scanned(self, source: Source) -> None:
        folders.touch(source.pk, [b"", b"a"])
        assert not Folder.objects.exists()


class TestWithWholeScans:
    def test_a_whole_one_takes_the_place_of_one_of_touched_folders(self, album: Album, source: Source) -> None:
        album.put("a/1.jpg")
        scanned(source)
        folders.touch(source.pk, [b"a"])
        part = scan_start(source, whole=False)
        album.put("b/2.jpg")
        whole = scan_start(source)
        assert (whole.pk, whole.whole) == (part.pk, True)
        assert not scan_step(part)
        assert set(live(source)) == {"a/1.jpg", "b/2.jpg"}
        assert scan_run(source).whole

    def test_what_is_touched_while_it_runs_is_looked_at_again(self, album: Album, source: Source) -> None:
        album.put("a/1.jpg")
        scanned(source)
        scan = scan_start(source)
        folders.touch(source.pk, [b"a"], at=timezone.now() + timedelta(seconds=1))
        assert not scan_step(scan)
        assert [bytes(row.raw_path) for row in Folder.objects.filter(due_at__isnull=False)] == [b"a"]

    def test_they_do_not_count_as_looking_through_the_source(self, album: Album, source: Source) -> None:
        album.put("a/1.jpg")
        scanned(source)
        source.refresh_from_db()
        before = source.scanned_at
        touched(source, "a")
        source.refresh_from_db()
        assert source.scanned_at == before

    def test_an_unplugged_disk_is_no_deletion(self, album: Album, source: Source) -> None:
        album.put("a/1.jpg")
        scanned(source)
        before = live(source)
        shutil.rmtree(album.root / "a")
        folders.touch(source.pk, [b"a"])
        scan = scan_start(source, whole=False)
        assert not scan_step(scan)
        assert scan.state == Scan.State.FAILED
        assert live(source) == before
        assert Source.objects.get().state == Source.State.OFFLINE


class GoingSource(FolderSource):
    """Goes away when all of it was listed."""

    checked = 0

    def check(self) -> None:
        self.checked += 1
        if self.checked > 1:
            raise SourceError("the disk went")
        super().check()


class TestUnchangedFolders:
    def test_their_files_are_neither_read_nor_compared(self, album: Album, source: Source, readers: Readers) -> None:
        for number in range(60):
            album.put(f"{number % 3}/{number}.jpg")
        scanned(source)
        with CaptureQueriesContext(connection) as queries:
            assert counts(scanned(source, readers)) == {"seen": 60}
        assert readers.opened == []
        assert not [query for query in queries if '"media_index_location"."path_hash" IN' in query["sql"]]

    def test_a_location_that_was_lost_is_found_again(self, album: Album, source: Source) -> None:
        album.put("a/1.jpg")
        album.put("a/2.jpg")
        scanned(source)
        Location.objects.filter(path="a/1.jpg").delete()
        assert counts(scanned(source)) == {"seen": 2, "added": 1}

    def test_what_could_not_be_read_is_tried_again(self, album: Album, source: Source, readers: Readers) -> None:
        album.put("a/1.jpg")
        album.put("a/2.jpg")
        readers.refused = {b"a/1.jpg": OSError(5, "Input/output error")}
        scanned(source, readers)
        readers.opened.clear()
        scanned(source, readers)
        assert readers.opened == [b"a/1.jpg"]
        readers.refused.clear()
        assert counts(scanned(source, readers)) == {"seen": 2, "added": 1}

    def test_a_scan_that_failed_half_way_leaves_no_file_behind(self, album: Album, source: Source) -> None:
        album.put("a/1.jpg")
        album.put("a/2.jpg")
        album.put("b/3.jpg")
        scanned(source)
        (album.root / "a" / "1.jpg").unlink()
        scan = scan_start(source)
        assert not scan_step(scan, readers=lambda which, followed: GoingSource(which.root, followed=followed))
        assert scan.state == Scan.State.FAILED
        assert len(live(source)) == 3
        assert counts(scanned(source)) == {"seen": 2, "gone": 1}


class TestSettling:
    @pytest.fixture(autouse=True)
    def clock(self, settings: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[time_machine.Coordinates]:
        """A file must rest for an hour; who sleeps lets the time pass."""
        settings.SETTLE_SECONDS = 3600  # type: ignore[attr-defined]
        with time_machine.travel(timezone.now()) as moving:
            monkeypatch.setattr(time, "sleep", moving.shift)
            yield moving

    def test_a_file_that_was_just_written_waits(
        self, album: Album, source: Source, clock: time_machine.Coordinates
    ) -> None:
        album.put("a/old.jpg")
        (album.root / "a" / "new.jpg").write_bytes(b"half")
        scan = scan_start(source)
        assert not scan_step(scan)
        assert set(live(source)) == {"a/old.jpg"}
        assert Folder.objects.get(due_at__isnull=False).due_at > timezone.now()
        with (album.root / "a" / "new.jpg").open("ab") as handle:
            handle.write(b" and whole")
        clock.shift(3601)
        assert counts(touched(source)) == {"seen": 2, "added": 1}
        assert Media.objects.get(locations__path="a/new.jpg").size == len(b"half and whole")
        assert not Media.objects.filter(size=4).exists()

    def test_a_command_waits_for_it(self, album: Album, source: Source) -> None:
        album.put("a/old.jpg")
        (album.root / "a" / "new.jpg").write_bytes(b"new")
        assert counts(scanned(source)) == {"seen": 3, "added": 2}
        assert set(live(source)) == {"a/old.jpg", "a/new.jpg"}

    def test_a_known_file_that_is_being_written_stays_what_it_was(self, album: Album, source: Source) -> None:
        album.put("a/1.jpg", b"one")
        scanned(source)
        before = live(source)
        (album.root / "a" / "1.jpg").write_bytes(b"half of tw")
        scan = scan_start(source)
        assert not scan_step(scan)
        assert live(source) == before
        assert Media.objects.get().size == 3

    def test_what_a_camera_dated_in_the_future_does_not_wait(self, album: Album, source: Source) -> None:
        file = album.put("a/1.jpg")
        os.utime(file, (time.time() + 1e6, time.time() + 1e6))
        assert not scan_step(scan_start(source))
        assert set(live(source)) == {"a/1.jpg"}


class GrowingSource(FolderSource):
    """Somebody writes to the file while it is read."""

    def open(self, raw_path: bytes) -> object:  # type: ignore[override]
        handle = super().open(raw_path)
        with open(self.local_path(raw_path), "ab") as writing:  # noqa: PTH123
            writing.write(b" more")
        return handle


def test_a_file_that_changes_while_it_is_read_is_read_again(album: Album, source: Source) -> None:
    album.put("a/1.jpg", b"half")
    scan = scan_start(source)
    assert not scan_step(scan, readers=lambda which, followed: GrowingSource(which.root, followed=followed))
    assert not Media.objects.exists()
    folder = Folder.objects.get(raw_path=b"a")
    assert folder.due_at is not None
    scanned(source)
    assert Media.objects.get().size == len(b"half more")
