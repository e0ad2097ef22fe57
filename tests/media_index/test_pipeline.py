"""The pipeline on real files: what each failure costs, and that nothing else is lost."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache
from PIL import ExifTags, Image

from media_index import selectors, thumbnail_store, work
from media_index.extractors.base import Lane
from media_index.models import Capture, Extraction, Label, Media, Source
from media_index.pipeline import NOTICE
from media_index.runner import ExtractionStuckError, Runner
from media_index.workshop import WORKSHOP
from tests.media_index import trial_plugin

pytestmark = pytest.mark.django_db
Write = Callable[..., Path]
Scan = Callable[[], Source]


def states(name: str) -> dict[str, tuple[str, str]]:
    """State and reason of each extractor on the photo of this name."""
    rows = Extraction.objects.filter(media__locations__path=name)
    return {row.extractor: (row.state, row.reason) for row in rows}


ALL_DONE = {"exif": ("done", ""), "thumbnails": ("done", ""), "brightness": ("done", "")}


def test_photos_go_through_both_lanes(runner: Runner, photo: Write, scanned: Scan) -> None:
    photo("a.jpg", "white"), photo("b.jpg", "black")
    scanned()
    assert states("a.jpg") == {"exif": ("pending", ""), "thumbnails": ("pending", ""), "brightness": ("waiting", "")}
    runner.run_until_done()
    assert states("a.jpg") == states("b.jpg") == ALL_DONE
    media = Media.objects.get(locations__path="a.jpg")
    assert (media.has_preview, media.width, media.height) == (True, 61, 40)
    assert all(thumbnail_store.file(media.content_hash, size).stat().st_size for size in thumbnail_store.SIZES)
    assert {label.media_id: label.name for label in Label.objects.all()}[media.pk] == "bright"
    progress = selectors.progress()
    assert (progress.media, progress.indexed, progress.pending, progress.failed) == (2, 2, 0, 0)


def test_a_second_run_has_nothing_to_do(runner: Runner, photo: Write, scanned: Scan) -> None:
    photo("a.jpg")
    scanned()
    runner.run_until_done()
    before = list(Extraction.objects.order_by("pk").values())
    scanned()
    assert work.plan() == 0
    runner.run_until_done()
    assert list(Extraction.objects.order_by("pk").values()) == before


def test_a_broken_file_costs_only_itself(runner: Runner, photo: Write, scanned: Scan, photos: Path) -> None:
    photo("good.jpg")
    whole = photo("whole.jpg").read_bytes()
    (photos / "torn.jpg").write_bytes(whole[: len(whole) // 2])
    (photos / "text.jpg").write_text("no picture at all")
    scanned()
    runner.run_until_done()
    assert states("good.jpg") == ALL_DONE
    assert states("torn.jpg")["thumbnails"] == ("failed", "truncated")
    assert states("torn.jpg")["brightness"] == ("failed", "no_preview")
    assert states("torn.jpg")["exif"] == ("done", "")
    assert states("text.jpg")["thumbnails"][0] == "failed"
    failures = {one.path: one.reason.code for one in selectors.failures()}
    assert failures["torn.jpg"] == "truncated"
    assert set(failures) == {"torn.jpg", "text.jpg"}
    assert selectors.progress().failed == 2


def test_a_file_over_which_the_model_raises_is_set_aside_after_three_attempts(
    runner: Runner, photo: Write, scanned: Scan
) -> None:
    photo("a.jpg"), photo("poison.jpg"), photo("b.jpg")
    scanned()
    runner.run_until_done()
    assert states("a.jpg") == states("b.jpg") == ALL_DONE
    assert states("poison.jpg")["brightness"] == ("set_aside", "model_failed")
    row = Extraction.objects.get(state="set_aside")
    assert row.attempts == Extraction.MAX_ATTEMPTS
    assert "FloatingPointError: the model broke down" in row.detail
    assert selectors.progress().set_aside == 1


def test_what_the_database_refuses_costs_one_file(runner: Runner, photo: Write, scanned: Scan) -> None:
    photo("a.jpg"), photo("refused.jpg")
    scanned()
    runner.run_until_done()
    assert states("a.jpg") == ALL_DONE
    assert states("refused.jpg")["brightness"] == ("set_aside", "not_stored")


def test_a_model_that_cannot_be_had_is_no_fault_of_a_file(
    runner: Runner, photo: Write, scanned: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo("a.jpg")
    scanned()
    monkeypatch.setattr(trial_plugin, "MODEL_IS_MISSING", True)
    with pytest.raises(ExtractionStuckError, match="fetch it"):
        runner.run_until_done()
    row = Extraction.objects.get(extractor="brightness")
    assert (row.state, row.attempts) == ("pending", 0)
    assert states("a.jpg")["thumbnails"] == ("done", "")
    assert "fetch it" in cache.get(NOTICE)
    monkeypatch.setattr(trial_plugin, "MODEL_IS_MISSING", False)
    WORKSHOP.reset()
    runner.run_until_done()
    assert states("a.jpg") == ALL_DONE


def test_without_the_list_of_places_photos_with_a_position_wait(
    runner: Runner, photo: Write, scanned: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (38.0, 42.0, 43.0), 3: "W", 4: (9.0, 7.0, 48.0)})
    Image.new("RGB", (60, 40)).save(photo("alfama.jpg"), exif=exif)
    settings.MODELS = tmp_path / "models"  # type: ignore[attr-defined]
    settings.MODELS.write_text("no folder")  # type: ignore[attr-defined]
    scanned()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "prefix", str(tmp_path))
        with pytest.raises(ExtractionStuckError, match="the list of places could not be made"):
            runner.run_until_done()
    row = Extraction.objects.get(extractor="exif")
    assert (row.state, row.attempts) == ("pending", 0)
    assert states("alfama.jpg")["thumbnails"] == ("done", "")
    WORKSHOP.reset()
    runner.run_until_done()
    assert states("alfama.jpg") == ALL_DONE
    capture = Capture.objects.select_related("place__country").get()
    assert capture.place is not None and capture.place.country is not None
    assert capture.place.country.name == "Portugal"


def test_what_a_dead_worker_left_comes_last_and_alone(runner: Runner, photo: Write, scanned: Scan) -> None:
    for name in "abcd":
        photo(f"{name}.jpg")
    scanned()
    runner.pipeline.run(Lane.CHEAP, seconds=60)
    left = work.claim(Lane.ML, WORKSHOP.of_lane(Lane.ML), limit=2)
    assert len(left) == 2
    assert work.recover() == 2
    trial_plugin.BATCHES.clear()
    runner.run_until_done()
    suspects = [[taken.media_id] for taken in left]
    assert len(trial_plugin.BATCHES) == 3
    assert sorted(trial_plugin.BATCHES[1:]) == sorted(suspects)
    assert set(states("a.jpg").values()) == {("done", "")}


def test_the_third_death_sets_aside(runner: Runner, photo: Write, scanned: Scan) -> None:
    photo("a.jpg")
    scanned()
    for _ in range(Extraction.MAX_ATTEMPTS):
        assert work.claim(Lane.CHEAP, WORKSHOP.of_lane(Lane.CHEAP), limit=1)
        work.recover()
    assert states("a.jpg")["thumbnails"] == ("set_aside", "worker_died")
    assert work.claim(Lane.CHEAP, WORKSHOP.of_lane(Lane.CHEAP), limit=1) == []


def test_retry_takes_up_one_reason_one_file_or_all(runner: Runner, photo: Write, scanned: Scan, photos: Path) -> None:
    whole = photo("whole.jpg").read_bytes()
    (photos / "torn.jpg").write_bytes(whole[:-50])
    photo("poison.jpg")
    scanned()
    runner.run_until_done()
    assert selectors.retry(reason="empty") == 0
    assert selectors.retry(reason="truncated") == 1
    assert states("torn.jpg")["thumbnails"] == ("pending", "")
    assert states("torn.jpg")["brightness"] == ("waiting", "")
    assert states("poison.jpg")["brightness"] == ("set_aside", "model_failed")
    assert selectors.retry(media_id=Media.objects.get(locations__path="poison.jpg").pk) == 1
    assert states("poison.jpg")["brightness"] == ("pending", "")
    runner.run_until_done()
    assert selectors.retry() == 2


def test_a_new_version_has_only_its_own_work_done_again(
    runner: Runner, photo: Write, scanned: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo("a.jpg")
    scanned()
    runner.run_until_done()
    monkeypatch.setattr(trial_plugin, "VERSION", "2")
    WORKSHOP.reset()
    assert work.plan() == 1
    runner.run_until_done()
    versions = Extraction.objects.filter(extractor="brightness").order_by("version").values_list("version", "state")
    assert list(versions) == [("1", "done"), ("2", "done")]


def test_a_file_that_changed_meanwhile_stores_nothing(runner: Runner, photo: Write, scanned: Scan) -> None:
    photo("a.jpg")
    scanned()
    jobs = runner.pipeline._begin(Lane.CHEAP)
    Media.objects.update(content_hash="f" * 64)
    runner.pipeline._finish(Lane.CHEAP, jobs)
    assert not Media.objects.get().has_preview
    assert not thumbnail_store.file("f" * 64, "small").exists()


def test_a_vanished_file_is_tried_again_when_it_is_back(
    runner: Runner, photo: Write, scanned: Scan, photos: Path
) -> None:
    kept = photo("a.jpg").rename(photos.parent / "aside.jpg")
    kept.rename(photos / "a.jpg")
    photo("b.jpg")
    scanned()
    (photos / "a.jpg").rename(kept)
    runner.run_until_done()
    assert states("a.jpg")["thumbnails"] == ("set_aside", "vanished")
    kept.rename(photos / "a.jpg")
    work.plan(list(Media.objects.values_list("pk", flat=True)))
    runner.run_until_done()
    assert states("a.jpg") == ALL_DONE


@pytest.mark.django_db(transaction=True)
def test_the_plug_in_is_told_after_the_commit(runner: Runner, photo: Write, scanned: Scan) -> None:
    photo("a.jpg")
    scanned()
    runner.run_until_done()
    assert [[Media.objects.get().pk]] == trial_plugin.COMMITTED


def test_planning_takes_the_same_statements_for_any_number(
    runner: Runner, photo: Write, scanned: Scan, django_assert_num_queries: Callable[..., object]
) -> None:
    for number in range(3):
        photo(f"{number}.jpg")
    scanned()
    Extraction.objects.all().delete()
    # The encoders in use, the kinds of files, one for each of three extractors, what is superseded, and
    # what no file can be read for.
    with django_assert_num_queries(7):  # type: ignore[attr-defined]
        assert work.plan() == 9


def test_two_runners_never_work_at_once(runner: Runner, photo: Write, scanned: Scan) -> None:
    photo("a.jpg")
    scanned()
    other = Runner()
    assert other.lock.hold()
    assert runner.step() is False
    assert states("a.jpg")["exif"] == ("pending", "")
    other.close()
    runner.run_until_done()
    assert states("a.jpg") == ALL_DONE


def test_a_decoder_that_cannot_start_is_no_fault_of_a_file(
    runner: Runner, photo: Write, scanned: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo("a.jpg")
    scanned()
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/nowhere/python")
        with pytest.raises(ExtractionStuckError):
            runner.run_until_done()
    assert {row.attempts for row in Extraction.objects.all()} == {0}
    runner.pipeline.close()
    runner.run_until_done()
    assert states("a.jpg") == ALL_DONE
