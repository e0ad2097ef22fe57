"""``manage.py doctor`` on installations that are well, ill and dead."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from research.bench.portal import free_port
from scanpix.runtime import postgres
from scanpix.runtime.server_home import server_home
from tests.clusters import remove_cluster
from tests.scanpix.starting import run
from tests.waiting import PATIENCE

WELL = {"SCANPIX_TIME_ZONE": "Europe/Lisbon"}
"""Whatever this machine is like."""


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    folder.mkdir()
    yield folder
    if (folder / "postgres.holders").is_file():
        assert postgres.wait_until_stopped(folder, seconds=PATIENCE)
    remove_cluster(folder)


def examined(data: Path, **variables: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """The code with which it ends, and the worst finding of each check."""
    code, output, _ = run(
        data, "manage.py", "doctor", "--json", **WELL | {"SCANPIX_PORT": str(free_port())} | variables
    )
    document = json.loads(output)
    assert document["healthy"] is (code == 0)
    order = ("ok", "skipped", "warn", "fail")
    worst: dict[str, dict[str, Any]] = {}
    for finding in document["findings"]:
        name = f"{finding['theme']}/{finding['check']}"
        if name not in worst or order.index(finding["level"]) > order.index(worst[name]["level"]):
            worst[name] = finding
    return code, worst


def test_an_empty_folder_and_a_database_that_is_used(data: Path) -> None:
    code, found = examined(data)
    assert code == 0
    assert found["database/migrations"]["level"] == "warn"
    assert found["workers/waiting"]["level"] == "skipped"
    assert run(data, "manage.py", "status")[0] == 0
    code, found = examined(data)
    assert code == 0
    assert {name for name, finding in found.items() if finding["level"] != "ok"} <= {
        "machine/memory",
        "backups/nightly",
        "models/bundled",
        "data folder/file system",
        "library/watching",
    }
    code, output, _ = run(data, "manage.py", "doctor", **WELL, SCANPIX_PORT=str(free_port()))
    assert code == 0
    assert output.splitlines()[0] == "machine"


def test_a_database_that_does_not_start(data: Path) -> None:
    assert run(data, "manage.py", "status")[0] == 0
    control = server_home(data).cluster / "global" / "pg_control"
    control.rename(control.with_name("pg_control.away"))
    code, found = examined(data)
    assert code == 1
    assert found["database/start"]["level"] == "fail"
    assert "PostgreSQL did not start" in found["database/start"]["text"]
    assert found["database/indexes"]["level"] == "skipped"
    assert found["machine/Python"]["level"] == "ok"


def test_a_server_of_ones_own_that_is_away(data: Path) -> None:
    code, found = examined(data, DATABASE_URL="postgres://anna:do-not-tell@127.0.0.1:9/scanpix")
    assert code == 1
    assert "cannot be reached" in found["database/start"]["text"]
    assert "do-not-tell" not in json.dumps(found)


def test_a_data_folder_that_is_a_file(data: Path, tmp_path: Path) -> None:
    broken = tmp_path / "file"
    broken.write_text("not a folder")
    code, found = examined(broken)
    assert code == 1
    assert found["settings/start"]["level"] == "fail"
    assert found["data folder/writable"]["text"] == f"{broken} is not there"


def test_a_setting_that_is_wrong(data: Path) -> None:
    code, found = examined(data, SCANPIX_PORT="eight thousand")
    assert code == 1
    assert found["settings/start"]["text"] == "SCANPIX_PORT='eight thousand' is not a whole number from 1 to 65535"
    code, output, errors = run(data, "manage.py", "doctor", SCANPIX_PORT="eight thousand")
    assert code == 1
    assert "fail    start: SCANPIX_PORT='eight thousand'" in output
    assert errors == ""
