"""``manage.py scan``."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from media_index.models import Extraction, Location, Scan, Source
from media_index.runner import RUNNER

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "photos"
    made.mkdir()
    (made / "a.jpg").write_bytes(b"no picture")
    return made


def run(*arguments: str) -> tuple[str, str]:
    """Standard output and standard error."""
    output, errors = io.StringIO(), io.StringIO()
    call_command("scan", *arguments, stdout=output, stderr=errors)
    return output.getvalue(), errors.getvalue()


def test_a_new_folder_is_linked_for_the_household(folder: Path) -> None:
    output, errors = run(str(folder))
    source = Source.objects.get()
    assert (source.root, source.visibility, source.state) == (str(folder), "household", "online")
    assert output == ""
    assert errors.splitlines()[-1] == "photos: 1 files, 1 new, 0 changed, 0 moved, 0 gone, 0 not readable"


def test_by_name_by_path_and_all(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(str(folder))
    monkeypatch.chdir(folder.parent)
    Source.objects.update(name="Family")
    for arguments in (["Family"], ["photos"], [f"{folder}/"], []):
        run(*arguments)
    assert Source.objects.count() == 1
    assert Scan.objects.count() == 5


def test_without_any_source() -> None:
    with pytest.raises(CommandError, match="no folder is linked yet"):
        run()


def test_nothing_of_that_name() -> None:
    with pytest.raises(CommandError, match="is not there") as caught:
        run("nothing")
    assert "\n" not in str(caught.value)


def test_one_offline_source_does_not_keep_the_others_from_it(folder: Path, tmp_path: Path) -> None:
    away = tmp_path / "away"
    away.mkdir()
    run(str(away))
    run(str(folder))
    away.rmdir()
    (folder / "b.jpg").write_bytes(b"another")
    with pytest.raises(CommandError, match=r"away: .* is not there"):
        run()
    assert Location.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_wait_returns_when_all_is_tried(folder: Path) -> None:
    try:
        run(str(folder), "--wait")
    finally:
        RUNNER.close()
    unfinished = (Extraction.State.WAITING, Extraction.State.PENDING, Extraction.State.RUNNING)
    assert Extraction.objects.exists()
    assert not Extraction.objects.filter(state__in=unfinished).exists()
