"""Points of which a person knows where they are."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from media_index.places.placing import Placed
from tests.media_index.places.known import placed

LINES = (line for line in (Path(__file__).parent / "points.tsv").read_text("utf-8").splitlines() if line[:1] != "#")
POINTS = list(csv.reader(LINES, delimiter="\t"))


def fits(wanted: str, name: str | None) -> bool:
    return wanted == "*" or (name or "-") in wanted.split("|")


def city_of(place: Placed | None) -> str | None:
    """The city that a town is a part of, or the town itself."""
    if place is None or place.town is None:
        return None
    return (place.city or place.town).name


@pytest.mark.parametrize(("north", "east", "town", "city", "country", "about"), POINTS, ids=[one[5] for one in POINTS])
def test_a_point(north: str, east: str, town: str, city: str, country: str, about: str) -> None:
    place = placed(float(north), float(east))
    assert fits(country, place and place.country.code)
    assert fits(town, place and place.town and place.town.name)
    assert fits(city, city_of(place)) or (city == "-" and place is not None and place.city is None)


def test_there_are_sixty_of_them() -> None:
    assert len(POINTS) >= 60


def test_the_levels_above_a_suburb() -> None:
    place = placed(38.754, -9.230)
    assert place is not None and place.town is not None and place.region is not None and place.city is not None
    assert (place.city.name, place.region.name, place.country.name) == ("Lisbon", "Lisbon", "Portugal")
    assert (place.city.kind, place.region.code, place.country.code) == ("city", "PT.14", "PT")
    assert {"lisboa", "lissabon", "lisbonne"} <= set(place.city.names)
    assert {"portugal", "portogallo", "prt"} <= set(place.country.names)


def test_the_meridian_of_180_degrees_is_no_border() -> None:
    place = placed(-16.85, 180.0)
    assert place is not None and place == placed(-16.85, -180.0)


@pytest.mark.parametrize("point", [(90.1, 0.0), (0.0, 180.5), (float("nan"), 0.0)])
def test_no_point_on_earth(point: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="no point on earth"):
        placed(*point)
