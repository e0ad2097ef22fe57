"""The filters over where a picture was taken: by names of places, and around a point."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from django.db.models import F, FloatField, Q, QuerySet, Value
from django.db.models.functions import ASin, Cos, Least, Power, Radians, Sin, Sqrt
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from media_index.models import Place
from media_index.places import gazetteer
from media_index.places.country_names import ENGLISH, country_name
from media_index.places.nearest import EARTH_KM
from media_index.places.world import Area
from media_index.search.filters import ranges, spoken
from media_index.search.filters.base import Filter, Lasting, Scope, either, numbered, says
from media_index.search.filters.camera import captured
from media_index.search.filters.known_world import known_world, world_if_ready
from media_index.search.naming.place_names import places_in
from media_index.search.place_offers import countries, regions, towns, towns_of_the_world
from media_index.search.query import values
from media_index.search.query.lexer import fold

_NAME = re.compile(r"[^\W\d_]")
"""What a name has and a pair of degrees has not."""
LONGEST_NAME = 200
WANTED = {
    Place.Kind.CITY: _("wants a town, like Lisbon"),
    Place.Kind.REGION: _("wants a region, like Tuscany"),
    Place.Kind.COUNTRY: _("wants a country, like Portugal or PT"),
}
WANTED_ANY = _("wants a town, a region or a country, like Lisbon or Portugal")


def _place(value: str, scope: Scope) -> Q:
    return captured(either(value, lambda part: _at(part, *WANTED)))


def _city(value: str, scope: Scope) -> Q:
    return captured(either(value, lambda part: _at(part, Place.Kind.CITY)))


def _region(value: str, scope: Scope) -> Q:
    return captured(either(value, lambda part: _at(part, Place.Kind.REGION)))


def _country(value: str, scope: Scope) -> Q:
    return captured(either(value, lambda part: _at(part, Place.Kind.COUNTRY)))


def _at(part: str, *kinds: Place.Kind) -> Q:
    """Captures at the places of that name. A country or a region behind a comma tells which: ``Paris, Texas``. Without
    the list of the world a name that there is not finds nothing and is not told as wrong."""
    number = numbered(part)
    if number is not None:
        return Q(place__in=_within(Place.objects.filter(pk=number)).values("pk"))
    if world_if_ready() is not None and not _is_known(part, kinds):
        wanted = WANTED[kinds[0]] if len(kinds) == 1 else WANTED_ANY
        raise ValueError(_with_guess(str(wanted), part))
    name, *areas = (piece.strip() for piece in part.split(","))
    places = _within(_called(name, kinds))
    for area in areas:
        places &= _within(_called(area, (Place.Kind.REGION, Place.Kind.COUNTRY)))
    # As numbers and not as a subquery: of these the planner knows how many photos they have. It took any place for
    # 94 % of a library, and search by description then takes the way for filters that keep nearly all.
    return Q(place__in=list(places.values_list("pk", flat=True)))


def _called(name: str, kinds: tuple[Place.Kind, ...]) -> QuerySet[Place]:
    """The rows of that name in any language, or of that code of a country."""
    code = Q(kind=Place.Kind.COUNTRY, code=name.upper()) if len(name) == 2 else Q()
    named = Q(names__contains=[fold(name)])
    return Place.objects.filter(named | code if code else named, kind__in=kinds)


def _within(places: QuerySet[Place]) -> QuerySet[Place]:
    """These places, and all that lies in them."""
    found = places.values("pk")
    return Place.objects.filter(Q(pk__in=found) | Q(city__in=found) | Q(region__in=found) | Q(country__in=found))


@lru_cache(maxsize=1024)
def _is_known(part: str, kinds: tuple[Place.Kind, ...]) -> bool:
    """Whether anything in the world is called so. It is asked of the list of the world and not
    of the photos, so that it costs no statement and tells nothing of what somebody else has."""
    known = known_world()
    asked: dict[Place.Kind, Callable[[], object]] = {
        Place.Kind.CITY: lambda: gazetteer.is_town(known, part),
        Place.Kind.REGION: lambda: gazetteer.areas_called(known.regions, part),
        Place.Kind.COUNTRY: lambda: gazetteer.areas_called(known.countries, part),
    }
    return len(part) <= LONGEST_NAME and any(asked[kind]() for kind in reversed(kinds))


def _with_guess(wrong: str, part: str) -> str:
    """What is wrong, and the name that was probably meant."""
    likely = _guess(part)
    return gettext("%(wrong)s; did you mean %(name)s?") % {"wrong": wrong, "name": likely} if likely else wrong


@lru_cache(maxsize=1024)
def _guess(part: str) -> str:
    return (gazetteer.nearest_spelling(known_world(), part) or "") if len(part) <= LONGEST_NAME else ""


def _fixed(value: str, scope: Scope) -> str:
    """The numbers of the places of that name that photos of the scope were taken at."""
    if all(numbered(part) is not None for part in values.parts(value, "|")):
        return value
    mine = {place.pk for place in places_in(scope)}
    found = [place for part in values.parts(value, "|") for place in _rows(part) if place in mine]
    if not found:
        raise ValueError(gettext("is nowhere that your photos were taken"))
    return "|".join(f"#{pk}" for pk in dict.fromkeys(found))


def _rows(part: str) -> list[int]:
    name, *areas = (piece.strip() for piece in part.split(","))
    places = _called(name, tuple(WANTED))
    for area in areas:
        places &= _within(_called(area, (Place.Kind.REGION, Place.Kind.COUNTRY)))
    return list(places.values_list("pk", flat=True))


def _told(numbers: Sequence[str], scope: Scope) -> dict[str, str]:
    """What those are called that photos of the scope were taken at."""
    return {f"#{place.pk}": place.name for place in places_in(scope) if f"#{place.pk}" in numbers}


LASTING = Lasting(_fixed, _told)


def _near(value: str, scope: Scope) -> Q:
    return captured(either(value, lambda part: around(point_of(part))))


def point_of(part: str) -> ranges.Point:
    """``38.72,-9.14,2km``, ``lisbon`` or ``Paris, Texas, 20km``. Raises ValueError where there is no such town."""
    if not _NAME.search(part.split(",")[0]):
        return ranges.point(part)
    name, kilometres = _parted(part)
    known = known_world()
    found = gazetteer.town_called(known, name) if len(name) <= LONGEST_NAME else None
    if found is None:
        if gazetteer.areas_called((*known.countries, *known.regions), name):
            raise ValueError(
                gettext("wants a town or a point; for all of %(name)s write place:%(name)s") % {"name": name}
            )
        raise ValueError(_with_guess(gettext("wants a town or degrees, like lisbon,20km or 38.72,-9.14"), name))
    return ranges.Point(found.town.latitude, found.town.longitude, kilometres or found.kilometres)


def _parted(part: str) -> tuple[str, float | None]:
    """The name, and the distance behind the last comma if there is one."""
    name, comma, last = part.rpartition(",")
    if comma and last.strip()[:1].isdigit():
        return name.strip(), ranges.kilometres(last.strip())
    return part.strip(), None


def around(point: ranges.Point) -> Q:
    """Captures on the earth's surface within the distance: first by a box, which is cheap, then by the haversine
    formula (Sinnott, "Virtues of the Haversine", Sky and Telescope 68, 1984), as if the earth were a sphere."""
    half_chord = Power(Sin(_radians("latitude", point.latitude) / 2.0), 2.0) + (
        Value(math.cos(math.radians(point.latitude)))
        * Cos(Radians(F("latitude")))
        * Power(Sin(_radians("longitude", point.longitude) / 2.0), 2.0)
    )
    # A rounding error beyond 1 has no arcsine.
    kilometres = ASin(Least(Sqrt(half_chord), Value(1.0)), output_field=FloatField()) * (2 * EARTH_KM)
    return _box(point) & Q(LessThanOrEqual(kilometres, point.kilometres))


def _radians(field: str, degrees: float) -> Radians:
    return Radians(F(field) - degrees)


def _box(point: ranges.Point) -> Q:
    """All degrees that a circle may reach; where a pole or 180 degrees lie within it, all longitudes."""
    reach = point.kilometres / EARTH_KM
    high = math.degrees(reach)
    latitudes = Q(latitude__range=(point.latitude - high, point.latitude + high), longitude__isnull=False)
    if abs(point.latitude) + high >= 90:
        return latitudes
    # Where the meridian touches the circle: sin(longitude) = sin(reach) / cos(latitude).
    wide = math.degrees(math.asin(min(math.sin(reach) / math.cos(math.radians(point.latitude)), 1.0)))
    if abs(point.longitude) + wide > 180:
        return latitudes
    return latitudes & Q(longitude__range=(point.longitude - wide, point.longitude + wide))


def _names(value: str) -> str:
    return spoken.alternatives(value, _place_name)


def _place_name(part: str) -> str:
    """A country by its own name in the language of who asks; anything else as it was typed."""
    named = _country_name(part)
    return named if fold(part) in (fold(one.name) for one in _countries_called(part)) else _titled(part)


def _countries(value: str) -> str:
    return spoken.alternatives(value, _country_name)


def _country_name(part: str) -> str:
    """The name in the language of who asks, where it was told by its code or in another one."""
    found = _countries_called(part)
    if len(found) != 1:
        return _titled(part)
    return country_name(found[0].code, found[0].name, get_language() or ENGLISH)


def _countries_called(part: str) -> Sequence[Area]:
    known = world_if_ready()
    return () if known is None else gazetteer.areas_called(known.countries, part)


def _titled(name: str) -> str:
    """A name typed in small letters as it is written."""
    return re.sub(r"[^\W\d_]+", lambda word: word[0].capitalize(), name) if name.islower() else name


def _near_sentence(value: str) -> str:
    return spoken.alternatives(value, _near_one)


def _near_one(part: str) -> str:
    if not _NAME.search(part.split(",")[0]):
        return gettext("near %(place)s") % {"place": ", ".join(piece.strip() for piece in part.split(","))}
    name, kilometres = _parted(part)
    known = world_if_ready()
    found = None if known is None else gazetteer.town_called(known, name)
    if found is None:
        return gettext("near %(place)s") % {"place": _titled(name)}
    whole = f"{found.town.name}, {found.town.country.name}"
    if kilometres is None:
        return gettext("near %(place)s") % {"place": whole}
    return gettext("within %(kilometres)s km of %(place)s") % {"kilometres": f"{kilometres:g}", "place": whole}


IN = _("in %(what)s")
FILTERS = (
    Filter(
        "place", "place:lisbon", _("Taken in a town, a region or a country."), _place, says(IN, _names), lasting=LASTING
    ),
    Filter("city", "city:munich", _("Taken in a town or one of its suburbs."), _city, says(IN, _names), offers=towns),
    Filter(
        "region",
        "region:tuscany",
        _("Taken in a region: a state, a county, a province."),
        _region,
        says(IN, _names),
        offers=regions,
    ),
    Filter(
        "country",
        "country:portugal",
        _("Taken in a country, by its name or its two letters."),
        _country,
        says(IN, _countries),
        offers=countries,
    ),
    Filter(
        "near",
        "near:lisbon,20km",
        _("Taken so far around a town or a point."),
        _near,
        _near_sentence,
        offers=towns_of_the_world,
    ),
)
