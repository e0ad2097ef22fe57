"""Files with secrets are whole or not there, and nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanpix.runtime.private_files import write_private


def test_it_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("before, and longer")
    file.chmod(0o644)
    assert write_private(file, "now") == file
    assert file.read_text() == "now"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("before")
    with pytest.raises(UnicodeEncodeError):
        write_private(file, "\udc80")
    with pytest.raises(FileNotFoundError):
        write_private(tmp_path / "nowhere" / "key", "now")
    assert file.read_text() == "before"
    assert list(tmp_path.iterdir()) == [file]
