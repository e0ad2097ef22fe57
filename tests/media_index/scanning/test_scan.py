"""What a scan makes of real files that come, change, move and go."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from blake3 import blake3

from media_index import thumbnail_store
from media_index.models import (
    Capture,
    Colour,
    Embedding,
    Encoder,
    Extraction,
    Label,
    Location,
    Media,
    Palette,
    Source,
)
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
        Palette.objects.create(media=media)
        Colour.objects.create(media=media, name="red", share=1, lightness=0.6, green_red=0.2, blue_yellow=0.1)
        Extraction.objects.filter(media=media).update(state=Extraction.State.DONE)
        thumbnail_store.write(media.content_hash, {"small": b"a picture"})
        Media.objects.filter(pk=media.pk).update(has_preview=True, width=1, height=1, placeholder=b"x", duration=2.0)

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
        assert media.duration is None
        for derived in (Embedding, Label, Capture, Palette, Colour):
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
