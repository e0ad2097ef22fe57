"""The cache of files on a disk that refuses."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from scanpix.runtime.cache import ForgivingFileCache


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ForgivingFileCache:
    monkeypatch.setattr(logging.getLogger("scanpix"), "propagate", True)
    return ForgivingFileCache(str(folder), {})


def test_keeps(cache: ForgivingFileCache) -> None:
    cache.set("a", {"b": 1})
    assert cache.get("a") == {"b": 1}
    assert cache.touch("a") is True
    assert cache.delete("a") is True
    assert cache.get("a", "none") == "none"


def test_a_write_that_is_refused_is_no_error(
    cache: ForgivingFileCache, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.rmtree(folder)
    folder.write_text("a file where the folder was")
    cache.set("a", 1)
    assert cache.add("b", 1) in {True, False}
    assert cache.get("a", "none") == "none"
    assert cache.touch("a") is False
    assert cache.has_key("a") is False
    assert "a of the cache could not be kept: File exists" in caplog.text


@pytest.mark.parametrize("size", [0, 3, 20])
def test_what_a_power_cut_left_counts_as_nothing(cache: ForgivingFileCache, folder: Path, size: int) -> None:
    cache.set("a", "x" * 1000, None)
    (file,) = folder.glob("*.djcache")
    file.write_bytes(file.read_bytes()[:size])
    assert cache.get("a", "none") == "none"
    cache.set("a", "again")
    assert cache.get("a") == "again"
