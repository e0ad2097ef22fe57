from __future__ import annotations

import os
from pathlib import Path

import pytest

from media_index.views.folders import MOST, listing, start_folder


def names(path: Path) -> list[str]:
    return [step.name for step in listing(str(path)).folders]


def test_only_folders_and_no_hidden_ones(tmp_path: Path) -> None:
    for name in ("b", "A", ".hidden", "ü und ö"):
        (tmp_path / name).mkdir()
    (tmp_path / "file.jpg").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "b")
    assert names(tmp_path) == ["A", "b", "link", "ü und ö"]


def test_a_name_that_is_no_utf8_is_left_out(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"bad\xff")).mkdir()
    (tmp_path / "good").mkdir()
    assert names(tmp_path) == ["good"]


def test_steps_lead_to_the_folder(tmp_path: Path) -> None:
    steps = listing(str(tmp_path)).steps
    assert steps[0].path == "/"
    assert steps[-1].path == str(tmp_path)
    assert [step.name for step in steps[1:]] == list(tmp_path.parts[1:])


@pytest.mark.parametrize(
    ("name", "problem"), [("none", "no such folder"), ("file", "a file, not a folder"), ("nul\0", "cannot be listed")]
)
def test_what_cannot_be_listed_says_why(tmp_path: Path, name: str, problem: str) -> None:
    (tmp_path / "file").write_text("x")
    found = listing(f"{tmp_path}/{name}")
    assert problem in found.problem
    assert found.folders == ()
    assert "\0" not in found.path


def test_dots_and_slashes_are_taken_out_of_a_path(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    assert listing(f"/{tmp_path}//a/../").path == str(tmp_path)


@pytest.mark.parametrize("text", ["", "relative/path"])
def test_anything_else_starts_at_the_home(text: str) -> None:
    assert listing(text).path == start_folder()


def test_a_start_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/no/such/home")
    assert start_folder() == "/"


def test_the_system_is_not_offered() -> None:
    assert "proc" not in [step.name for step in listing("/").folders]
    assert listing("/").steps[-1].path == "/"


def test_very_many_folders_are_cut_off(tmp_path: Path) -> None:
    for number in range(MOST + 3):
        (tmp_path / f"{number:04}").mkdir()
    found = listing(str(tmp_path))
    assert len(found.folders) == MOST
    assert found.left_out == 3
