"""An upgrade that brings a new version of the encoder: built beside the old one, one switch, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone

from media_index import tasks
from media_index.encoder_service import (
    encoder_activate,
    encoder_build,
    encoder_change,
    encoder_ensure_default,
    encoder_missing,
    encoder_named,
    encoder_remove,
    encoder_rollback,
    encoder_settle,
)
from media_index.encoders.base import EncoderError
from media_index.models import Embedding, Encoder, Extraction, Source
from media_index.runner import Runner
from media_index.search.engine import active_encoder, search
from media_index.search.filters.base import Scope
from media_index.search.vectors.calibration import Calibration
from media_index.workshop import WORKSHOP
from tests.factories import MediaFactory
from tests.media_index import colour_encoder
from tests.media_index.colour_encoder import LARGE, SMALL

pytestmark = pytest.mark.django_db
Write = Callable[..., Path]
Scan = Callable[[], Source]
State = Encoder.State
OLD, NEW = f"{SMALL}@1", f"{SMALL}@2"
GREY = Calibration(np.full((1, 3), 3**-0.5, np.float32), 1, 0.5)


@pytest.fixture
def worker(colours: Encoder) -> Iterator[Runner]:
    one = Runner()
    yield one
    one.close()


@pytest.fixture
def indexed(worker: Runner, photo: Write, scanned: Scan) -> Runner:
    photo("red.jpg", "red"), photo("blue.jpg", "blue")
    scanned()
    worker.run_until_done()
    connection.check_constraints()
    return worker


@pytest.fixture
def upgraded(indexed: Runner, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Another scanpix has started: it knows the old version still, and a new one that is calibrated."""
    monkeypatch.setattr(colour_encoder, "VERSIONS", ["1", "2"])
    monkeypatch.setattr(colour_encoder, "CALIBRATIONS", {"2": GREY})
    encoder_ensure_default()
    return indexed


def started() -> None:
    connection.check_constraints()  # or no index can be made in this transaction
    encoder_ensure_default()


def states() -> dict[str, str]:
    return {encoder.key: encoder.state for encoder in Encoder.objects.all()}


def paths(key: str) -> set[str]:
    """Photos that have a vector of this version."""
    name, _, version = key.partition("@")
    rows = Embedding.objects.filter(encoder__name=name, encoder__version=version)
    return set(rows.values_list("media__locations__path", flat=True))


def found(text: str) -> list[str]:
    hits = search(text, Scope.everything()).hits
    return [Embedding.objects.filter(media=hit.media_id)[0].media.locations.get().path for hit in hits]


def test_search_goes_on_while_the_new_one_is_built(upgraded: Runner) -> None:
    assert states() == {OLD: State.ACTIVE, NEW: State.BUILDING}
    assert found("blue")[0] == "blue.jpg"
    change = encoder_change()
    assert change is not None
    assert (change.active.key, change.coming.key, change.done, change.total) == (OLD, NEW, 0, 2)
    assert encoder_settle() is None


def test_when_it_is_complete_it_is_used_without_a_word(upgraded: Runner) -> None:
    upgraded.run_until_done()
    assert states() == {OLD: State.PREVIOUS, NEW: State.ACTIVE}
    assert encoder_change() is None
    assert paths(OLD) == paths(NEW) == {"red.jpg", "blue.jpg"}
    assert found("blue") == ["blue.jpg", "red.jpg"]
    rows = Embedding.objects.values_list("vector", "encoder__version")
    dimensions = {(len(list(vector)), version) for vector, version in rows}
    assert dimensions == {(3, "1"), (4, "2")}, "old and new vectors are never mixed"


def test_a_start_in_between_changes_nothing(upgraded: Runner) -> None:
    for _ in range(2):
        started()
        assert states() == {OLD: State.ACTIVE, NEW: State.BUILDING}
    upgraded.run_until_done()
    started()
    assert states() == {OLD: State.PREVIOUS, NEW: State.ACTIVE}


def test_new_photos_get_both_while_both_are_there(upgraded: Runner, photo: Write, scanned: Scan) -> None:
    photo("green.jpg", "green")
    scanned()
    upgraded.run_until_done()
    assert paths(NEW) == {"red.jpg", "blue.jpg", "green.jpg"}
    assert "green.jpg" in paths(OLD)


def test_going_back_is_for_good(upgraded: Runner, photo: Write, scanned: Scan) -> None:
    upgraded.run_until_done()
    assert encoder_rollback().key == OLD
    started(), encoder_settle()
    assert states() == {OLD: State.ACTIVE, NEW: State.PREVIOUS}
    photo("green.jpg", "green")
    scanned()
    upgraded.run_until_done()
    assert found("green")[0] == "green.jpg"
    assert encoder_rollback().key == NEW


def test_the_old_vectors_go_by_command(upgraded: Runner) -> None:
    upgraded.run_until_done()
    assert encoder_remove(encoder_named(OLD)) == 2
    assert states() == {NEW: State.ACTIVE}
    assert paths(OLD) == set()
    with pytest.raises(EncoderError, match="no encoder to go back to"):
        encoder_rollback()


def test_a_new_one_that_was_taken_away_does_not_come_back(upgraded: Runner) -> None:
    upgraded.run_until_done()
    encoder_rollback()
    assert encoder_remove(encoder_named(NEW)) == 2
    assert paths(NEW) == set()
    started()
    upgraded.run_until_done()
    assert (states()[OLD], paths(NEW), encoder_change()) == (State.ACTIVE, set(), None)
    with pytest.raises(EncoderError, match="no encoder to go back to"):
        encoder_rollback()
    with pytest.raises(EncoderError, match=r"no encoder .* has been built here .* run `models build"):
        encoder_named(NEW)


def test_one_that_was_taken_away_can_be_built_again(upgraded: Runner) -> None:
    assert encoder_remove(encoder_named(NEW)) == 0
    started()
    upgraded.run_until_done()
    assert (states()[OLD], paths(NEW)) == (State.ACTIVE, set())
    connection.check_constraints()
    encoder_build(SMALL)
    upgraded.run_until_done()
    encoder_activate(encoder_named(NEW))
    assert states() == {OLD: State.PREVIOUS, NEW: State.ACTIVE}


def test_a_model_that_fails_on_everything_does_not_take_over(upgraded: Runner) -> None:
    Extraction.objects.filter(version=NEW).update(state=Extraction.State.FAILED)
    assert encoder_settle() is None
    assert states() == {OLD: State.ACTIVE, NEW: State.BUILDING}


def test_a_photo_that_fails_does_not_hold_it_up(
    upgraded: Runner, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    """The clock sees to it: after the batch of vectors that was stored last, some still failed."""
    monkeypatch.setattr("media_index.encoder_service.COMPLETE", 0.5)
    last = Extraction.objects.filter(version=NEW).latest("pk")
    Extraction.objects.filter(pk=last.pk).update(state=Extraction.State.RUNNING)
    while upgraded.step():
        pass
    assert states()[NEW] == State.BUILDING
    Extraction.objects.filter(pk=last.pk).update(state=Extraction.State.FAILED)
    monkeypatch.setattr(tasks, "RUNNER", upgraded)
    tasks.extract()
    assert states() == {OLD: State.PREVIOUS, NEW: State.ACTIVE}


def test_one_that_was_built_by_hand_waits(indexed: Runner) -> None:
    encoder_build(LARGE)
    indexed.run_until_done()
    assert encoder_settle() is None
    assert states() == {OLD: State.ACTIVE, f"{LARGE}@1": State.BUILDING}


def test_who_chooses_another_one_meanwhile_keeps_it(upgraded: Runner) -> None:
    connection.check_constraints()
    encoder_activate(encoder_build(f"{LARGE}@1"), force=True)
    upgraded.run_until_done()
    assert encoder_missing(encoder_named(NEW)) == 0
    assert encoder_settle() is None
    assert states() == {OLD: State.PREVIOUS, NEW: State.BUILDING, f"{LARGE}@1": State.ACTIVE}


def test_a_photo_that_waits_for_its_disk_does_not_hold_it_up(upgraded: Runner) -> None:
    away = MediaFactory(has_preview=False)
    for version in (OLD, NEW):
        Extraction.objects.create(
            media=away,
            extractor="embedding",
            version=version,
            lane="ml",
            state=Extraction.State.WAITING,
            newest=timezone.now(),
        )
    while upgraded.step():
        pass
    assert states() == {OLD: State.PREVIOUS, NEW: State.ACTIVE}


def test_a_photo_that_can_be_found_now_holds_it_up(upgraded: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("media_index.encoder_service.COMPLETE", 0.5)
    last = Extraction.objects.filter(version=NEW).latest("pk")
    Extraction.objects.filter(pk=last.pk).update(state=Extraction.State.WAITING)
    while upgraded.step():
        pass
    assert states() == {OLD: State.ACTIVE, NEW: State.BUILDING}


def test_a_second_upgrade_overtakes_the_first(upgraded: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    connection.check_constraints()
    monkeypatch.setattr(colour_encoder, "VERSIONS", ["1", "3"])
    encoder_ensure_default()
    assert states() == {OLD: State.ACTIVE, f"{SMALL}@3": State.BUILDING}


class TestCodeThatIsGone:
    """An upgrade that does not know the old version any more."""

    @pytest.fixture
    def orphaned(self, indexed: Runner, monkeypatch: pytest.MonkeyPatch) -> Runner:
        monkeypatch.setattr(colour_encoder, "VERSIONS", ["2"])
        encoder_ensure_default()
        WORKSHOP.reset()
        return indexed

    def test_search_says_so_and_uses_what_is_there_of_the_new_one(self, orphaned: Runner) -> None:
        answer = search("blue", Scope.everything())
        assert [hit.why for hit in answer.hits] == [("file name: blue.jpg",)]
        assert answer.caution.startswith("Not all photos can be found by description yet: there is no version 1")
        assert answer.notice == ""
        orphaned.run_until_done()
        assert states() == {OLD: State.PREVIOUS, NEW: State.ACTIVE}
        answer = search("blue", Scope.everything())
        assert (len(answer.hits), answer.caution) == (2, "")

    def test_there_is_no_way_back_to_it(self, orphaned: Runner) -> None:
        orphaned.run_until_done()
        with pytest.raises(EncoderError, match="no version 1"):
            encoder_rollback()
        assert states() == {OLD: State.PREVIOUS, NEW: State.ACTIVE}

    def test_who_asks_for_it_by_name_is_told(self, orphaned: Runner) -> None:
        answer = search("blue", Scope.everything(), encoder=active_encoder())
        assert answer.notice.startswith("there is no version 1")


class TestFromTheFirstRelease:
    """A database in which bundled-conse is active, as the first release left it."""

    @pytest.fixture
    def released(self, db: None) -> Encoder:
        return Encoder.objects.create(name="bundled-conse", version="1", dimensions=384, state=State.ACTIVE)

    def test_the_new_default_is_built_beside_it(self, released: Encoder) -> None:
        media = MediaFactory()
        Embedding.objects.create(media=media, encoder=released, vector=np.eye(384)[0])
        connection.check_constraints()
        assert encoder_ensure_default() == released
        assert states() == {"bundled-conse@1": State.ACTIVE, "bundled@2": State.BUILDING}
        coming = encoder_named("bundled")
        assert (coming.automatic, coming.dimensions) == (True, 385)
        versions = Extraction.objects.filter(media=media, extractor="embedding").values_list("version", flat=True)
        assert set(versions) == {"bundled-conse@1", "bundled@2"}

    def test_without_photos_it_is_used_at_once(self, released: Encoder) -> None:
        encoder_ensure_default()
        assert encoder_ensure_default().key == "bundled@2"

    def test_who_wants_the_old_kind_keeps_it(self, db: None) -> None:
        Encoder.objects.create(name="bundled-conse", version="2", dimensions=385, state=State.ACTIVE)
        encoder_ensure_default()
        assert states() == {"bundled-conse@2": State.ACTIVE}
