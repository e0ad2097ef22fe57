"""The entry of the image: whom it becomes, what it gives away, and what it says when it cannot."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from scanpix.runtime.container import bring_models, check_writable, give, name_user
from scanpix.runtime.env import ConfigurationError
from tests.scanpix.starting import environment, refused

NOBODY = 65534
"""The one number besides 0 that every system has a name for."""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
as_user = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")

BECOME = """
import os, sys
from pathlib import Path
from scanpix.runtime.container import become
become(int(sys.argv[1]), int(sys.argv[2]), home=Path(sys.argv[3]), accounts=Path(sys.argv[4]))
print(os.getresuid(), os.getresgid(), os.getgroups(), os.environ["HOME"], os.environ["USER"])
try:
    os.setuid(0)
except PermissionError:
    print("for good")
"""


def become(uid: int, gid: int, folder: Path, groups: list[int]) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", BECOME, str(uid), str(gid), "/data", str(folder / "passwd")],
        env=environment(folder),
        extra_groups=groups,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


UNNAMED = 1_900_000_001
"""A number that no account is given by itself."""


@as_root
def test_it_becomes_the_user_for_good(tmp_path: Path) -> None:
    who, what = become(UNNAMED, 4712, tmp_path, [0, 44])
    assert who == f"({UNNAMED}, {UNNAMED}, {UNNAMED}) (4712, 4712, 4712) [44] /data scanpix"
    assert what == "for good"
    line = f"scanpix-{UNNAMED}:x:{UNNAMED}:4712::/data:/usr/sbin/nologin\n"
    assert (tmp_path / "passwd").read_text() == line


def test_who_has_a_name_keeps_it(tmp_path: Path) -> None:
    accounts = tmp_path / "passwd"
    name_user(os.getuid(), os.getgid(), tmp_path, accounts)
    assert not accounts.exists()


def test_a_list_of_accounts_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name_user(UNNAMED, 4712, tmp_path, tmp_path / "nowhere" / "passwd")
    assert f"gets no name for user {UNNAMED}: No such file or directory" in capsys.readouterr().err


@as_root
class TestGive:
    def owner(self, folder: Path) -> tuple[int, int]:
        return folder.stat().st_uid, folder.stat().st_gid

    def test_an_empty_folder(self, tmp_path: Path) -> None:
        give(tmp_path / "data", NOBODY, 100)
        assert self.owner(tmp_path / "data") == (NOBODY, 100)

    def test_nothing_that_holds_something(self, tmp_path: Path) -> None:
        (tmp_path / "holiday.jpg").touch()
        give(tmp_path, NOBODY, 100)
        assert self.owner(tmp_path) == self.owner(tmp_path / "holiday.jpg") == (0, 0)

    def test_no_folder(self, tmp_path: Path) -> None:
        (tmp_path / "data").touch()
        with pytest.raises(ConfigurationError, match=r"data cannot be used: File exists"):
            give(tmp_path / "data", NOBODY, 100)


def test_a_folder_that_can_be_written(tmp_path: Path) -> None:
    check_writable(tmp_path)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ConfigurationError, match=rf"user {os.getuid()} cannot write the data folder .*chown -R"):
        check_writable(tmp_path / "none")


@as_user
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ConfigurationError, match="Permission denied"):
        check_writable(tmp_path)
    tmp_path.chmod(0o700)


class TestModels:
    @pytest.fixture
    def ready(self, tmp_path: Path) -> Path:
        folder = tmp_path / "ready" / "bundled-9"
        folder.mkdir(parents=True)
        (folder / "net.onnx").write_bytes(b"weights")
        (folder.parent / "bundled.lock").touch()
        return folder.parent

    def test_are_brought_once(self, ready: Path, tmp_path: Path) -> None:
        models = tmp_path / "models"
        bring_models(ready, models)
        assert (models / "bundled-9" / "net.onnx").read_bytes() == b"weights"
        assert sorted(path.name for path in models.iterdir()) == ["bundled-9", "bundled.lock"]
        assert stat.S_IMODE(models.stat().st_mode) == 0o700
        (models / "bundled-9" / "net.onnx").write_bytes(b"ours")
        bring_models(ready, models)
        assert (models / "bundled-9" / "net.onnx").read_bytes() == b"ours"

    def test_what_a_killed_copy_left_goes(self, ready: Path, tmp_path: Path) -> None:
        left = tmp_path / "models" / ".copy-bundled-9"
        left.mkdir(parents=True)
        bring_models(ready, left.parent)
        assert not left.exists()

    def test_an_image_without_them(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="the models of the image cannot be put into"):
            bring_models(tmp_path / "none", tmp_path / "models")


@as_root
@pytest.mark.parametrize("name", ["PUID", "PGID"])
@pytest.mark.parametrize("value", ["0", "anna", "-1", "4294967295"])
def test_numbers_that_are_none(tmp_path: Path, name: str, value: str) -> None:
    line = refused(tmp_path, "-m", "scanpix.runtime.container", "status", **{name: value})
    assert line == f"scanpix: {name}={value!r} is not a whole number from 1 to 4294967294"


@as_root
def test_a_folder_of_somebody_else_is_told(tmp_path: Path) -> None:
    """As a user that has a name already: this is the machine's own list of accounts."""
    (tmp_path / "file").touch()
    tmp_path.chmod(0o755)
    line = refused(tmp_path, "-m", "scanpix.runtime.container", "status", PUID=str(NOBODY), PGID=str(NOBODY))
    assert line.startswith(f"scanpix: user {NOBODY} cannot write the data folder {tmp_path} (Permission denied)")
    assert f"chown -R {NOBODY}:{NOBODY} data" in line
