"""Search by places while the list of the world's places is not there."""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from media_index.models import Source
from media_index.place_rows import innermost_code, place_rows
from media_index.places import table
from media_index.search.filters import known_world
from media_index.search.filters import place as filters_place
from media_index.search.filters.builtin import FILTERS
from tests.factories import SourceFactory
from tests.media_index.places.known import placed
from tests.media_index.search.asking import captured, found, problem

pytestmark = pytest.mark.django_db
SENTENCES = {one.key: one.sentence for one in FILTERS}
MADE = "is being made. Try again in a minute"


@pytest.fixture
def alfama(db: None) -> Source:
    """A photo of Lisbon, named while the list was there."""
    source, place = SourceFactory(), placed(38.7120, -9.1300)
    assert place is not None
    row = place_rows([place])[innermost_code(place)]
    captured(source, "alfama", latitude=38.7120, longitude=-9.1300, place_id=row)
    return source


@pytest.fixture
def list_of_set_up() -> Path:
    return table.of_environment() / table.folder_name()


@pytest.fixture
def models(
    alfama: Source,
    list_of_set_up: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: object,
) -> Iterator[Path]:
    """A folder of models beside an environment in which no set-up has left the list."""
    folder = tmp_path / "models"
    folder.mkdir()
    settings.MODELS = folder  # type: ignore[attr-defined]
    background = known_world.Background()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "prefix", str(tmp_path / "environment"))
        patch.setattr(known_world, "BACKGROUND", background)
        filters_place._is_known.cache_clear()
        yield folder
        background.wait()


@pytest.fixture
def being_made(models: Path, list_of_set_up: Path) -> Iterator[None]:
    """Another process is at it until the test ends; it then leaves the list."""
    with (models / "places.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
        (models / table.folder_name()).symlink_to(list_of_set_up)


@pytest.mark.usefixtures("being_made")
class TestWhileItIsMade:
    def test_near_a_town_is_told_and_the_rest_is_answered(self) -> None:
        assert problem("near:lisbon") == f"near: cannot be answered yet: the list of the world's places {MADE}"
        assert found("near:38.71,-9.13,2km") == {"alfama"}

    @pytest.mark.parametrize("query", ["place:lissabon", "country:pt", "region:lisbon", "city:lisboa"])
    def test_places_of_photos_are_found(self, query: str) -> None:
        assert found(query) == {"alfama"}

    def test_a_name_that_there_is_not_finds_nothing(self) -> None:
        assert found("place:grandmashouse") == set()

    def test_sentences_say_what_was_typed(self) -> None:
        assert SENTENCES["near"]("lisbon,20km") == "near Lisbon"
        assert SENTENCES["country"]("pt") == "in Pt"

    def test_it_is_begun_once(self) -> None:
        problem("near:lisbon")
        first = known_world.BACKGROUND._thread
        problem("near:porto")
        assert known_world.BACKGROUND._thread is first


def test_afterwards_it_is_known(models: Path, list_of_set_up: Path) -> None:
    with (models / "places.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert MADE in problem("near:lisbon")
        (models / table.folder_name()).symlink_to(list_of_set_up)
    known_world.BACKGROUND.wait()
    assert found("near:lisbon") == {"alfama"}
    assert "did you mean" in problem("place:lisbn")


def test_why_it_cannot_be_made_is_told_and_not_tried_again_at_once(models: Path, tmp_path: Path) -> None:
    models.rename(tmp_path / "away")
    models.write_text("a file, no folder")
    assert MADE in problem("near:lisbon")
    known_world.BACKGROUND.wait()
    first = known_world.BACKGROUND._thread
    assert "could not be made" in problem("near:lisbon")
    assert found("place:lisbon") == {"alfama"}
    assert known_world.BACKGROUND._thread is first
