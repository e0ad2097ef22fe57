"""Typed readers: what they take, and what they say of what they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanpix.runtime import env
from scanpix.runtime.env import ConfigurationError


@pytest.fixture(autouse=True)
def no_new_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "KNOWN", {})


def test_defaults_stand_where_nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "ABCDE":
        monkeypatch.delenv(name, raising=False)
    assert env.text("A", "x") == "x"
    assert env.integer("B", 3) == 3
    assert env.boolean("C", True) is True
    assert env.words("D", ("a", "b")) == ["a", "b"]
    assert env.path("E", Path("/tmp/x")) == Path("/tmp/x")
    assert env.KNOWN == {"A": "x", "B": "3", "C": "yes", "D": "a,b", "E": "/tmp/x"}


@pytest.mark.parametrize("raw", ["ten", "1.5", "-1", "70000"])
def test_a_bad_number_is_named(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv("PORT", raw)
    with pytest.raises(ConfigurationError, match=r"PORT='.*' is not a whole number from 1 to 65535"):
        env.integer("PORT", 80, least=1, most=65535)


@pytest.mark.parametrize(("raw", "value"), [("1", True), ("Yes", True), ("off", False), ("FALSE", False)])
def test_booleans(monkeypatch: pytest.MonkeyPatch, raw: str, value: bool) -> None:
    monkeypatch.setenv("FLAG", raw)
    assert env.boolean("FLAG", not value) is value


def test_a_bad_boolean_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLAG", "perhaps")
    with pytest.raises(ConfigurationError, match="FLAG='perhaps' is neither yes nor no"):
        env.boolean("FLAG", True)


def test_a_choice_lists_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEVEL", "LOUD")
    with pytest.raises(ConfigurationError, match="LEVEL='LOUD' is none of INFO, DEBUG"):
        env.choice("LEVEL", "INFO", ("INFO", "DEBUG"))


def test_a_path_is_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FOLDER", "photos of mine")
    assert env.path("FOLDER", Path("/")) == tmp_path / "photos of mine"
    monkeypatch.setenv("FOLDER", "~nobody-of-this-name/photos")
    with pytest.raises(ConfigurationError, match="names a home folder"):
        env.path("FOLDER", Path("/"))
