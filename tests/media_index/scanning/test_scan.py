"""What a scan makes of real files that come, change, move and go."""

from __future__ import annotations

import os
import shutil
import time
from datetime import datetime
from pathlib import Path

import pytest
from blake3 import blake3
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from media_index import thumbnail_store
from media_index.models import Capture, Embedding, Encoder, Extraction, Label, Location, Media, Scan, Source
from media_index.scanning import chunk as chunks
from media_index.scanning import scan as scans
from media_index.scanning.lock import SourceBusyError, source_key
from media_index.scanning.scan import scan_run, scan_start, scan_step
from tests.factories import SourceFactory
from tests.media_index.scanning.conftest import Album, Readers, counts, live, scanned

pytestmark = pytest.mark.django_db


class TestNew:
    def test_a_new_file(self, album: Album, source: Source, settings: object) -> None:
        settings.TIME_ZONE = "UTC"  # type: ignore[attr-defined]
        file = album.put("2019/beach.jpg", b"\xff\xd8\xff\xe0 a photo")
        os.utime(file, ns=(0, 1_560_000_000_987_654_321))
        assert counts(scanned(source)) == {"seen": 1, "added": 1}
        location = Location.objects.get()
        assert (location.path, bytes(location.raw_path)) == ("2019/beach.jpg", b"2019/beach.jpg")
        assert (location.size, location.mtime_ns) == (12, 1_560_000_000_987_654_321)
        media = location.media
        assert media is not None
        assert media.content_hash == blake3(b"\xff\xd8\xff\xe0 a photo").hexdigest()
        assert (media.kind, media.mime, media.size) == ("image", "image/jpeg", 12)
        assert (media.taken_at, media.taken_from) == (datetime(2019, 6, 8, 13, 20, 0, 987654), "file")
        source.refresh_from_db()
        assert (source.state, source.state_detail) == (Source.State.ONLINE, "")
        assert source.scanned_at is not None

    def test_its_work_is_planned(self, album: Album, source: Source) -> None:
        album.put("a.jpg", b"\xff\xd8\xff\xe0 a photo")
        scanned(source)
        assert {"exif", "thumbnails"} <= set(Extraction.objects.values_list("extractor", flat=True))

    def test_the_ml_worker_is_woken(
        self, album: Album, source: Source, django_capture_on_commit_callbacks: object
    ) -> None:
        from django_q.models import OrmQ

        album.put("a.jpg")
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            scanned(source)
        assert [row.func() for row in OrmQ.objects.all()] == ["media_index.tasks.extract"]

    def test_copies_share_a_media(self, album: Album, source: Source) -> None:
        for path in ("a.jpg", "b.jpg", "c/a.jpg"):
            album.put(path, b"same")
        assert counts(scanned(source)) == {"seen": 3, "added": 3}
        assert Media.objects.count() == 1
        assert len(set(live(source).values())) == 1

    def test_copies_in_two_sources(self, album: Album, source: Source, tmp_path: Path) -> None:
        other = Album(tmp_path / "other")
        second = SourceFactory(root=str(other.root))
        album.put("a.jpg", b"same")
        other.put("b.jpg", b"same")
        scanned(source)
        scanned(second)
        assert live(source)["a.jpg"] == live(second)["b.jpg"]

    def test_an_empty_file(self, album: Album, source: Source) -> None:
        album.put("empty.jpg", b"")
        album.put("empty.mp4", b"")
        scanned(source)
        media = Media.objects.get()
        assert (media.kind, media.size) == ("image", 0)

    def test_odd_names(self, album: Album, source: Source) -> None:
        names = [b"\xff\xfe.jpg", b"a\nb.jpg", "caf\u00e9.jpg".encode(), "cafe\u0301.jpg".encode(), b"\xed\xa0\x80.jpg"]
        for name in names:
            album.put(name)
        scanned(source)
        rows = Location.objects.all()
        assert {bytes(row.raw_path) for row in rows} == set(names)
        assert len(live(source)) == len(names)
        assert counts(scanned(source)) == {"seen": 5}

    def test_the_longest_path(self, album: Album, source: Source) -> None:
        path = "/".join(["d" * 250] * 14 + ["a.jpg"])
        album.put(path)
        scanned(source)
        assert list(live(source)) == [path]


class TestAgain:
    def test_what_is_unchanged_is_not_read(self, album: Album, source: Source, readers: Readers) -> None:
        for number in range(5):
            album.put(f"{number}.jpg")
        scanned(source, readers)
        assert len(readers.opened) == 5
        readers.opened.clear()
        assert counts(scanned(source, readers)) == {"seen": 5}
        assert readers.opened == []

    def test_a_new_inode_alone_is_no_change(self, album: Album, source: Source, readers: Readers) -> None:
        file = album.put("a.jpg")
        scanned(source, readers)
        shutil.copy2(file, album.root / "copy")
        (album.root / "copy").replace(file)
        scanned(source, readers)
        assert readers.opened == [b"a.jpg"]

    def test_a_touched_file_is_read_and_is_the_same(self, album: Album, source: Source, readers: Readers) -> None:
        album.put("a.jpg", b"one")
        scanned(source, readers)
        before = live(source)
        album.put("a.jpg", b"one")
        assert counts(scanned(source, readers)) == {"seen": 1}
        assert readers.opened == [b"a.jpg", b"a.jpg"]
        assert live(source) == before
        readers.opened.clear()
        scanned(source, readers)
        assert readers.opened == []


class TestChanged:
    def derive(self, media: Media) -> None:
        encoder = Encoder.objects.create(name="test", version="1", dimensions=2)
        Embedding.objects.create(media=media, encoder=encoder, vector=[1, 0])
        Label.objects.create(media=media, name="cat", score=0.5)
        Capture.objects.create(media=media, camera_model="X")
        Extraction.objects.filter(media=media).update(state=Extraction.State.DONE)
        thumbnail_store.write(media.content_hash, {"small": b"a picture"})
        Media.objects.filter(pk=media.pk).update(has_preview=True, width=1, height=1, placeholder=b"x")

    def test_the_media_stays_and_is_done_anew(
        self, album: Album, source: Source, django_capture_on_commit_callbacks: object
    ) -> None:
        album.put("a.jpg", b"\xff\xd8\xff one")
        scanned(source)
        before = Media.objects.get()
        self.derive(before)
        album.put("a.jpg", b"\x89PNG\r\n\x1a\n two")
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            assert counts(scanned(source)) == {"seen": 1, "changed": 1}
        media = Media.objects.get()
        assert media.pk == before.pk
        assert media.content_hash == blake3(b"\x89PNG\r\n\x1a\n two").hexdigest()
        assert (media.size, media.mime) == (12, "image/png")
        assert (media.has_preview, media.width, media.height, media.placeholder) == (False, None, None, None)
        for derived in (Embedding, Label, Capture):
            assert not derived.objects.exists()
        assert Extraction.objects.filter(state=Extraction.State.PENDING, extractor="thumbnails").exists()
        assert not Extraction.objects.filter(state=Extraction.State.DONE).exists()
        assert not thumbnail_store.file(before.content_hash, "small").exists()

    def test_a_copy_that_changes_leaves_the_other_alone(self, album: Album, source: Source) -> None:
        album.put("a.jpg", b"one")
        album.put("b.jpg", b"one")
        scanned(source)
        before = live(source)
        album.put("b.jpg", b"two")
        assert counts(scanned(source)) == {"seen": 2, "changed": 1}
        after = live(source)
        assert after["a.jpg"] == before["a.jpg"]
        assert after["b.jpg"] != before["b.jpg"]
        assert Media.objects.get(pk=after["a.jpg"]).content_hash == blake3(b"one").hexdigest()

    def test_all_copies_change_alike(self, album: Album, source: Source) -> None:
        for path in ("a.jpg", "b.jpg"):
            album.put(path, b"one")
        scanned(source)
        before = live(source)
        for path in ("a.jpg", "b.jpg"):
            album.put(path, b"two")
        assert counts(scanned(source)) == {"seen": 2, "changed": 2}
        assert live(source) == before
        assert Media.objects.get().content_hash == blake3(b"two").hexdigest()

    def test_copies_change_apart(self, album: Album, source: Source) -> None:
        for path in ("a.jpg", "b.jpg"):
            album.put(path, b"one")
        scanned(source)
        before = live(source)
        album.put("a.jpg", b"two")
        album.put("b.jpg", b"three")
        scanned(source)
        after = live(source)
        assert after["a.jpg"] == before["a.jpg"]
        assert after["b.jpg"] != before["b.jpg"]
        hashes = set(Media.objects.values_list("content_hash", flat=True))
        assert hashes == {blake3(b"two").hexdigest(), blake3(b"three").hexdigest()}

    def test_changed_into_another_known_content(self, album: Album, source: Source) -> None:
        album.put("a.jpg", b"one")
        album.put("b.jpg", b"two")
        scanned(source)
        before = live(source)
        album.put("a.jpg", b"two")
        assert counts(scanned(source)) == {"seen": 2, "changed": 1}
        assert live(source) == {"a.jpg": before["b.jpg"], "b.jpg": before["b.jpg"]}

    def test_two_files_swap_names(self, album: Album, source: Source) -> None:
        album.put("a.jpg", b"one")
        album.put("b.jpg", b"two")
        scanned(source)
        before = live(source)
        album.put("a.jpg", b"two")
        album.put("b.jpg", b"one")
        scanned(source)
        assert live(source) == {"a.jpg": before["b.jpg"], "b.jpg": before["a.jpg"]}

    @pytest.mark.parametrize("kept", ["0.jpg", "z.jpg"])
    def test_an_editor_keeps_the_original_under_another_name(self, album: Album, source: Source, kept: str) -> None:
        album.put("photo.jpg", b"original")
        scanned(source)
        before = live(source)["photo.jpg"]
        (album.root / "photo.jpg").rename(album.root / kept)
        album.put("photo.jpg", b"edited")
        scanned(source)
        assert live(source)[kept] == before
        assert live(source)["photo.jpg"] != before

    def test_another_file_under_the_name_of_one_that_was_gone(self, album: Album, source: Source) -> None:
        album.put("keep.jpg")
        album.put("DSC0001.jpg", b"one")
        scanned(source)
        before = live(source)["DSC0001.jpg"]
        (album.root / "DSC0001.jpg").unlink()
        scanned(source)
        album.put("DSC0001.jpg", b"two")
        assert counts(scanned(source)) == {"seen": 2, "added": 1}
        assert live(source)["DSC0001.jpg"] != before


class TestMovedAndGone:
    def test_renamed(self, album: Album, source: Source) -> None:
        file = album.put("a.jpg")
        album.put("other.jpg")
        scanned(source)
        before = live(source)
        file.rename(album.root / "b.jpg")
        assert counts(scanned(source)) == {"seen": 2, "moved": 1}
        assert live(source) == {"b.jpg": before["a.jpg"], "other.jpg": before["other.jpg"]}

    def test_a_folder_moves_and_comes_back(self, album: Album, source: Source, readers: Readers) -> None:
        for number in range(10):
            album.put(f"old/in/{number}.jpg")
        scanned(source)
        before = live(source)
        (album.root / "old").rename(album.root / "new")
        assert counts(scanned(source)) == {"seen": 10, "moved": 10}
        assert {path.replace("new/", "old/"): media for path, media in live(source).items()} == before
        (album.root / "new").rename(album.root / "old")
        assert counts(scanned(source, readers)) == {"seen": 10, "moved": 10}
        assert live(source) == before
        assert readers.opened == []
        assert Media.objects.count() == 10

    def test_gone_and_back(self, album: Album, source: Source, readers: Readers) -> None:
        file = album.put("a.jpg")
        album.put("b.jpg")
        scanned(source)
        before = live(source)
        aside = file.rename(album.root.parent / "aside.jpg")
        assert counts(scanned(source)) == {"seen": 1, "gone": 1}
        gone = Location.objects.get(path="a.jpg")
        assert gone.gone_at is not None
        assert gone.media_id == before["a.jpg"]
        aside.rename(file)
        assert counts(scanned(source, readers)) == {"seen": 2, "added": 1}
        assert live(source) == before
        assert readers.opened == []

    def test_one_of_two_copies_goes(self, album: Album, source: Source) -> None:
        album.put("a.jpg", b"same").chmod(0o600)
        copy = album.put("b.jpg", b"same")
        scanned(source)
        copy.unlink()
        assert counts(scanned(source)) == {"seen": 1, "gone": 1}

    def test_a_copy_is_no_move(self, album: Album, source: Source) -> None:
        album.put("a.jpg", b"same")
        scanned(source)
        album.put("b.jpg", b"same")
        assert counts(scanned(source)) == {"seen": 2, "added": 1}

    def test_what_patterns_leave_out_is_gone(self, album: Album, source: Source) -> None:
        album.put("a.jpg")
        album.put("b.png")
        scanned(source)
        Source.objects.filter(pk=source.pk).update(exclude="*.png")
        source.refresh_from_db()
        assert counts(scanned(source)) == {"seen": 1, "gone": 1}


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
        scanned(source, readers)
        assert Location.objects.get(path="a.jpg").problem == "vanished"
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
        monkeypatch.setattr(scans, "FIRST_CHUNK", 2)
        monkeypatch.setattr(scans, "CHUNK", 2)
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
        for _ in range(scans.SCANS_KEPT + 3):
            last = scanned(source)
        assert Scan.objects.count() == scans.SCANS_KEPT
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
        monkeypatch.setattr(scans, "FIRST_CHUNK", scans.CHUNK)


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
