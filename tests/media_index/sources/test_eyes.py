"""Hearing from the kernel what happens in folders."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from media_index.sources.eyes import Eyes, touched_paths
from tests.waiting import until


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (b"/photos", {b""}),
        (b"/photos/a.jpg", {b"", b"a.jpg"}),
        (b"/photos/x/y/a.jpg", {b"x/y", b"x/y/a.jpg"}),
        (b"/photos/.hidden", set()),
        (b"/photos/@eaDir/a/b.jpg", set()),
        (b"/photos/x/Thumbs.db", set()),
        (b"/photos/film.mp4.part", set()),
        (b"/photographs/a.jpg", set()),
    ],
)
def test_what_is_touched(told: bytes, found: set[bytes]) -> None:
    assert touched_paths(b"/photos", [told]) == found


@pytest.fixture
def open_eyes(tmp_path: Path) -> Iterator[Callable[[set[bytes]], tuple[Eyes, list[set[bytes]]]]]:
    opened: list[Eyes] = []

    def begin(paths: set[bytes]) -> tuple[Eyes, list[set[bytes]]]:
        told: list[set[bytes]] = []
        eyes = Eyes(os.fsencode(tmp_path), paths, told.append)
        eyes.open()
        opened.append(eyes)
        return eyes, told

    yield begin
    for eyes in opened:
        eyes.close()


def test_a_new_file_is_told(tmp_path: Path, open_eyes: Callable[..., tuple[Eyes, list[set[bytes]]]]) -> None:
    (tmp_path / "a").mkdir()
    _, told = open_eyes({b"", b"a"})
    (tmp_path / "a" / "new.jpg").write_bytes(b"x")
    until(lambda: any(b"a" in paths for paths in told))


def test_what_is_not_watched_is_not_told(
    tmp_path: Path, open_eyes: Callable[..., tuple[Eyes, list[set[bytes]]]]
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    _, told = open_eyes({b"b"})
    (tmp_path / "a" / "new.jpg").write_bytes(b"x")
    (tmp_path / "b" / "new.jpg").write_bytes(b"x")
    until(lambda: bool(told))
    assert set().union(*told) == {b"b", b"b/new.jpg"}


def test_a_folder_that_was_replaced_is_noticed(
    tmp_path: Path, open_eyes: Callable[..., tuple[Eyes, list[set[bytes]]]]
) -> None:
    (tmp_path / "a").mkdir()
    eyes, _ = open_eyes({b"", b"a"})
    (tmp_path / "a").rename(tmp_path / "old")
    (tmp_path / "a").mkdir()
    until(lambda: eyes.renewed == {b"a"})


def test_names_that_are_no_utf8_do_not_end_it(
    tmp_path: Path, open_eyes: Callable[..., tuple[Eyes, list[set[bytes]]]]
) -> None:
    (tmp_path / os.fsdecode(b"\xff")).mkdir()
    _, told = open_eyes({b"", b"\xff", b"not there"})
    (tmp_path / "a.jpg").write_bytes(b"x")
    until(lambda: bool(told))


LIMITED = """
import os, sys
from media_index.sources.eyes import Eyes
root = os.fsencode(sys.argv[1])
try:
    Eyes(root, {b"", *os.listdir(root)}, print).open()
except OSError as error:
    print(error)
"""


def test_the_limit_of_watches_is_told(tmp_path: Path) -> None:
    for number in range(10):
        (tmp_path / str(number)).mkdir()
    limit = "echo 5 > /proc/sys/user/max_inotify_watches"
    if subprocess.run(["unshare", "--user", "--map-root-user", "sh", "-c", limit], capture_output=True).returncode:
        pytest.skip("no user namespaces here")
    command = f'{limit} && exec "$0" -c "$1" "$2"'
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "sh", "-c", command, sys.executable, LIMITED, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert "limit" in done.stdout
