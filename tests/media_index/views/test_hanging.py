"""Pages whose files lie where nothing answers: they say so, and no thread of the web server stays there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from media_index.linking import source_link
from media_index.models import Source
from media_index.sources.patience import Call, give_up
from media_index.views import originals
from tests.factories import LocationFactory, SourceFactory
from tests.media_index.views.conftest import Household
from tests.media_index.views.test_files import CONTENT, address, body, stored


class Stuck:
    """Makes places that do not answer, until the test ends."""

    def __init__(self) -> None:
        self.gate = threading.Event()

    def at(self, place: str) -> None:
        give_up(place, Call(lambda: self.gate.wait(60)))


@pytest.fixture
def stuck() -> Iterator[Stuck]:
    holding = Stuck()
    yield holding
    holding.gate.set()


def set_offline(source: Source) -> None:
    Source.objects.filter(pk=source.pk).update(state=Source.State.OFFLINE)


class TestOriginal:
    def test_of_an_offline_source_is_not_even_tried(self, household: Household, member_client: Client) -> None:
        photo = stored(household.source)
        set_offline(household.source)
        response = member_client.get(address(photo))
        assert response.status_code == 503
        assert "Pictures" in response.content.decode()

    def test_of_one_that_does_not_answer(self, household: Household, member_client: Client, stuck: Stuck) -> None:
        photo = stored(household.source)
        stuck.at(household.source.root)
        assert member_client.get(address(photo)).status_code == 503

    def test_a_copy_elsewhere_stands_in(self, household: Household, member_client: Client, tmp_path: Path) -> None:
        photo = stored(household.source)
        away = SourceFactory(name="A NAS", root=str(tmp_path / "nas"), state=Source.State.OFFLINE)
        LocationFactory(source=away, media=photo)
        assert body(member_client.get(address(photo))) == CONTENT

    def test_the_name_of_a_source_of_others_is_not_told(self, household: Household, member_client: Client) -> None:
        photo = household.secret()
        LocationFactory(source=household.source, media=photo)
        set_offline(household.private)
        response = member_client.get(address(photo))
        assert response.status_code == 404
        assert "Top secret" not in response.content.decode()

    def test_one_that_stops_half_way_ends(
        self, household: Household, member_client: Client, stuck: Stuck, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(originals, "BLOCK", 1000)
        response = member_client.get(address(stored(household.source)))
        parts = iter(response.streaming_content)
        assert next(parts) == CONTENT[:1000]
        stuck.at(household.source.root)
        with pytest.raises(OSError, match="does not answer"):
            next(parts)


class TestPickingAFolder:
    def test_one_that_does_not_answer(
        self, administrator_client: Client, stuck: Stuck, household: Household, tmp_path: Path
    ) -> None:
        stuck.at(str(tmp_path))
        response = administrator_client.get(reverse("source-browse"), {"path": str(tmp_path)})
        assert "does not answer" in response.content.decode()

    def test_linking_it(self, household: Household, stuck: Stuck, tmp_path: Path) -> None:
        stuck.at(str(tmp_path))
        with pytest.raises(ValidationError, match="does not answer"):
            source_link(root=str(tmp_path))

    def test_linking_another_beside_it(self, household: Household, stuck: Stuck, tmp_path: Path) -> None:
        stuck.at(household.source.root)
        (tmp_path / "new").mkdir()
        assert source_link(root=str(tmp_path / "new")).name == "new"
        (tmp_path / "pictures" / "in").mkdir()
        with pytest.raises(ValidationError, match="lies in"):
            source_link(root=str(tmp_path / "pictures" / "in"))
