"""Restoring: all of it or nothing, whatever happens meanwhile; there and back."""

from __future__ import annotations

import json
import random
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import LazySettings

from scanpix.operations import archive, databases, loading, restore
from scanpix.operations.backup import backup_make
from scanpix.operations.contents import Contents, differences
from scanpix.operations.errors import OperationError
from scanpix.operations.server import Server
from scanpix.runtime import postgres
from scanpix.runtime.server_home import socket_folder
from tests.clusters import remove_cluster
from tests.scanpix.operations.household import FILL, NOTHING_BESIDE, beside, look
from tests.scanpix.starting import run, start
from tests.waiting import PATIENCE

KEPT: dict[str, Any] = {"secret_key": "the key of then", "variables": {}, "left_out": []}
CHANGE = "DELETE FROM media WHERE id < 50; INSERT INTO member (name) VALUES ('new')"
KILLS = 10


@pytest.fixture(autouse=True)
def own_folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    (settings.DATA / "secret_key").write_text("the key of now")
    return settings.DATA


@pytest.fixture
def target(server: Server, tmp_path: Path) -> Path:
    target = tmp_path / "a.zip"
    backup_make(target, server=server, kept=KEPT, check=False)
    return target


def change(server: Server, statements: str = CHANGE) -> Contents:
    with server.connect() as connection:
        connection.execute(statements)
    return look(server)


def same(expected: Contents, server: Server) -> bool:
    """A restored database has the tables of scanpix as well, which were missing in the backup."""
    return all(table == look(server).tables.get(name) for name, table in expected.tables.items())


def refused(file: Path, server: Server) -> str:
    with pytest.raises(OperationError) as raised:
        restore.restore(file, server=server)
    assert "\n" not in str(raised.value)
    return str(raised.value)


@pytest.mark.django_db(transaction=True)
def test_there_and_back(server: Server, target: Path, own_folder: Path) -> None:
    then, now = look(server), change(server)
    report = restore.restore(target, server=server)
    assert same(then, server)
    assert set(then.indexes) <= set(look(server).indexes)
    assert beside(server) == {**NOTHING_BESIDE, "before": [report.before]}
    assert look(server.named(report.before)) == now
    assert (own_folder / "secret_key").read_text() == "the key of then"
    assert restore.restore_undo(server=server) == report.before
    assert look(server) == now
    assert (own_folder / "secret_key").read_text() == "the key of now"
    (kept,) = restore.restore_forget(server=server)
    assert kept != report.before
    assert beside(server) == NOTHING_BESIDE
    assert [path.name for path in own_folder.iterdir()] == ["secret_key"]
    with pytest.raises(OperationError, match="no database from before a restore is kept here"):
        restore.restore_undo(server=server)


@pytest.mark.django_db(transaction=True)
def test_undoing_the_second_of_two(server: Server, target: Path, own_folder: Path, settings: LazySettings) -> None:
    """Both have the same key, so the one from before the first must not come back."""
    restore.restore(target, server=server)
    settings.SECRET_KEY = "the key of then"
    restore.restore(target, server=server)
    restore.restore_undo(server=server)
    assert (own_folder / "secret_key").read_text() == "the key of then"


@pytest.mark.django_db(transaction=True)
def test_an_empty_database_is_not_kept(new_server: Callable[..., Server], target: Path, server: Server) -> None:
    """As on a new machine."""
    other = new_server()
    assert restore.restore(target, server=other).before == ""
    assert same(look(server), other)
    assert beside(other) == NOTHING_BESIDE


@pytest.mark.django_db(transaction=True)
def test_the_tables_of_this_scanpix_are_made(server: Server, target: Path) -> None:
    restore.restore(target, server=server)
    assert {"media_index_media", "people_member"} <= set(look(server).tables)


def test_of_a_newer_scanpix(server: Server, target: Path) -> None:
    before = look(server)
    with zipfile.ZipFile(target) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    manifest = json.loads(parts[archive.MANIFEST])
    manifest["scanpix"] = "9.0"
    manifest["migrations"] = [["a_plugin_that_is_gone", "0001_initial"], ["media_index", "9999_to_come"]]
    with zipfile.ZipFile(target, "w") as changed:
        for name, content in {**parts, archive.MANIFEST: json.dumps(manifest)}.items():
            changed.writestr(name, content)
    assert refused(target, server) == (
        "this backup was made by a newer scanpix (9.0; its tables had media_index.9999_to_come): update scanpix first"
    )
    assert look(server) == before


def test_while_somebody_uses_it(server: Server, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "PATIENCE_SECONDS", 0.3)
    with server.connect():
        message = refused(target, server)
    assert message.startswith("the database is in use (1 connections): stop scanpix, and every command")
    assert beside(server) == NOTHING_BESIDE


@pytest.mark.django_db(transaction=True)
def test_while_somebody_comes_in_the_meantime(
    server: Server, target: Path, monkeypatch: pytest.MonkeyPatch, own_folder: Path
) -> None:
    """Between the check and the exchange of names."""
    now = change(server)
    monkeypatch.setattr(restore, "_check_alone", lambda place: None)
    with server.connect():
        message = refused(target, server)
    assert message.startswith("the database is in use: stop scanpix")
    assert look(server) == now
    assert beside(server) == NOTHING_BESIDE
    assert [path.name for path in own_folder.iterdir() if "key" in path.name] == ["secret_key"]
    assert (own_folder / "secret_key").read_text() == "the key of now"


def test_a_damaged_one(server: Server, target: Path) -> None:
    now = change(server)
    content = bytearray(target.read_bytes())
    content[len(content) // 2] ^= 255
    target.write_bytes(content)
    assert "is damaged" in refused(target, server)
    assert look(server) == now
    assert beside(server) == NOTHING_BESIDE


def test_one_that_comes_out_different(server: Server, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loaded rows are changed behind the back of the comparison."""
    now = change(server)
    load = loading._load

    def load_and_spoil(backup: archive.Backup, new: Server, without: list[str]) -> None:
        load(backup, new, without)
        with new.connect() as connection:
            connection.execute("UPDATE media SET title = 'other' WHERE id = 60")

    monkeypatch.setattr(loading, "_load", load_and_spoil)
    message = refused(target, server)
    assert message == f"{target} does not restore to what it was: the rows of the table media are not the same"
    assert look(server) == now
    assert beside(server) == NOTHING_BESIDE


class TestCommand:
    """Processes of their own on a database of scanpix with rows in it."""

    @pytest.fixture
    def house(self, new_server: Callable[..., Server], own_folder: Path, tmp_path: Path) -> dict[str, Any]:
        server = new_server(FILL)
        host = quote(server.parameters["host"], safe="")
        url = f"postgres://{server.parameters['user']}@{host}:5432/{server.database}"
        variables = {"DATABASE_URL": url}
        assert run(own_folder, "manage.py", "migrate", "--verbosity", "0", **variables)[0] == 0
        target = tmp_path / "a.zip"
        code, said, errors = run(own_folder, "manage.py", "backup", str(target), **variables)
        assert (code, errors) == (0, "")
        assert "restored and compared: every table is the same" in said
        return {"server": server, "data": own_folder, "target": str(target), "variables": variables}

    def start(self, house: dict[str, Any]) -> Any:
        return start(house["data"], "manage.py", "restore", house["target"], **house["variables"])

    def test_killed_at_any_time(self, house: dict[str, Any]) -> None:
        """It is what it was before, or all of what the backup holds; the next run clears up and succeeds."""
        server: Server = house["server"]
        then, now = look(server), change(server)
        began = time.monotonic()
        whole = self.start(house)
        assert whole.wait(PATIENCE) == 0, whole.communicate()[1]
        took = time.monotonic() - began
        assert differences(then, look(server)) == []
        moments = random.Random(7)
        interrupted = 0
        for _ in range(KILLS):
            restore.restore_forget(server=server)
            with server.connect() as connection:
                connection.execute("DELETE FROM media; INSERT INTO member (name) VALUES (gen_random_uuid()::text)")
            now = look(server)
            process = self.start(house)
            time.sleep(moments.uniform(0.3, took))
            process.kill()
            process.communicate()
            found = look(server)
            assert found in (now, then)
            interrupted += found == now
        assert interrupted
        code, _, errors = (lambda p: (p.wait(PATIENCE), *p.communicate()))(self.start(house))
        assert code == 0, errors
        assert differences(then, look(server)) == []
        assert beside(server)["restore"] == []

    def test_on_a_new_machine(self, house: dict[str, Any], tmp_path: Path) -> None:
        """With the embedded database, on a data folder that is not there yet."""
        new = tmp_path / "new machine"
        try:
            code, said, errors = run(new, "manage.py", "restore", house["target"])
            assert code == 0, errors
            assert "is kept as" not in said
            assert "  SCANPIX_MIN_FREE_MB" not in said
            own = Server({"host": str(socket_folder(new)), "port": 5432, "user": postgres.USER}, postgres.DATABASE)
            postgres.hold(new)
            assert same(look(house["server"]), own)
            assert (new / "secret_key").read_text() == (house["data"] / "secret_key").read_text()
            assert not (new / "secret_key.before").exists()
            code, said, _ = run(new, "manage.py", "members", "--json")
            assert (code, json.loads(said)) == (0, [])
        finally:
            postgres.release(new)
            assert postgres.wait_until_stopped(new, seconds=PATIENCE)
            remove_cluster(new)

    def test_not_while_serve_runs(self, house: dict[str, Any]) -> None:
        import fcntl

        with (house["data"] / "serve.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = self.start(house)
            output, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, output) == (1, "")
        assert errors.startswith("CommandError: scanpix already runs on SCANPIX_DATA=")
        assert errors.count("\n") == 1
