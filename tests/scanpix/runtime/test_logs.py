"""Logs: two layouts, ids, and files that several processes write and rotate."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanpix.runtime import logs
from scanpix.runtime.logs import JsonFormatter, LineFormatter, SharedFileHandler, process_kind

WRITER = """
import logging, sys
from scanpix.runtime.logs import SharedFileHandler
handler = SharedFileHandler(sys.argv[1], most_bytes=20_000, kept=100)
log = logging.getLogger("writer")
log.addHandler(handler)
for number in range(500):
    log.warning("%s %04d %s", sys.argv[2], number, "x" * 80)
"""


def record(message: str, *arguments: object, **more: object) -> logging.LogRecord:
    return logging.LogRecord("media_index.test", logging.WARNING, __file__, 1, message, arguments, None, **more)


@pytest.fixture(autouse=True)
def nothing_bound() -> Iterator[None]:
    logs.bind()
    yield
    logs.bind()


def test_a_line() -> None:
    with logs.bound(task="ab12"), logs.bound(media=[3, 4]):
        line = LineFormatter().format(record("took %d", 2))
    assert line.endswith(" WARNING media_index.test [task=ab12] [media=3,4]: took 2")
    assert "task" not in LineFormatter().format(record("after"))


def test_a_name_cannot_make_a_line_of_its_own() -> None:
    line = LineFormatter().format(record("%s is broken", "a\n2026 ERROR\x1b[31m.jpg"))
    assert "\n" not in line and "\x1b" not in line
    assert "a\\x0a2026" in line


def test_a_document() -> None:
    try:
        raise ValueError("why")
    except ValueError:
        failed = record("failed on %s", "ä\n.jpg")
        failed.exc_info = sys.exc_info()
    logs.bind(request="ff00")
    text = JsonFormatter().format(failed)
    assert "\n" not in text
    document = json.loads(text)
    assert (document["level"], document["logger"], document["message"]) == (
        "WARNING", "media_index.test", "failed on ä\n.jpg",
    )  # fmt: skip
    assert document["request"] == "ff00"
    assert document["exception"].endswith("ValueError: why")
    assert document["time"].endswith("+00:00")


def test_a_file_rotates_and_old_ones_go(tmp_path: Path) -> None:
    file = tmp_path / "logs" / "web.log"
    handler = SharedFileHandler(str(file), most_bytes=100, kept=2)
    assert not file.parent.exists()
    for number in range(10):
        handler.emit(record("%s", f"{number} {'x' * 100}"))
    handler.close()
    kept = [file, Path(f"{file}.1"), Path(f"{file}.2")]
    assert [one.read_text()[0] for one in kept] == ["9", "8", "7"]
    assert sorted(one.name for one in file.parent.iterdir()) == [".web.log.lock", "web.log", "web.log.1", "web.log.2"]
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert file.stat().st_mode & 0o777 == 0o600


def test_several_processes_lose_no_line(tmp_path: Path) -> None:
    file = tmp_path / "web.log"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(file), name]) for name in "abc"]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    written = [line for one in tmp_path.glob("web.log*") for line in one.read_text().splitlines()]
    assert len(list(tmp_path.glob("web.log.*"))) >= 3
    assert sorted(line.split(" x")[0] for line in written) == [f"{name} {n:04}" for name in "abc" for n in range(500)]
    assert {len(line) for line in written} == {len("a 0000 ") + 80}


def test_a_file_that_cannot_be_written_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    handler = SharedFileHandler(str(tmp_path / "logs" / "web.log"))
    handler.emit(record("one"))
    handler.emit(record("two"))
    assert capsys.readouterr().err == f"{tmp_path}/logs/web.log cannot be written: Not a directory\n"


def test_a_full_disk_stops_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    handler = SharedFileHandler("/dev/full")
    handler.emit(record("one"))
    handler.emit(record("two"))
    assert capsys.readouterr().err == "/dev/full cannot be written: No space left on device\n"


@pytest.mark.parametrize(
    ("arguments", "cluster", "kind"),
    [
        (["/x/gunicorn/__main__.py", "scanpix.wsgi"], "", "web"),
        (["/x/bin/gunicorn"], "", "web"),
        (["manage.py", "qcluster"], "default", "worker"),
        (["manage.py", "qcluster"], "ml", "ml-worker"),
        (["manage.py", "serve"], "", "serve"),
        (["manage.py", "scan", "--wait"], "", "commands"),
        (["manage.py"], "", "commands"),
        ([], "", "commands"),
    ],
)
def test_each_kind_of_process_has_a_file(arguments: list[str], cluster: str, kind: str) -> None:
    assert process_kind(arguments, {"Q_CLUSTER_NAME": cluster}) == kind
