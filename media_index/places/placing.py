"""What a point on earth is called: its town, the city that this is a suburb of, the region and the country. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from media_index.places.nearest import country_around, town_at
from media_index.places.world import Area, Town, World

CITY, REGION, COUNTRY = "city", "region", "country"


@dataclass(frozen=True, slots=True)
class Named:
    """A place as it is kept. ``code`` is unique among all kinds: GeoNames' number of a town, ``PT.14``, ``PT``.

    ``names`` are folded (:func:`media_index.search.query.lexer.fold`), its own first; ``population`` is 0 for areas.
    """

    kind: str
    code: str
    name: str
    names: tuple[str, ...]
    country: str
    population: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a point is: ``town`` None where only the country is sure, ``city`` the large town that the town is a part
    or a suburb of, ``region`` None where GeoNames has none."""

    country: Named
    region: Named | None = None
    city: Named | None = None
    town: Named | None = None


def placed(latitude: float, longitude: float, known: World) -> Placed | None:
    """The place of a point; None far from every town. Raises ValueError for what is no point on earth."""
    town = town_at(known, latitude, longitude)
    if town is None:
        code = country_around(known, latitude, longitude)
        country = next((area for area in known.countries if area.code == code), None)
        return None if country is None else Placed(_area(COUNTRY, country))
    outer = known.metropolis_of(town.row)
    return Placed(
        country=_area(COUNTRY, town.country),
        region=None if town.region is None else _area(REGION, town.region),
        city=None if outer < 0 else _town(known.town(outer)),
        town=_town(town),
    )


def _town(town: Town) -> Named:
    return Named(CITY, str(town.geonames), town.name, town.names, town.country.code, town.population)


def _area(kind: str, area: Area) -> Named:
    return Named(kind, area.code, area.name, area.names, area.code.partition(".")[0])
