"""Why work rests, and what that stops."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django_q.models import OrmQ

from media_index import pausing, selectors, tasks
from media_index.extractors.base import Lane
from media_index.models import Extraction, Media, Pause, Scan, Source
from media_index.pausing import Why
from media_index.runner import Runner
from media_index.scanning.queueing import is_alive
from media_index.scanning.scan import scan_start
from scanpix.runtime import disk, queue
from scanpix.runtime.locks import ProcessLock
from scanpix.runtime.quiet import quiet_hours
from tests.factories import MemberFactory, SourceFactory
from tests.waiting import until

pytestmark = pytest.mark.django_db
Write = Callable[..., Path]
Scanned = Callable[[], Source]
DAY = quiet_hours("SCANPIX_QUIET_HOURS", ["00:00-12:00", "12:00-00:00"])


@pytest.fixture
def full(settings: object, monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """More is to be kept free than any disk has."""

    def switch(on: bool) -> None:
        monkeypatch.setattr(disk, "SMALL_DISK_SHARE", 1e9 if on else 0.0)

    settings.MIN_FREE_MB = 10**9  # type: ignore[attr-defined]
    switch(True)
    return switch


def states() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in Extraction.objects.all():
        found.setdefault(row.lane, set()).add(row.state)
    return found


def command(*arguments: str) -> str:
    errors = io.StringIO()
    call_command(*arguments, stderr=errors)
    return errors.getvalue()


def wait_until_free(key: int) -> None:
    """Until somebody else gets this lock; the server takes a moment to notice that a connection was closed."""
    other = ProcessLock(key)
    until(other.hold)
    other.release()


def functions() -> list[str]:
    return [row.func() for row in OrmQ.objects.all()]


class TestWhy:
    def test_nothing(self) -> None:
        assert pausing.rest() is None
        assert not pausing.scans_rest()

    def test_a_full_disk_comes_first(self, full: Callable[[bool], None], settings: object) -> None:
        settings.QUIET_HOURS = DAY  # type: ignore[attr-defined]
        pausing.work_pause()
        rest = pausing.rest()
        assert rest and rest.why == Why.DISK
        assert "is nearly full" in rest.notice and "goes on by itself" in rest.notice

    def test_a_person_before_the_hour(self, settings: object) -> None:
        settings.QUIET_HOURS = DAY  # type: ignore[attr-defined]
        pausing.work_pause(member=MemberFactory(username="anna"))
        rest = pausing.rest()
        assert rest and rest.why == Why.PERSON and rest.stops(Lane.CHEAP) and pausing.scans_rest()
        assert rest.notice.startswith("Indexing was paused by anna on ")

    def test_quiet_hours_are_those_of_the_house(self, settings: object) -> None:
        settings.TIME_ZONE = "Pacific/Auckland"  # type: ignore[attr-defined]
        settings.QUIET_HOURS = quiet_hours("X", ["22:00-07:00"])  # type: ignore[attr-defined]
        rest = pausing.quiet_rest(datetime(2026, 7, 1, 11, 0, tzinfo=UTC))  # 23:00 there
        assert rest and rest.stops(Lane.ML) and not rest.stops(Lane.CHEAP)
        assert rest.notice.startswith("Quiet hours until 07:00")
        assert pausing.quiet_rest(datetime(2026, 7, 1, 23, 0, tzinfo=UTC)) is None  # 11:00 there

    def test_who_paused_first_stays_noted(self) -> None:
        anna = MemberFactory()
        pausing.work_pause(member=anna)
        pausing.work_pause()
        assert Pause.objects.get().member == anna
        anna.delete()
        rest = pausing.person_rest()
        assert rest and rest.notice.startswith("Indexing was paused on ")

    def test_resuming_wakes_both_workers(self) -> None:
        pausing.work_resume()
        assert functions() == []
        pausing.work_pause()
        pausing.work_resume()
        assert not Pause.objects.exists()
        assert sorted(functions()) == sorted([queue.EXTRACT, queue.SCAN_DUE])


class TestRunner:
    def test_a_pause_stops_both_lanes_and_leaves_the_lock(self, runner: Runner, photo: Write, scanned: Scanned) -> None:
        photo("a.jpg")
        scanned()
        assert runner._may_run()
        pausing.work_pause()
        assert runner.step() is False
        assert states() == {"cheap": {"pending"}, "ml": {"waiting"}}
        wait_until_free(runner.lock.key)
        pausing.work_resume()
        assert runner.step() is False
        assert states() == {"cheap": {"done"}, "ml": {"done"}}

    def test_a_pause_ends_the_slice_under_way(
        self, runner: Runner, photo: Write, scanned: Scanned, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("media_index.pipeline.BATCH", {Lane.CHEAP: 1, Lane.ML: 1})
        for number in range(12):
            photo(f"{number}.jpg")
        scanned()
        finish = runner.pipeline._finish

        def paused_meanwhile(*arguments: object) -> None:
            finish(*arguments)  # type: ignore[arg-type]
            pausing.work_pause()

        monkeypatch.setattr(runner.pipeline, "_finish", paused_meanwhile)
        runner.step()
        assert Extraction.objects.filter(extractor="thumbnails", state="done").count() == 2
        assert not Extraction.objects.filter(state="running").exists()

    def test_in_quiet_hours_photos_appear_and_models_rest(
        self, runner: Runner, photo: Write, scanned: Scanned, settings: object
    ) -> None:
        photo("a.jpg")
        scanned()
        settings.QUIET_HOURS = DAY  # type: ignore[attr-defined]
        assert runner.step() is False
        assert states() == {"cheap": {"done"}, "ml": {"pending"}}
        assert runner.step() is False
        wait_until_free(runner.lock.key)
        settings.QUIET_HOURS = quiet_hours("X", [])  # type: ignore[attr-defined]
        runner.step()
        assert states() == {"cheap": {"done"}, "ml": {"done"}}

    def test_an_order_is_followed_in_spite_of_both(
        self, runner: Runner, photo: Write, scanned: Scanned, settings: object
    ) -> None:
        photo("a.jpg")
        scanned()
        settings.QUIET_HOURS = DAY  # type: ignore[attr-defined]
        pausing.work_pause()
        said: list[str] = []
        runner.run_until_done(say=said.append)
        assert states() == {"cheap": {"done"}, "ml": {"done"}}
        assert len(said) == 1 and said[0].endswith("This command works all the same.")
        assert runner.ordered is False

    def test_but_not_while_the_disk_is_full(
        self,
        runner: Runner,
        photo: Write,
        scanned: Scanned,
        full: Callable[[bool], None],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        photo("a.jpg")
        scanned()
        said: list[str] = []
        waited: list[dict[str, set[str]]] = []

        def room_comes(seconds: float) -> None:
            waited.append(states())
            full(len(waited) < 2)

        monkeypatch.setattr(time, "sleep", room_comes)
        runner.run_until_done(say=said.append)
        assert waited == [{"cheap": {"pending"}, "ml": {"waiting"}}] * 2
        assert len(said) == 1 and "is nearly full" in said[0]
        assert states() == {"cheap": {"done"}, "ml": {"done"}}


class TestScans:
    @pytest.fixture
    def source(self, tmp_path: Path) -> Source:
        cache.clear()
        root = tmp_path / "pictures"
        root.mkdir()
        (root / "a.jpg").write_bytes(b"a")
        return SourceFactory(root=str(root))

    def test_a_scan_that_is_held_up_is_not_lost(self, source: Source) -> None:
        scan = scan_start(source)
        pausing.work_pause()
        tasks.scan_source(source.pk, scan.pk)
        tasks.scan_due()
        assert (Media.objects.count(), functions(), is_alive(scan)) == (0, [], False)
        pausing.work_resume()
        OrmQ.objects.all().delete()
        tasks.scan_due()
        assert functions() == ["media_index.tasks.scan_source"]
        tasks.scan_source(source.pk, scan.pk)
        assert Media.objects.count() == 1

    def test_one_that_was_asked_for_while_paused_is_remembered(self, source: Source) -> None:
        pausing.work_pause()
        tasks.scan_source(source.pk)
        assert Scan.objects.get().state == Scan.State.RUNNING

    def test_a_database_without_room_costs_no_chunk(self, source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
        scan = scan_start(source)
        with monkeypatch.context() as without_room:
            without_room.setattr("media_index.scanning.chunk.work.plan", database_is_full)
            tasks.scan_source(source.pk, scan.pk)
        scan.refresh_from_db()
        assert (scan.state, scan.seen, Media.objects.count(), is_alive(scan)) == ("running", 0, 0, False)
        tasks.scan_source(source.pk, scan.pk)
        assert Media.objects.count() == 1


def database_is_full(*_: object) -> None:
    """As the server itself says it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$")


class TestCommands:
    def test_pause_and_resume(self) -> None:
        assert command("pause").startswith("Indexing was paused on ")
        assert selectors.progress().paused == "person"
        assert command("pause").startswith("Indexing was paused on ")
        assert command("resume") == "Indexing goes on.\n"
        assert selectors.progress().paused == ""
        assert command("resume") == "Indexing goes on.\n"

    def test_scan_waits_for_room(
        self, photo: Write, photos: Path, full: Callable[[bool], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        photo("a.jpg")
        monkeypatch.setattr(time, "sleep", lambda seconds: full(False))
        lines = command("scan", str(photos)).splitlines()
        assert "is nearly full" in lines[0]
        assert lines[-1].startswith("photos: 1 files, 1 new")
