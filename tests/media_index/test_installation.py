"""What must stand before anything else, on real servers: what is missing is told, what is there is left alone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.conf import settings as configured
from django.db import connection
from django_q.models import Schedule

from media_index import installation
from media_index.installation import check_server, prepare, schedule_housekeeping
from media_index.models import Encoder
from scanpix.runtime import postgres
from scanpix.runtime.env import ConfigurationError
from scanpix.runtime.server_home import socket_folder
from tests.scanpix.starting import start

CONTROL = "comment = 'as an older package brings it'\ndefault_version = '{version}'\n"


@pytest.fixture
def extensions(db: None) -> Iterator[Path]:
    """The only folder in which the server looks for extensions, as long as the test runs; the server can read it."""
    with tempfile.TemporaryDirectory(prefix="scanpix-extensions-") as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "extension").mkdir(mode=0o755)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('extension_control_path', %s, true)", [folder])
        yield Path(folder) / "extension"


def told() -> str:
    with pytest.raises(ConfigurationError) as raised:
        check_server()
    assert "\n" not in str(raised.value)
    return str(raised.value)


class TestServer:
    @pytest.mark.django_db
    def test_the_embedded_one_will_do(self) -> None:
        check_server()

    @pytest.mark.django_db
    def test_one_that_is_too_old(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(installation, "OLDEST_SERVER", 990000)
        assert told().startswith("PostgreSQL 18.")
        assert told().endswith(" is too old: scanpix needs 16 or newer")

    def test_one_without_vectors(self, extensions: Path) -> None:
        assert told().startswith("the extension `vector` is not installed on the database server: install pgvector 0.8")

    @pytest.mark.parametrize("version", ["0.7.4", "0.5"])
    def test_one_with_an_old_vector(self, extensions: Path, version: str) -> None:
        (extensions / "vector.control").write_text(CONTROL.format(version=version))
        assert told() == f"pgvector {version} is too old: scanpix needs 0.8 or newer"

    @pytest.mark.parametrize("version", ["0.8.0", "0.10.1", "1.0"])
    def test_one_with_a_newer_vector(self, extensions: Path, version: str) -> None:
        (extensions / "vector.control").write_text(CONTROL.format(version=version))
        check_server()

    @pytest.mark.django_db(transaction=True)
    def test_one_that_cannot_be_reached(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        connection.close()
        monkeypatch.setitem(connection.settings_dict, "HOST", str(tmp_path))
        message = told()
        assert message.startswith("the database cannot be reached (")
        assert message.endswith("): check DATABASE_URL")


class TestPrepare:
    @pytest.mark.django_db(transaction=True)
    def test_twice_is_once(self, settings: LazySettings, tmp_path: Path) -> None:
        settings.MODELS = tmp_path / "models"
        for _ in range(2):
            prepare()
            assert [(one.name, one.state) for one in Encoder.objects.all()] == [("bundled", "active")]
        assert settings.MODELS.stat().st_mode & 0o777 == 0o700
        assert settings.THUMBNAILS.is_dir()

    @pytest.mark.django_db
    def test_two_first_starts_at_once(self, tmp_path: Path) -> None:
        """On a database in which nothing is, beside that of the tests."""
        name = f"first_start_{uuid4().hex}"
        with postgres.connect(configured.DATA, "postgres") as server:
            server.execute(f'CREATE DATABASE "{name}"')
            try:
                url = f"postgres://scanpix@{quote(str(socket_folder(configured.DATA)), safe='')}:5432/{name}"
                both = [start(tmp_path, "manage.py", "status", "--json", DATABASE_URL=url) for _ in range(2)]
                ends = [(*process.communicate(timeout=120), process.returncode) for process in both]
                assert [(errors, code) for _, errors, code in ends] == [("", 0), ("", 0)]
                with postgres.connect(configured.DATA, name) as fresh:
                    encoders = fresh.execute("SELECT name, state FROM media_index_encoder").fetchall()
                assert encoders == [("bundled", "active")]
            finally:
                server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.django_db
def test_housekeeping_is_scheduled_once() -> None:
    schedule_housekeeping()
    schedule_housekeeping()
    found = Schedule.objects.values_list("name", "minutes", "repeats", "cluster").order_by("name")
    assert list(found) == [
        ("check sources", 1, -1, "default"),
        ("describe faces", 15, -1, "ml"),
        ("find duplicates", 5, -1, "default"),
        ("forget pictures brought to search with", 10, -1, "default"),
        ("forget what is gone", 60, -1, "default"),
        ("group faces", 5, -1, "default"),
        ("look for work", 1, -1, "ml"),
        ("nightly backup", 15, -1, "default"),
        ("scan sources", 1, -1, "default"),
        ("watch sources", 1, -1, "default"),
    ]


@pytest.mark.django_db
def test_of_a_schedule_that_is_there_twice_one_stays() -> None:
    schedule_housekeeping()
    Schedule.objects.create(name="scan sources", func="media_index.tasks.scan_due")
    schedule_housekeeping()
    assert Schedule.objects.filter(name="scan sources").count() == 1
