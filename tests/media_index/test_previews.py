"""Pictures that are gone from the disk are made again."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django_q.models import OrmQ

from media_index import previews, selectors, thumbnail_store
from media_index.models import Extraction, Media, Source
from media_index.previews import preview_noticed_missing, previews_check, previews_redo
from media_index.runner import Runner
from media_index.scanning.scan import scan_run
from scanpix.runtime import queue

pytestmark = pytest.mark.django_db
Write = Callable[..., Path]
Scanned = Callable[[], Source]


def states(media: Media) -> dict[str, str]:
    return dict(media.extractions.values_list("extractor", "state"))


@pytest.fixture
def media(runner: Runner, photo: Write, scanned: Scanned) -> Media:
    """A photo that is indexed."""
    photo("a.jpg")
    scanned()
    runner.run_until_done()
    OrmQ.objects.all().delete()
    found = Media.objects.get()
    assert set(states(found).values()) == {"done"}
    return found


def test_the_check_finds_and_remakes(media: Media, runner: Runner) -> None:
    assert previews_check() == previews.PreviewCheck(1, 0, 0, ())
    thumbnail_store.file(media.content_hash, "medium").unlink()
    assert previews_check() == previews.PreviewCheck(1, 1, 0, (media.pk,))
    assert states(media)["thumbnails"] == "done"
    assert previews_check(remake=True) == previews.PreviewCheck(1, 1, 1, (media.pk,))
    assert [row.func() for row in OrmQ.objects.all()] == [queue.EXTRACT]
    assert states(media) == {"exif": "done", "thumbnails": "pending", "brightness": "done"}
    runner.run_until_done()
    media.refresh_from_db()
    assert media.has_preview and thumbnail_store.is_whole(media.content_hash)


def test_the_check_removes_what_was_left_half_written(media: Media) -> None:
    picture = thumbnail_store.file(media.content_hash, "small")
    old, young = picture.with_name(".a-small.webp.part"), picture.with_name(".b-small.webp.part")
    for draft in (old, young):
        draft.write_bytes(b"half")
    os.utime(old, (0, 0))
    assert previews_check().drafts == 0
    assert previews_check(remake=True).drafts == 1
    assert not old.exists() and young.exists() and picture.exists()


def test_the_check_goes_in_parts(
    runner: Runner, photo: Write, scanned: Scanned, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "CHECKED_AT_ONCE", 2)
    monkeypatch.setattr(previews, "SHOWN", 3)
    for number in range(5):
        photo(f"{number}.jpg")
    scanned()
    runner.run_until_done()
    for media in Media.objects.all():
        thumbnail_store.remove(media.content_hash)
    found = previews_check(remake=True)
    assert (found.checked, found.lost, found.remade, len(found.examples)) == (5, 5, 5, 3)


def test_an_empty_file_is_none(media: Media) -> None:
    thumbnail_store.file(media.content_hash, "small").write_bytes(b"")
    assert previews_check().lost == 1


def test_of_an_offline_source_what_is_left_stays(media: Media) -> None:
    thumbnail_store.file(media.content_hash, "small").unlink()
    Source.objects.update(state=Source.State.OFFLINE)
    assert previews_redo([media.pk]) == set()
    assert previews_check(remake=True).remade == 0
    media.refresh_from_db()
    assert media.has_preview


def test_noticed_by_a_page(media: Media) -> None:
    preview_noticed_missing(media)
    media.refresh_from_db()
    assert not media.has_preview
    assert OrmQ.objects.count() == 1
    preview_noticed_missing(media)
    assert OrmQ.objects.count() == 1


@pytest.mark.parametrize("damage", ["missing", "empty", "torn"])
def test_the_ml_lane_waits_for_another(media: Media, runner: Runner, damage: str) -> None:
    for size in thumbnail_store.SIZES:
        file = thumbnail_store.file(media.content_hash, size)
        if damage == "missing":
            file.unlink()
        else:
            file.write_bytes(file.read_bytes()[:60] if damage == "torn" else b"")
    Extraction.objects.filter(lane="ml").update(state="pending", attempts=0)
    runner.run_until_done()
    assert states(media) == {"exif": "done", "thumbnails": "done", "brightness": "done"}
    assert thumbnail_store.is_whole(media.content_hash)


def test_a_disk_that_spoils_everything_does_not_go_on_for_ever(
    media: Media, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = thumbnail_store.write_all
    monkeypatch.setattr(
        thumbnail_store,
        "write_all",
        lambda photos: write({one: dict.fromkeys(sizes, b"spoilt") for one, sizes in photos.items()}),
    )
    thumbnail_store.remove(media.content_hash)
    Extraction.objects.filter(lane="ml").update(state="pending", attempts=0)
    runner.run_until_done()
    row = Extraction.objects.get(lane="ml")
    assert (row.state, row.reason, row.attempts) == ("set_aside", "no_preview", Extraction.MAX_ATTEMPTS)


def test_without_an_original_it_is_told_once(media: Media, runner: Runner, photo: Write, photos: Path) -> None:
    photo("another.jpg")  # a folder that holds nothing any more would be offline
    thumbnail_store.remove(media.content_hash)
    (photos / "a.jpg").unlink()
    Extraction.objects.filter(lane="ml").update(state="pending", attempts=0)
    runner.run_until_done()
    assert states(media)["thumbnails"] == "set_aside"
    assert states(media)["brightness"] == "failed"


def test_while_its_source_is_away_it_waits(media: Media, runner: Runner, photos: Path) -> None:
    thumbnail_store.remove(media.content_hash)
    photos.rename(photos.with_name("unplugged"))
    Extraction.objects.filter(lane="ml").update(state="pending", attempts=0)
    # Two runs: what waits for its source is not taken for what waits for its preview.
    for _ in range(2):
        runner.run_until_done()
        row = Extraction.objects.get(lane="ml")
        assert (row.state, row.reason, row.attempts) == ("waiting", "offline", 0)
    media.refresh_from_db()
    assert media.has_preview
    photos.with_name("unplugged").rename(photos)
    scan_run(Source.objects.get())
    runner.run_until_done()
    assert set(states(media).values()) == {"done"}
    assert thumbnail_store.is_whole(media.content_hash)


def test_what_a_newer_version_failed_at_is_tried_again(media: Media) -> None:
    Extraction.objects.filter(extractor="thumbnails").update(state="set_aside", reason="crashed", attempts=3)
    assert previews_redo([media.pk]) == {media.pk}
    assert states(media)["thumbnails"] == "pending"


def test_what_is_spoilt_again_and_again_is_told(media: Media) -> None:
    """It counts as set aside, and there is no other row that would tell why."""
    rows = Extraction.objects.filter(lane="ml")
    rows.update(state="set_aside", reason="no_preview")
    assert [failure.reason.code for failure in selectors.failures()] == ["no_preview"]
    rows.update(state="failed")
    assert selectors.failures() == []
