"""The zone of the machine, wherever it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanpix.runtime.timezone import is_zone, machine_zone


@pytest.fixture(autouse=True)
def untold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)


@pytest.fixture
def localtime(tmp_path: Path) -> Path:
    """A link as systems have it, to a zone below a folder called ``zoneinfo``."""
    zone = tmp_path / "share" / "zoneinfo" / "Europe" / "Lisbon"
    zone.parent.mkdir(parents=True)
    zone.touch()
    (tmp_path / "localtime").symlink_to(zone)
    return tmp_path / "localtime"


def test_where_the_link_leads(localtime: Path) -> None:
    assert machine_zone(localtime) == "Europe/Lisbon"


def test_through_several_links(localtime: Path, tmp_path: Path) -> None:
    (tmp_path / "again").symlink_to(localtime)
    assert machine_zone(tmp_path / "again") == "Europe/Lisbon"


@pytest.mark.parametrize("told", ["Asia/Tokyo", ":Asia/Tokyo"])
def test_the_variable_comes_first(localtime: Path, monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    monkeypatch.setenv("TZ", told)
    assert machine_zone(localtime) == "Asia/Tokyo"


@pytest.mark.parametrize("told", ["Mars/Olympus", "<+03>-3", ":/etc/localtime", "", ":", "../../etc/passwd"])
def test_a_variable_that_names_no_zone_is_passed_over(
    localtime: Path, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    monkeypatch.setenv("TZ", told)
    assert machine_zone(localtime) == "Europe/Lisbon"


def test_utc_where_nothing_tells(tmp_path: Path) -> None:
    assert machine_zone(tmp_path / "missing") == "UTC"
    (tmp_path / "copy").write_bytes(b"TZif")
    assert machine_zone(tmp_path / "copy") == "UTC"
    (tmp_path / "zoneinfo").mkdir()
    (tmp_path / "zoneinfo" / "Atlantis").touch()
    assert machine_zone(tmp_path / "zoneinfo" / "Atlantis") == "UTC"


@pytest.mark.parametrize("name", ["UTC", "Europe/Lisbon", "America/Argentina/Buenos_Aires"])
def test_zones(name: str) -> None:
    assert is_zone(name)


@pytest.mark.parametrize("name", ["Mars", "", "Europe", "Europe/", "/etc/passwd", "../UTC", "Europe/\0", "x" * 5000])
def test_no_zones(name: str) -> None:
    assert not is_zone(name)
