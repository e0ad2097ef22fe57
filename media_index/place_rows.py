"""The rows of the places that a batch of photos was taken at."""

from __future__ import annotations

from collections.abc import Iterable

from media_index.models import Place
from media_index.places.placing import Named, Placed

FACTS = ("kind", "name", "names", "country_code", "population")
LINKS = ("city", "region", "country")


def place_rows(placed: Iterable[Placed]) -> dict[str, int]:
    """The ids of all these places by their codes. Three statements; rows that are there already are brought up to date.

    Inside the transaction of the batch; only the holder of the extraction lock calls it.
    """
    wanted = list(placed)
    named = {one.code: one for place in wanted for one in _levels(place)}
    if not named:
        return {}
    links = {_innermost(place).code: place for place in wanted}
    rows = [
        Place(code=one.code, kind=one.kind, name=one.name, names=list(one.names), country_code=one.country,
              population=one.population)
        for one in sorted(named.values(), key=lambda one: one.code)
    ]  # fmt: skip
    Place.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=FACTS)
    known = Place.objects.in_bulk(list(named), field_name="code")
    for code, place in links.items():
        row = known[code]
        row.city_id = None if place.city is None else known[place.city.code].pk
        row.region_id = None if place.region is None else known[place.region.code].pk
        row.country_id = None if place.country.code == code else known[place.country.code].pk
    Place.objects.bulk_update([known[code] for code in sorted(links)], LINKS)
    return {code: row.pk for code, row in known.items()}


def innermost_code(place: Placed) -> str:
    """The code of the place that a photo is linked to: the town, or the country where no more is sure."""
    return _innermost(place).code


def _innermost(place: Placed) -> Named:
    return place.town or place.country


def _levels(place: Placed) -> Iterable[Named]:
    return (one for one in (place.town, place.city, place.region, place.country) if one is not None)
