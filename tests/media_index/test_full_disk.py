"""A disk that is full in the middle of a slice: no file is blamed, nothing half-written is left, and it goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection

from media_index import selectors, thumbnail_store
from media_index.models import Extraction, Media, Source
from media_index.pipeline import NOTICE
from media_index.runner import Runner
from tests.media_index import trial_plugin

Write = Callable[..., Path]
Scanned = Callable[[], Source]
FULL = "DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"


def no_room_for(content_hash: str, size: str) -> Path:
    """Let the draft of this picture lead to the device that is always full."""
    target = thumbnail_store.file(content_hash, size)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.part")
    draft.symlink_to("/dev/full")
    return draft


def attempts() -> set[int]:
    return set(Extraction.objects.values_list("attempts", flat=True))


class TestThumbnailStore:
    PICTURES = {"small": b"s" * 10, "medium": b"m" * 20}

    def test_keeps_all(self) -> None:
        thumbnail_store.write_all({"a" * 64: self.PICTURES, "b" * 64: self.PICTURES})
        for name in ("a" * 64, "b" * 64):
            assert thumbnail_store.file(name, "medium").read_bytes() == b"m" * 20
            assert [one.name for one in thumbnail_store.file(name, "small").parent.glob(".*")] == []

    def test_what_a_killed_worker_left_is_written_over_or_removed(self) -> None:
        target = thumbnail_store.file("a" * 64, "small")
        left = target.with_name(f".{target.name}.part")
        left.parent.mkdir(parents=True, exist_ok=True)
        left.write_bytes(b"half")
        thumbnail_store.write("a" * 64, self.PICTURES)
        assert target.read_bytes() == b"s" * 10
        assert not left.exists()
        left.write_bytes(b"half")
        thumbnail_store.remove("a" * 64)
        assert list(left.parent.iterdir()) == []

    def test_none_where_one_has_no_room(self) -> None:
        no_room_for("b" * 64, "medium")
        with pytest.raises(OSError, match="No space left"):
            thumbnail_store.write_all({"a" * 64: self.PICTURES, "b" * 64: self.PICTURES})
        folders = [thumbnail_store.file(name, "small").parent for name in ("a" * 64, "b" * 64)]
        assert [list(folder.iterdir()) for folder in folders] == [[], []]

    def test_whole_only_with_every_size_and_content(self) -> None:
        whole = dict.fromkeys(thumbnail_store.SIZES, b"x")
        assert not thumbnail_store.is_whole("a" * 64)
        thumbnail_store.write("a" * 64, self.PICTURES)
        assert not thumbnail_store.is_whole("a" * 64)
        thumbnail_store.write("a" * 64, whole)
        assert thumbnail_store.is_whole("a" * 64)
        thumbnail_store.write("a" * 64, {**whole, "large": b""})
        assert not thumbnail_store.is_whole("a" * 64)


@pytest.mark.django_db
class TestSlice:
    def test_thumbnails_without_room(self, runner: Runner, photo: Write, scanned: Scanned) -> None:
        photo("a.jpg"), photo("b.jpg")
        scanned()
        media = Media.objects.get(locations__path="a.jpg")
        no_room_for(media.content_hash, "large")
        assert runner.step() is False
        assert attempts() == {0}
        assert set(Extraction.objects.values_list("state", flat=True)) == {"pending", "waiting"}
        assert not any(one.is_file() for one in thumbnail_store.file(media.content_hash, "small").parent.iterdir())
        assert "No space left on device" in cache.get(NOTICE)
        assert "No space left on device" in selectors.progress().notice
        rest = runner.rest()
        assert rest and rest.why == "disk" and rest.stops_all
        assert runner.step() is False  # not at once

    def test_it_goes_on_by_itself(self, runner: Runner, photo: Write, scanned: Scanned) -> None:
        photo("a.jpg")
        scanned()
        no_room_for(Media.objects.get().content_hash, "large")
        runner.step()
        runner._trouble_until = 0.0  # the time has passed
        runner.run_until_done()
        assert {row.state for row in Extraction.objects.all()} == {"done"}
        assert cache.get(NOTICE) is None

    def test_a_database_without_room(
        self, runner: Runner, photo: Write, scanned: Scanned, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def store(outcomes: object) -> None:
            with connection.cursor() as cursor:
                cursor.execute(FULL)

        photo("a.jpg"), photo("b.jpg")
        scanned()
        with monkeypatch.context() as without_room:
            without_room.setattr(trial_plugin, "store", store)
            runner.step()
        ml = Extraction.objects.filter(lane="ml")
        assert set(ml.values_list("state", "attempts", "reason")) == {("pending", 0, "")}
        assert "the database has no room: could not extend file" in selectors.progress().notice
        runner._trouble_until = 0.0
        runner.run_until_done()
        assert {row.state for row in Extraction.objects.all()} == {"done"}

    def test_a_folder_that_may_not_be_written(
        self, runner: Runner, photo: Write, scanned: Scanned, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        photo("a.jpg")
        scanned()
        target = thumbnail_store.file(Media.objects.get().content_hash, "small")
        monkeypatch.setattr("media_index.thumbnail_store.settings.THUMBNAILS", "/proc/self/task")
        with pytest.raises(OSError, match="No such file"):
            # What is neither the disk's nor the folder's fault is told as it was.
            runner.step()
        assert not target.exists()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_blames_no_file(
    runner: Runner, photo: Write, scanned: Scanned, monkeypatch: pytest.MonkeyPatch
) -> None:
    def store(outcomes: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    photo("a.jpg"), photo("b.jpg")
    scanned()
    for _ in range(Extraction.MAX_ATTEMPTS + 1):
        with monkeypatch.context() as interrupted:
            interrupted.setattr(trial_plugin, "store", store)
            with pytest.raises(Exception, match="terminating connection"):
                runner.step()
        connection.close()
    runner.run_until_done()
    rows = list(Extraction.objects.filter(lane="ml").values_list("state", "attempts"))
    assert rows == [("done", 1), ("done", 1)]
