"""Names of places, as people write them."""

from __future__ import annotations

import pytest

from media_index.places.gazetteer import (
    NEAR_KM,
    areas_called,
    is_town,
    nearest_spelling,
    town_called,
    towns_called,
)
from media_index.places.world import reach
from tests.media_index.places.known import known_world


@pytest.mark.parametrize(
    ("typed", "name", "country"),
    [
        ("lisbon", "Lisbon", "PT"), ("Lissabon", "Lisbon", "PT"), ("LISBOA", "Lisbon", "PT"),
        ("münchen", "Munich", "DE"), ("Munchen", "Munich", "DE"), ("Muenchen", "Munich", "DE"),
        ("Москва", "Moscow", "RU"), ("東京", "Tokyo", "JP"), ("nyc", "New York", "US"), ("new york", "New York", "US"),
        ("Nice", "Nice", "FR"), ("Paris", "Paris", "FR"), ("paris, texas", "Paris", "US"), ("Paris, US", "Paris", "US"),
        ("Porto, portugal", "Porto", "PT"), ("córdoba, argentina", "Córdoba", "AR"), ("York", "York", "GB"),
    ],
)  # fmt: skip
def test_a_town(typed: str, name: str, country: str) -> None:
    found = town_called(known_world(), typed)
    assert found is not None
    assert (found.town.name, found.town.country.code) == (name, country)


@pytest.mark.parametrize(
    "typed", ["atlantis city", "", " ", ",", "lisbon, japan", "\n", "\0", "lisbon\nliospoin", "x" * 500]
)
def test_none(typed: str) -> None:
    assert town_called(known_world(), typed) is None
    assert towns_called(known_world(), typed) == []


def test_the_largest_comes_first() -> None:
    people = [int(known_world().population[row]) for row in towns_called(known_world(), "Springfield")]
    assert len(people) > 5
    assert people == sorted(people, reverse=True)


def test_near_is_as_far_as_a_large_town_reaches() -> None:
    small, large = town_called(known_world(), "Sintra"), town_called(known_world(), "London")
    assert small is not None and large is not None
    assert small.kilometres == NEAR_KM
    assert large.kilometres == pytest.approx(float(reach(large.town.population)))
    assert large.kilometres > 2 * NEAR_KM


@pytest.mark.parametrize(("typed", "code"), [("Portugal", "PT"), ("pt", "PT"), ("Deutschland", "DE"), ("usa", "US")])
def test_countries(typed: str, code: str) -> None:
    assert [area.code for area in areas_called(known_world().countries, typed)] == [code]


@pytest.mark.parametrize(
    ("typed", "code"), [("Bayern", "DE.02"), ("tuscany", "IT.16"), ("Toskana", "IT.16"), ("california", "US.CA")]
)
def test_regions(typed: str, code: str) -> None:
    assert code in [area.code for area in areas_called(known_world().regions, typed)]


def test_what_is_a_town() -> None:
    assert all(is_town(known_world(), name) for name in ("Lisboa", "東京", "Paris, Texas", " lissabon "))
    others = ("Lisbonn", "Paris, Japan", "grandma's house", "", "\0", " ")
    assert not any(is_town(known_world(), name) for name in others)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("lisbn", "Lisbon"), ("muncih", "Munich"), ("Potugal", "Portugal"), ("xyzzyq", None), ("a", None)],
)
def test_a_slip_of_the_pen(typed: str, meant: str | None) -> None:
    assert nearest_spelling(known_world(), typed) == meant


def test_every_town_has_names_and_a_country() -> None:
    known = known_world()
    assert len(known.name_starts) == len(known) + 1
    for row in range(0, len(known), 9_973):
        town = known.town(row)
        assert town.name and all(town.names) and town.country.code
        assert row in towns_called(known, town.names[0])
