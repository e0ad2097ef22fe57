"""Backups that nobody asks for: when they are due, what is kept, and none where none is wanted."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django_q.models import Schedule

from media_index.installation import schedule_housekeeping
from media_index.models import Encoder
from scanpix.operations import archive, automatic
from scanpix.operations.errors import OperationError
from scanpix.operations.server import Server
from scanpix.runtime import disk
from tests.factories import MemberFactory
from tests.scanpix.operations.household import FILL, look
from tests.scanpix.starting import run

START = """
import os, time
os.environ["DJANGO_SETTINGS_MODULE"] = "scanpix.settings"
import django
django.setup()
from scanpix.operations import automatic
automatic.nightly_start()
while not automatic.made(automatic.NIGHTLY):
    time.sleep(0.05)
assert not automatic.nightly_is_due(django.utils.timezone.now())
"""
NIGHT = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)
NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    settings.TIME_ZONE = "UTC"
    settings.MIN_FREE_MB = 0
    return tmp_path / "backups"


def add(folder: Path, kind: str, moment: datetime) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{kind}-{moment:%Y%m%d-%H%M%S}.zip"
    path.touch()
    return path


def watched_since(folder: Path, moment: datetime) -> None:
    folder.mkdir(exist_ok=True)
    (folder / ".since").touch()
    os.utime(folder / ".since", (moment.timestamp(), moment.timestamp()))


class TestDue:
    @pytest.mark.parametrize(
        ("now", "age", "due"),
        [
            (NIGHT, timedelta(hours=23), True),
            (NIGHT, timedelta(hours=2), False),
            (NOON, timedelta(hours=33), False),
            (NOON, timedelta(hours=37), True),
        ],
    )
    def test_by_night_or_late(self, own_folder: Path, now: datetime, age: timedelta, due: bool) -> None:
        add(own_folder, automatic.NIGHTLY, now - age)
        add(own_folder, automatic.MIGRATION, now)
        assert automatic.nightly_is_due(now) is due

    def test_not_on_the_first_day(self, own_folder: Path) -> None:
        assert not automatic.nightly_is_due(datetime.now(UTC))
        watched_since(own_folder, NIGHT - timedelta(hours=21))
        assert automatic.nightly_is_due(NIGHT)

    def test_by_the_clock_of_the_household(self, own_folder: Path, settings: LazySettings) -> None:
        add(own_folder, automatic.NIGHTLY, NIGHT - timedelta(hours=23))
        settings.TIME_ZONE = "Pacific/Auckland"
        assert not automatic.nightly_is_due(NIGHT)

    def test_not_where_none_is_wanted(self, own_folder: Path, settings: LazySettings) -> None:
        settings.BACKUPS_KEPT = 0
        assert not automatic.nightly_is_due(NIGHT)

    def test_after_a_failure_it_waits(self, own_folder: Path) -> None:
        watched_since(own_folder, NIGHT - timedelta(days=9))
        note = own_folder / "nightly.failed"
        note.write_text("no room")
        for hours, due in ((1, False), (7, True)):
            os.utime(note, ((NIGHT - timedelta(hours=hours)).timestamp(),) * 2)
            assert automatic.nightly_is_due(NIGHT) is due


def test_one_that_takes_long_is_not_begun_again(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watched_since(own_folder, datetime.now(UTC) - timedelta(days=9))
    with subprocess.Popen(["sleep", "60"]) as under_way:
        monkeypatch.setattr(automatic, "_under_way", under_way)
        assert automatic.nightly_is_due(datetime.now(UTC))
        automatic.nightly_start()
        assert automatic._under_way is under_way
        under_way.kill()


@pytest.mark.django_db(transaction=True)
class TestNightly:
    def test_it_is_checked_and_the_oldest_go(self, own_folder: Path, settings: LazySettings) -> None:
        settings.BACKUPS_KEPT = 3
        old = [add(own_folder, automatic.NIGHTLY, NIGHT - timedelta(days=day)) for day in range(5)]
        update = add(own_folder, automatic.MIGRATION, NIGHT)
        stranger = own_folder / "my own.zip"
        stranger.touch()
        draft = own_folder / ".nightly-20200101-000000.zip.part"
        draft.touch()
        os.utime(draft, (time.time() - 90_000,) * 2)
        (own_folder / "nightly.failed").write_text("before")
        report = automatic.nightly_make()
        assert report.checked
        assert automatic.made(automatic.NIGHTLY) == [old[1], old[0], report.path]
        assert update.exists() and stranger.exists() and not draft.exists()
        assert automatic.failure() is None
        assert report.path.stat().st_mode & 0o777 == 0o600

    def test_a_failure_is_kept_for_the_doctor(self, own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        old = add(own_folder, automatic.NIGHTLY, NIGHT)
        monkeypatch.setattr(disk, "room", lambda folder, least_mb: (0, 0))
        with pytest.raises(CommandError, match="no room for the backup"):
            call_command("backup", "--nightly")
        moment, reason = automatic.failure() or (NIGHT, "")
        assert reason.startswith("no room for the backup in ")
        assert datetime.now(UTC) - moment < timedelta(minutes=1)
        assert automatic.made(automatic.NIGHTLY) == [old]

    def test_the_command_wants_one_of_both(self, own_folder: Path) -> None:
        for arguments in ([], ["a.zip", "--nightly"]):
            with pytest.raises(CommandError, match="name one file, or give --nightly"):
                call_command("backup", *arguments)

    def test_it_is_looked_for_by_the_queue(self) -> None:
        schedule_housekeeping()
        assert Schedule.objects.get(name="nightly backup").func == "scanpix.operations.automatic.nightly_start"


@pytest.mark.django_db(transaction=True)
class TestMigration:
    """The last migration of an app is taken for not applied; ``migrate`` is only asked up to the dump."""

    @pytest.fixture
    def behind(self) -> Any:
        recorder = MigrationRecorder(connection)
        recorder.migration_qs.filter(app="django_q").order_by("-id")[:1].get()
        last = recorder.migration_qs.filter(app="django_q").order_by("-id").first()
        recorder.record_unapplied("django_q", last.name)
        yield last.name
        if not recorder.migration_qs.filter(app="django_q", name=last.name).exists():
            recorder.record_applied("django_q", last.name)

    def test_it_is_made_before(self, own_folder: Path, behind: str) -> None:
        MemberFactory()
        for day in range(5):
            add(own_folder, automatic.MIGRATION, NIGHT + timedelta(days=day))
        report = automatic.dump_before_migration()
        assert report is not None
        assert automatic.made(automatic.MIGRATION)[-1] == report.path
        assert len(automatic.made(automatic.MIGRATION)) == automatic.MIGRATIONS_KEPT
        with archive.opened(report.path) as backup:
            assert backup.manifest.contents.tables["people_member"].rows == 1
            assert ("django_q", behind) not in backup.manifest.migrations

    def test_not_of_a_database_without_anything(self, own_folder: Path, behind: str) -> None:
        assert automatic.dump_before_migration() is None
        assert automatic.made(automatic.MIGRATION) == []

    def test_not_where_all_is_applied(self, own_folder: Path) -> None:
        MemberFactory()
        call_command("migrate", verbosity=0)
        assert automatic.made(automatic.MIGRATION) == []

    def test_without_room_nothing_is_migrated(
        self, own_folder: Path, behind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        MemberFactory()
        monkeypatch.setattr(disk, "room", lambda folder, least_mb: (0, 0))
        with pytest.raises(CommandError, match="the backup before that failed: no room") as raised:
            call_command("migrate", verbosity=0)
        assert "`manage.py migrate --skip-dump` goes on without" in str(raised.value)
        assert not MigrationRecorder(connection).migration_qs.filter(app="django_q", name=behind).exists()

    def test_looking_makes_none(self, own_folder: Path, behind: str) -> None:
        MemberFactory()
        call_command("migrate", "--plan", verbosity=0)
        assert automatic.made(automatic.MIGRATION) == []
        call_command("migrate", "django_q", "--fake", verbosity=0)
        assert automatic.made(automatic.MIGRATION) == []


def test_the_folder_is_for_its_owner_alone(own_folder: Path) -> None:
    assert automatic.folder() == own_folder
    assert own_folder.stat().st_mode & 0o777 == 0o700


def test_a_process_of_its_own_makes_it(new_server: Callable[..., Server], own_folder: Path, tmp_path: Path) -> None:
    watched_since(own_folder, datetime.now(UTC) - timedelta(days=2))
    server = new_server(FILL)
    host = quote(server.parameters["host"], safe="")
    url = f"postgres://{server.parameters['user']}@{host}:5432/{server.database}"
    code, _, errors = run(tmp_path, "-c", START, DATABASE_URL=url)
    assert code == 0, errors
    (made,) = automatic.made(automatic.NIGHTLY)
    with archive.opened(made) as backup:
        assert backup.manifest.contents == look(server)


def test_the_folder_cannot_be_made(settings: LazySettings, tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("a file")
    with pytest.raises(OperationError, match="backups cannot be made: File exists"):
        automatic.folder()


def test_encoders_of_the_first_start_count(own_folder: Path, db: None) -> None:
    Encoder.objects.create(name="x", version="1", dimensions=3)
    assert automatic._holds_anything()
