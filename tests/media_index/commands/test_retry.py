"""``manage.py retry``: one file, one reason, all; and what there is to try."""

from __future__ import annotations

import pytest
from django.utils import timezone

from media_index.models import Extraction
from tests.factories import LocationFactory
from tests.media_index.commands.conftest import Shelf
from tests.media_index.commands.running import failure, run


@pytest.fixture
def failed(shelf: Shelf) -> Shelf:
    for path, reason, state in (
        ("trip/red.jpg", "truncated", "failed"),
        ("green.jpg", "truncated", "failed"),
        ("blue.jpg", "crashed", "set_aside"),
    ):
        Extraction.objects.create(
            media=shelf.photos[path], extractor="thumbnails", version="1", lane="cheap", state=state, reason=reason,
            attempts=3, newest=timezone.now(),
        )  # fmt: skip
    return shelf


def pending() -> list[str]:
    rows = Extraction.objects.filter(state="pending", attempts=0, reason="")
    return sorted(rows.values_list("media__locations__path", flat=True))


def test_one_file(failed: Shelf) -> None:
    assert run("retry", "trip/red.jpg") == "one file will be tried again\n"
    assert pending() == ["trip/red.jpg"]
    assert run("retry", "Diary:blue.jpg") == "one file will be tried again\n"
    assert run("retry", "trip/red.jpg") == "0 files will be tried again\n"


def test_one_reason(failed: Shelf) -> None:
    assert run("retry", "--reason", "truncated") == "2 files will be tried again\n"
    assert pending() == ["green.jpg", "trip/red.jpg"]
    assert run("retry", "--reason", "empty") == "0 files will be tried again\n"


def test_all(failed: Shelf) -> None:
    assert run("retry", "--all") == "3 files will be tried again\n"
    assert len(pending()) == 3


def test_what_there_is(failed: Shelf) -> None:
    first, second = run("retry").splitlines()
    assert first.split()[:2] == ["2", "truncated"]
    assert "The file ends too early. It was copied" in first
    assert second.split()[:2] == ["1", "crashed"]
    assert pending() == []
    Extraction.objects.all().delete()
    assert run("retry") == "nothing has failed\n"


def test_what_it_does_not_understand(failed: Shelf) -> None:
    assert "no source holds 'nowhere.jpg'" in failure("retry", "nowhere.jpg")
    assert "'bad' is no reason: it is one of empty, truncated" in failure("retry", "--reason", "bad")
    assert "one of the three" in failure("retry", "trip/red.jpg", "--all")
    LocationFactory(source=failed.family, media=None, path="locked.jpg", problem="unreadable")
    assert "each scan tries it again" in failure("retry", "locked.jpg")
    assert pending() == []
