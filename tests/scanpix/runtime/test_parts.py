"""Web and workers run apart, as in containers, but never twice."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from scanpix.runtime.env import ConfigurationError
from scanpix.runtime.serve import PARTS, children, only_one, parts_running


def names(part: str | None) -> list[str]:
    return [child.name for child in children(Path("/project"), "127.0.0.1", 8000, part)]


def test_the_parts_are_the_whole() -> None:
    assert names("web") == ["web"]
    assert "ml worker" in names("workers")
    assert sorted(name for part in PARTS for name in names(part)) == sorted(names(None))


def test_parts_run_beside_each_other(tmp_path: Path) -> None:
    with only_one(tmp_path, "web"), only_one(tmp_path, "workers"):
        pass


def test_who_runs_is_told(tmp_path: Path) -> None:
    here = socket.gethostname()
    assert parts_running(tmp_path) == {}
    with only_one(tmp_path):
        assert parts_running(tmp_path) == {"web": "", "workers": ""}
    with only_one(tmp_path, "workers"):
        assert parts_running(tmp_path) == {"workers": here}
        with only_one(tmp_path, "web"):
            assert parts_running(tmp_path) == {"web": here, "workers": here}
    assert parts_running(tmp_path) == {}


@pytest.mark.parametrize(("first", "second"), [("web", "web"), ("workers", None), (None, "web"), (None, None)])
def test_nothing_runs_twice(tmp_path: Path, first: str | None, second: str | None) -> None:
    with (
        only_one(tmp_path, first),
        pytest.raises(ConfigurationError, match="scanpix already runs on"),
        only_one(tmp_path, second),
    ):
        pass
    with only_one(tmp_path, second):
        pass
