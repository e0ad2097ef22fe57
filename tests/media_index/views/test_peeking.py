from __future__ import annotations

from pathlib import Path

import pytest

from media_index.views import peeking
from media_index.views.folders import listing
from media_index.views.peeking import Peek, peek


def write(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"x")


def test_photos_and_videos_below_are_counted_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, "a.jpg", "b.HEIC", "c.mp4", "d.txt", ".hidden.jpg")
    write(tmp_path / "2019" / "June", "e.nef")
    write(tmp_path / ".thumbnails", "f.jpg")
    assert peek(str(tmp_path)) == Peek(photos=3, videos=1)


def test_a_large_folder_is_not_counted_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, *(f"{at}.jpg" for at in range(20)))
    monkeypatch.setattr(peeking, "MOST", 10)
    assert peek(str(tmp_path)) == Peek(photos=10, more=True)


def test_a_look_that_takes_too_long_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, *(f"{at}.jpg" for at in range(20)))
    monkeypatch.setattr(peeking, "LOOK_SECONDS", -1.0)
    assert peek(str(tmp_path)) == Peek(photos=1, more=True)


def test_links_are_not_followed_in_circles(tmp_path: Path) -> None:
    write(tmp_path / "a", "one.jpg")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    assert peek(str(tmp_path)) == Peek(photos=1)


def test_the_picker_tells_it_but_for_the_whole_machine(tmp_path: Path) -> None:
    write(tmp_path, "a.jpg")
    assert listing(str(tmp_path)).look == Peek(photos=1)
    assert listing("/").look is None
    assert listing(f"{tmp_path}/none").look is None
