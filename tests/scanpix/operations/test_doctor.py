"""The doctor: what runs when, what is told, and what the machine's own checks see."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from scanpix.operations.checks import ALL, configuration, folder, machine
from scanpix.operations.doctor import (
    Check,
    Finding,
    Level,
    Needs,
    Result,
    as_data,
    as_text,
    examine,
    fail,
    healthy,
    ok,
    warn,
    within,
)
from scanpix.runtime import disk, mounts
from scanpix.runtime.secret import secret_key

MOUNTS = """\
24 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 24 0:40 / /mnt/nas rw shared:2 - nfs4 box:/photos rw
31 24 8:17 / /mnt/usb\\040stick rw shared:3 - exfat /dev/sdb1 rw
32 30 8:18 / /mnt/nas/local rw shared:4 - btrfs /dev/sdc1 rw
"""


def one(check: Iterator[Finding]) -> Finding:
    (finding,) = check
    return finding


class TestExamining:
    def test_what_cannot_run_is_told(self) -> None:
        def never() -> Iterator[Finding]:
            raise AssertionError("must not run")
            yield

        checks = [Check("a", "first", lambda: [ok("well")], Needs.NOTHING), Check("b", "second", never, Needs.DATABASE)]
        results = examine(checks, Needs.SETTINGS)
        assert results == [
            Result("a", "first", ok("well")),
            Result("b", "second", Finding(Level.SKIPPED, "cannot be told without the database")),
        ]
        assert healthy(results)

    def test_one_that_breaks_does_not_keep_the_others(self) -> None:
        def broken() -> Iterator[Finding]:
            yield ok("so far")
            raise RuntimeError("out of\nluck")

        first, second = examine([Check("a", "x", broken), Check("a", "y", lambda: [ok("well")])], Needs.SETTINGS)
        assert (first.finding.level, first.finding.text) == (Level.FAIL, "could not be told: out of luck")
        assert second.finding == ok("well")
        assert not healthy([first, second])

    def test_themes_stay_together(self) -> None:
        checks = [Check(theme, name, lambda: [ok("")]) for theme, name in (("a", "1"), ("b", "2"), ("a", "3"))]
        assert [result.name for result in examine(checks, Needs.SETTINGS)] == ["1", "3", "2"]

    def test_a_warning_is_no_failure(self) -> None:
        assert healthy([Result("a", "x", warn("slow", "Wait."))])

    def test_told_to_people_and_machines(self) -> None:
        results = [Result("disk", "room", fail("none", "Make some.")), Result("disk", "kind", ok("ext4"))]
        assert as_text(results).splitlines() == [
            "disk",
            "  fail    room: none",
            "          -> Make some.",
            "  ok      kind: ext4",
            "",
            "1 ok, 1 fail",
        ]
        assert as_data(results)["findings"][0] == {
            "theme": "disk",
            "check": "room",
            "level": "fail",
            "text": "none",
            "advice": "Make some.",
        }

    def test_what_hangs_is_left(self) -> None:
        hanging = threading.Event()
        with pytest.raises(TimeoutError):
            within(hanging.wait, 0.1)
        hanging.set()
        assert within(lambda: 7) == 7
        with pytest.raises(FileNotFoundError):
            within(lambda: Path("/nowhere at all").stat())

    def test_whatever_is_not_well_says_what_to_do(self) -> None:
        """Of those that run here; and every check has a name of its own."""
        assert len({(check.theme, check.name) for check in ALL}) == len(ALL)
        for result in examine(ALL, Needs.SETTINGS):
            if result.finding.level in {Level.WARN, Level.FAIL}:
                assert result.finding.advice.endswith((".", "?")), result


class TestMachine:
    def test_packages(self, tmp_path: Path) -> None:
        pins = tmp_path / "requirements.txt"
        pins.write_text("Django==1.0\nno-such-package==1\n# a comment==2\n")
        missing, others = machine.packages((pins,))
        assert missing.level == Level.FAIL and missing.text == "missing: no-such-package"
        assert others.level == Level.WARN and others.text.endswith("(tried with 1.0)")
        assert one(machine.packages()).level == Level.OK
        assert one(machine.packages((tmp_path / "not there",))).text == "those of the image"

    @pytest.mark.parametrize(
        ("content", "limit"), [("max\n", None), ("536870912\n", 1 << 29), ("9223372036854771712\n", None), (None, None)]
    )
    def test_the_limit_of_a_container(self, tmp_path: Path, content: str | None, limit: int | None) -> None:
        file = tmp_path / "memory.max"
        if content is not None:
            file.write_text(content)
        assert machine.memory_limit((str(file),)) == limit

    def test_little_memory(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(machine, "memory_limit", lambda: 1 << 30)
        finding = one(machine.memory())
        assert finding.level == Level.WARN
        assert finding.text.startswith("1.0 GB, ")

    def test_a_clock_that_is_behind(self) -> None:
        assert one(machine.clock()).level == Level.OK
        assert one(machine.clock(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(hours=1))).level == Level.FAIL

    def test_no_time_zone(self, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
        settings.TIME_ZONE = "UTC"
        monkeypatch.delenv("SCANPIX_TIME_ZONE", raising=False)
        assert one(machine.time_zone()).level == Level.WARN
        monkeypatch.setenv("SCANPIX_TIME_ZONE", "UTC")
        assert one(machine.time_zone()).level == Level.OK


class TestConfiguration:
    def test_a_typing_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SCANPIX_TEST_RUN", "")
        monkeypatch.setenv("SCANPIX_DECODER", "2")
        found = {finding.text: finding.advice for finding in configuration.unknown()}
        assert found["SCANPIX_DECODER is read by nothing"] == "Is SCANPIX_DECODERS meant?"

    def test_secrets_are_not_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SCANPIX_SECRET_KEY", "do not tell")
        monkeypatch.setenv("DATABASE_URL", "postgres://u:do-not-tell@h/n")
        text = next(configuration.in_effect()).text
        assert "SCANPIX_SECRET_KEY" in text and "DATABASE_URL" in text
        assert "tell" not in text


class TestFolder:
    @pytest.fixture(autouse=True)
    def data(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        data = tmp_path / "data"
        data.mkdir()
        monkeypatch.setenv("SCANPIX_DATA", str(data))
        return data

    def test_well(self, data: Path) -> None:
        secret_key(data)
        findings = [one(check()) for check in (folder.writable, folder.owner, folder.file_system, folder.keys)]
        assert {finding.level for finding in findings} == {Level.OK}
        assert [path.name for path in data.iterdir()] == ["secret_key"]

    def test_not_there(self, data: Path) -> None:
        data.rmdir()
        assert one(folder.writable()).text == f"{data} is not there"
        assert examine([Check("x", "y", folder.owner)], Needs.SETTINGS)[0].finding.level == Level.FAIL

    def test_not_writable(self, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SCANPIX_DATA", "/proc/self")
        assert one(folder.writable()).level == Level.FAIL

    @pytest.mark.parametrize(
        ("place", "kind", "level"),
        [
            ("/srv/data", "ext4", Level.OK),
            ("/mnt/nas/data", "nfs4", Level.WARN),
            ("/mnt/nas/local/data", "btrfs", Level.OK),
            ("/mnt/usb stick/data", "exfat", Level.FAIL),
        ],
    )
    def test_file_systems(
        self, tmp_path: Path, place: str, kind: str, level: Level, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "mountinfo").write_text(MOUNTS)
        monkeypatch.setattr(mounts, "MOUNTINFO", tmp_path / "mountinfo")
        monkeypatch.setenv("SCANPIX_DATA", place)
        found = one(folder.file_system())
        assert found.text.startswith(kind)
        assert found.level == level

    def test_a_key_for_everyone(self, data: Path) -> None:
        secret_key(data)
        (data / "secret_key").chmod(0o644)
        (data / "secret_key.restored").touch()
        interrupted, open_one = folder.keys()
        assert "a restore was interrupted" in interrupted.text
        assert open_one.advice == f"Run `chmod 600 {data / 'secret_key'}`."

    def test_no_room(self, data: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
        assert one(folder.space()).level == Level.OK
        settings.MIN_FREE_MB = 10**9
        monkeypatch.setattr(disk, "LEAST_FILES", 1 << 62)
        monkeypatch.setattr(disk, "SMALL_DISK_SHARE", 2.0)
        assert one(folder.space()).level == Level.FAIL
