"""The embedded server: starts, is shared, is left by whoever dies, and refuses what it cannot serve."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from scanpix.runtime import postgres
from scanpix.runtime.env import ConfigurationError
from scanpix.runtime.keeper import memory_settings
from scanpix.runtime.secret import secret_key
from scanpix.runtime.server_home import server_home, socket_folder
from tests.clusters import remove_cluster
from tests.waiting import PATIENCE, until

PROJECT = Path(__file__).resolve().parents[3]
HOLDER = """
import sys, time
from pathlib import Path
from scanpix.runtime import postgres
postgres.hold(Path(sys.argv[1]), ["fsync=off"])
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "a folder with spaces and 'quotes'" / ("long " * 20).strip()
    folder.mkdir(parents=True)
    yield folder
    postgres.release(folder)
    assert postgres.wait_until_stopped(folder, seconds=PATIENCE)
    remove_cluster(folder)


def holder(data: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data)], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_it_lives_as_long_as_any_holder(data: Path) -> None:
    first, second = holder(data), holder(data)
    first.kill()
    first.wait()
    assert postgres.connect(data).execute("SELECT 1").fetchone() == (1,)
    second.kill()
    second.wait()
    assert postgres.wait_until_stopped(data, seconds=PATIENCE)


def test_what_was_written_is_there_after_a_stop(data: Path) -> None:
    postgres.hold(data, ["fsync=off"])
    with postgres.connect(data) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    postgres.release(data)
    assert postgres.wait_until_stopped(data, seconds=PATIENCE)
    postgres.hold(data, ["fsync=off"])
    assert postgres.connect(data).execute("SELECT answer FROM kept").fetchone() == (42,)


def test_it_comes_back_when_the_server_is_killed(data: Path) -> None:
    postgres.hold(data, ["fsync=off"])
    cluster = server_home(data).cluster
    server = psutil.Process(int((cluster / "postmaster.pid").read_text().splitlines()[0]))
    everyone = [server, *server.children(recursive=True)]
    server.kill()
    until(lambda: not any(one.is_running() for one in everyone))
    postgres.ensure_running(data, ["fsync=off"])
    assert postgres.connect(data).execute("SELECT 1").fetchone() == (1,)


def test_a_pid_file_of_somebody_else_does_not_stop_it(data: Path) -> None:
    postgres.hold(data, ["fsync=off"])
    postgres.release(data)
    assert postgres.wait_until_stopped(data, seconds=PATIENCE)
    cluster = server_home(data).cluster
    # This very process lives, and is no server: what a power cut and a reboot leave behind.
    (cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster}\n")
    postgres.hold(data, ["fsync=off"])
    assert postgres.connect(data).execute("SELECT 1").fetchone() == (1,)


def test_another_major_version_is_refused_in_one_line(data: Path) -> None:
    postgres.hold(data, ["fsync=off"])
    postgres.release(data)
    assert postgres.wait_until_stopped(data, seconds=PATIENCE)
    (server_home(data).cluster / "PG_VERSION").write_text("14\n")
    with pytest.raises(ConfigurationError, match=r"was made by PostgreSQL 14, this is 18.*upgradedatabase") as raised:
        postgres.hold(data)
    assert "\n" not in str(raised.value)


def test_an_option_the_server_refuses_is_told(data: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"PostgreSQL did not start: .*no_such_setting"):
        postgres.hold(data, ["no_such_setting=1"])


def test_foreign_content_is_left_alone(data: Path) -> None:
    (data / "postgres").mkdir()
    (data / "postgres" / "diary.txt").write_text("mine")
    with pytest.raises(ConfigurationError, match="holds something that is no database"):
        postgres.hold(data)
    assert (data / "postgres" / "diary.txt").read_text() == "mine"


def test_no_mode_of_a_parent_is_changed(data: Path) -> None:
    data.parent.chmod(0o711)
    before = {folder: folder.stat().st_mode for folder in [data, *data.parents]}
    postgres.hold(data, ["fsync=off"])
    assert before == {folder: folder.stat().st_mode for folder in before}
    assert stat.S_IMODE(socket_folder(data).stat().st_mode) == 0o700


def test_the_socket_is_short_whatever_the_path() -> None:
    folder = Path("/" + "x" * 200) / "data"
    assert len(str(socket_folder(folder) / ".s.PGSQL.5432")) < 107


@pytest.mark.parametrize(("gigabytes", "shared"), [(1, "64MB"), (8, "512MB"), (64, "1024MB")])
def test_memory_by_the_size_of_the_machine(gigabytes: int, shared: str) -> None:
    assert memory_settings(gigabytes * 1024**3)["shared_buffers"] == shared


def test_the_secret_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    key = secret_key(tmp_path / "new")
    assert len(key) > 50
    assert secret_key(tmp_path / "new") == key
    assert stat.S_IMODE((tmp_path / "new" / "secret_key").stat().st_mode) == 0o600
    (tmp_path / "new" / "secret_key").write_text("")
    with pytest.raises(ConfigurationError, match="is empty"):
        secret_key(tmp_path / "new")
