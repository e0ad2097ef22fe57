"""What may follow ``city:``, ``region:``, ``country:`` and ``near:`` while somebody types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from media_index.models import Place
from media_index.places.beginnings import towns_beginning
from media_index.places.world import Town
from media_index.search.completing import Entry, Lexicon
from media_index.search.filters.base import Scope
from media_index.search.filters.known_world import world_if_ready
from media_index.search.naming.per_scope import PerScope, Row
from media_index.search.naming.place_names import places_in

MOST = 8
"""Towns of the world at once, as many as there are suggestions (:data:`media_index.search.suggesting.MOST`)."""


def towns(typed: str, scope: Scope) -> Iterator[tuple[str, str]]:
    """Towns with a photo in the scope, and the cities that these belong to."""
    return _offered(typed, scope, Place.Kind.CITY)


def regions(typed: str, scope: Scope) -> Iterator[tuple[str, str]]:
    return _offered(typed, scope, Place.Kind.REGION)


def countries(typed: str, scope: Scope) -> Iterator[tuple[str, str]]:
    return _offered(typed, scope, Place.Kind.COUNTRY)


def towns_of_the_world(typed: str, scope: Scope) -> Iterator[tuple[str, str]]:
    """Any towns, the largest first, each with its country, or with its region where a larger one of that name and
    country came before. Nothing of the scope, before anything is typed, and while there is no list of them."""
    del scope
    world = world_if_ready()
    if world is None:
        return
    seen: set[tuple[str, str]] = set()
    for row in towns_beginning(world, typed, MOST):
        town = world.town(row)
        if "," in town.name:
            continue  # what stands behind a comma is read as where it lies
        area = _telling(town, seen)
        seen.add((town.name, area))
        yield f"{town.name}, {area}", f"{town.name}, {area}"


def _telling(town: Town, seen: set[tuple[str, str]]) -> str:
    if (town.name, town.country.name) in seen and town.region is not None:
        return town.region.name
    return town.country.name


def _offered(typed: str, scope: Scope, kind: Place.Kind) -> Iterator[tuple[str, str]]:
    """The names with a slip in them are those shown: others, in so many languages, are like anything."""
    lexicon = LEXICONS.of(scope)
    entries: Iterable[Entry] = lexicon.beginning(typed) if typed.strip() else lexicon.entries
    found = dict.fromkeys(entry.value for entry in entries if entry.key == kind)
    if not found and typed.strip():
        alike = (entry for entry in lexicon.alike(typed) if entry.key == kind)
        found = dict.fromkeys(entry.value for entry in alike if entry.value.startswith(entry.text))
    return ((value, value) for value in found)


def _rows(scope: Scope) -> Iterator[Row]:
    """Every name of the places in the scope, with what tells each: its name, or where several are called so, its name
    and the country."""
    places = places_in(scope)
    called = Counter((place.kind, place.name) for place in places)
    country_of = {place.country_code: place.name for place in places if place.kind == Place.Kind.COUNTRY}
    for place in places:
        several = called[place.kind, place.name] > 1
        value = f"{place.name}, {country_of[place.country_code]}" if several else place.name
        for name in (place.name, *place.names[1:]):
            yield name, place.kind, value


LEXICONS = PerScope(_rows, Lexicon.of)
