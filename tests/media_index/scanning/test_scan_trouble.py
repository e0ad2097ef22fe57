"""What cannot be read, and sources that are away: nothing may be taken for deleted."""

from __future__ import annotations

import os
import shutil

import pytest

from media_index.models import Location, Scan, Source
from media_index.scanning.scan import scan_run, scan_start, scan_step
from tests.media_index.scanning.conftest import Album, Readers, counts, live, scanned

pytestmark = pytest.mark.django_db


class TestUnreadable:
    DENIED = PermissionError(13, "Permission denied")

    def test_a_new_file_that_cannot_be_read(self, album: Album, source: Source, readers: Readers) -> None:
        album.put("a.jpg")
        album.put("b.jpg")
        readers.refused = {b"a.jpg": self.DENIED}
        assert counts(scanned(source, readers)) == {"seen": 2, "added": 1, "unreadable": 1}
        location = Location.objects.get(path="a.jpg")
        assert (location.media_id, location.problem, location.gone_at) == (None, "unreadable", None)
        readers.refused = {}
        readers.opened.clear()
        assert counts(scanned(source, readers)) == {"seen": 2, "added": 1}
        assert readers.opened == [b"a.jpg"]
        location.refresh_from_db()
        assert location.media_id is not None
        assert location.problem == ""

    def test_a_known_file_keeps_its_media(self, album: Album, source: Source, readers: Readers) -> None:
        album.put("a.jpg", b"one")
        scanned(source)
        before = live(source)
        album.put("a.jpg", b"two")
        readers.refused = {b"a.jpg": OSError(5, "Input/output error")}
        assert counts(scanned(source, readers)) == {"seen": 1, "unreadable": 1}
        assert live(source) == before
        assert Location.objects.get().problem == "unreadable"
        assert counts(scanned(source)) == {"seen": 1, "changed": 1}
        assert Location.objects.get().problem == ""

    def test_a_file_that_vanishes_before_it_is_read(self, album: Album, source: Source, readers: Readers) -> None:
        file = album.put("a.jpg")
        album.put("b.jpg")
        readers.refused = {b"a.jpg": FileNotFoundError(2, "No such file")}
        assert counts(scanned(source, readers)) == {"seen": 2, "added": 1}
        assert list(live(source)) == ["b.jpg"]
        assert counts(scanned(source)) == {"seen": 2, "added": 1}
        file.unlink()
        assert counts(scanned(source)) == {"seen": 1, "gone": 1}

    def test_a_file_that_takes_too_long(self, album: Album, source: Source) -> None:
        album.put("a.jpg")
        assert not scan_step(scan_start(source), file_seconds=-1)
        assert Location.objects.get().problem == "unreadable"

    def test_what_cannot_be_listed_is_not_gone(
        self, album: Album, source: Source, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for path in ("a/1.jpg", "a%b/1.jpg", "b/in/2.jpg", "b/3.jpg", "b\\/4.jpg", "c/5.jpg", "c/6.jpg"):
            album.put(path)
        scanned(source)
        before = live(source)
        (album.root / "c" / "6.jpg").unlink()
        scandir = os.scandir

        def refuse(path: bytes) -> object:
            if path.endswith((b"/a", b"/b\\", b"/b/in")):
                raise self.DENIED
            return scandir(path)

        monkeypatch.setattr(os, "scandir", refuse)
        scan = scanned(source)
        assert counts(scan) == {"seen": 3, "gone": 1, "unreadable": 3}
        assert scan.detail.splitlines()[0] == "could not be looked at: a"
        assert live(source) == {path: media for path, media in before.items() if path != "c/6.jpg"}
        source.refresh_from_db()
        assert source.state == Source.State.ONLINE
        assert "could not be listed" in source.state_detail
        monkeypatch.undo()
        assert counts(scanned(source)) == {"seen": 6}


class TestOffline:
    def check_kept(self, source: Source, before: dict[str, int | None], words: str) -> None:
        scan = scan_run(source)
        assert scan.state == Scan.State.FAILED
        assert scan.finished_at is not None
        source.refresh_from_db()
        assert source.state == Source.State.OFFLINE
        assert words in source.state_detail
        assert "\n" not in source.state_detail
        assert live(source) == before

    def test_an_emptied_root(self, album: Album, source: Source) -> None:
        album.put("a.jpg")
        scanned(source)
        before = live(source)
        (album.root / "a.jpg").unlink()
        self.check_kept(source, before, "is empty")
        album.put("a.jpg")
        scanned(source)
        source.refresh_from_db()
        assert (source.state, source.state_detail) == (Source.State.ONLINE, "")

    def test_a_mount_point_with_nothing_but_a_hidden_file(self, album: Album, source: Source) -> None:
        album.put("a.jpg")
        scanned(source)
        before = live(source)
        (album.root / "a.jpg").rename(album.root / ".nomedia")
        self.check_kept(source, before, "holds none of its files")

    def test_a_root_that_is_away(self, album: Album, source: Source) -> None:
        album.put("a.jpg")
        scanned(source)
        before = live(source)
        album.root.rename(album.root.with_name("unplugged"))
        self.check_kept(source, before, "is not there")

    def test_a_root_that_became_a_file(self, album: Album, source: Source) -> None:
        album.put("a.jpg")
        scanned(source)
        before = live(source)
        shutil.rmtree(album.root)
        album.root.write_bytes(b"")
        self.check_kept(source, before, "is not a folder")

    def test_a_disk_that_goes_away_half_way(self, album: Album, source: Source) -> None:
        for number in range(6):
            album.put(f"{number}.jpg")
        scanned(source)
        before = live(source)
        for number in range(3):
            album.put(f"{number}.jpg")
        scan = scan_start(source)
        assert scan_step(scan, seconds=0)
        for file in album.root.iterdir():
            file.unlink()
        assert not scan_step(scan)
        assert scan.state == Scan.State.FAILED
        assert live(source) == before

    def test_a_disk_that_was_mounted_anew_half_way(self, album: Album, source: Source) -> None:
        for number in range(3):
            album.put(f"{number}.jpg")
        scan = scan_start(source)
        assert scan_step(scan, seconds=0)
        followed = {f"{int(key.partition(':')[0]) + 1}:9": place for key, place in scan.followed.items()}
        Scan.objects.filter(pk=scan.pk).update(followed=followed)
        assert scan_step(scan)
        assert (scan.state, Source.objects.get().state) == (Scan.State.FAILED, Source.State.NEW)
        assert counts(scanned(source)) == {"seen": 3, "added": 2}

    def test_a_new_empty_folder_is_fine(self, album: Album, source: Source) -> None:
        assert counts(scanned(source)) == {}
        source.refresh_from_db()
        assert source.state == Source.State.ONLINE
