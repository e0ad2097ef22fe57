"""What the doctor sees in a database, in the queue, at the port, and of backups."""

from __future__ import annotations

import fcntl
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django_q.models import Failure, OrmQ, Schedule

from scanpix.operations import automatic
from scanpix.operations.checks import backups, database, network, queue
from scanpix.operations.doctor import Finding, Level, ok
from scanpix.runtime.serve import only_one


@pytest.fixture(autouse=True)
def own_folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    return tmp_path


def one(check: Iterator[Finding]) -> Finding:
    (finding,) = check
    return finding


def levels(check: Iterator[Finding]) -> list[Level]:
    return [finding.level for finding in check]


@pytest.fixture
def serving(own_folder: Path) -> Iterator[None]:
    """As if ``serve`` ran on the data folder."""
    with (own_folder / "serve.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.mark.django_db
class TestDatabase:
    def test_well(self) -> None:
        for check in database.CHECKS:
            for finding in check.run():
                # The server of the tests need not outlive a power cut.
                assert finding.level == Level.OK or finding.text == "fsync, full_page_writes switched off", finding

    def test_the_server(self) -> None:
        text = one(database.server()).text
        assert text.startswith("PostgreSQL 18.")
        assert "(embedded), pgvector 0.8." in text

    def test_an_index_that_is_not_valid(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'media_timeline'::regclass")
        finding = one(database.indexes())
        assert (finding.level, finding.text) == (Level.FAIL, "not valid: media_timeline")
        assert "REINDEX INDEX media_timeline" in finding.advice

    def test_migrations(self) -> None:
        recorder = MigrationRecorder(connection)
        recorder.record_applied("media_index", "9999_to_come")
        assert one(database.migrations()).text == "of a newer scanpix: media_index.9999_to_come"
        recorder.record_unapplied("media_index", "9999_to_come")
        recorder.record_applied("a_plugin_that_is_gone", "0001_initial")
        assert one(database.migrations()).level == Level.OK
        recorder.migration_qs.filter(app="sessions").delete()
        assert one(database.migrations()).text == "1 to be applied"

    def test_a_queue_that_is_bloated(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(database, "BLOATED_QUEUE", 1)
        assert "VACUUM FULL django_q_ormq" in one(database.vacuum()).advice


@pytest.mark.django_db
class TestWorkers:
    def test_idle(self, serving: None) -> None:
        for check in queue.CHECKS:
            assert levels(check.run()) == [Level.OK], check.name

    @pytest.mark.parametrize(("minutes", "level"), [(1, Level.OK), (5, Level.WARN), (20, Level.FAIL)])
    def test_tasks_that_wait(self, serving: None, minutes: int, level: Level) -> None:
        OrmQ.objects.create(key="ml", payload="x", lock=datetime.now(UTC) - timedelta(minutes=minutes))
        OrmQ.objects.create(key="ml", payload="y", lock=datetime.now(UTC) + timedelta(minutes=5))
        finding = one(queue.waiting())
        assert finding.level == level
        assert finding.text.startswith("ml: 1 tasks, the oldest for ")

    def test_nobody_works(self) -> None:
        OrmQ.objects.create(key="ml", payload="x", lock=datetime.now(UTC) - timedelta(days=1))
        assert levels(queue.waiting()) == [Level.OK, Level.OK]

    def test_the_clock_stands_still(self, serving: None) -> None:
        Schedule.objects.create(
            name="scan sources", func="x", schedule_type="I", next_run=datetime.now(UTC) - timedelta(hours=1)
        )
        assert "nobody looks after scan sources" in one(queue.alive()).text

    def test_failed_tasks(self) -> None:
        now = datetime.now(UTC)
        for number, stopped in enumerate((now, now, now - timedelta(days=3))):
            Failure.objects.create(
                id=str(number), name="n", func="a.b", started=stopped, stopped=stopped, success=False, result="x"
            )
        assert one(queue.failures()).text == "a.b failed 2 times since yesterday"


class TestPort:
    def test_free_and_taken(self, settings: LazySettings) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            settings.PORT = taken.getsockname()[1]
            assert one(network.port()).level == Level.FAIL
        assert one(network.port()).level == Level.OK

    def test_a_portal_that_does_not_answer(
        self, serving: None, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            settings.PORT = free.getsockname()[1]
        monkeypatch.setenv("SCANPIX_PORT", str(settings.PORT))
        assert "no answer at port" in one(network.port()).text


class TestParts:
    """As in containers, which share the data folder and no network."""

    def test_the_portal_runs_in_another_one(self, settings: LazySettings) -> None:
        with only_one(settings.DATA, "workers"), only_one(settings.DATA, "web"):
            (settings.DATA / "serve-web.lock").write_text("3f9a01c2b7de\n")
            assert one(network.port()) == ok(
                "the portal runs apart, on 3f9a01c2b7de: a doctor there sees whether it answers"
            )

    def test_the_portal_runs_here_and_does_not_answer(
        self, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            settings.PORT = free.getsockname()[1]
        monkeypatch.setenv("SCANPIX_PORT", str(settings.PORT))
        with only_one(settings.DATA, "web"):
            assert one(network.port()).level == Level.FAIL

    @pytest.mark.django_db
    def test_only_one_of_the_two_runs(self, settings: LazySettings) -> None:
        with only_one(settings.DATA, "workers"):
            assert one(network.port()).level == Level.WARN
            assert levels(queue.waiting()) == [Level.OK]
        with only_one(settings.DATA, "web"):
            assert levels(queue.waiting()) == [Level.WARN]


class TestBackups:
    def test_none_failed_and_old(self, own_folder: Path, settings: LazySettings) -> None:
        assert one(backups.nightly()).text == "none yet"
        now = datetime.now(UTC)
        for days, level in ((9, Level.WARN), (1, Level.OK)):
            (automatic.folder() / f"nightly-{now - timedelta(days=days):%Y%m%d-%H%M%S}.zip").write_text("x")
            assert one(backups.nightly()).level == level
        (own_folder / "backups" / "nightly.failed").write_text("no room")
        failed, fine = backups.nightly()
        assert failed.text.endswith("UTC: no room")
        assert fine.level == Level.OK
        settings.BACKUPS_KEPT = 0
        assert one(backups.nightly()).text == "switched off by SCANPIX_BACKUPS_KEPT=0"
