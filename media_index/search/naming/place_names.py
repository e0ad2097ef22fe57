"""The places among the photos of a scope: as names that free text may mean, and as a division of a result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext

from media_index.models import Capture, Location, Media, Place
from media_index.search.facets import Facet, FacetValue
from media_index.search.filters.base import Scope
from media_index.search.naming.everyday import everyday_words

SHORTEST_ALTERNATE = 4
"""Letters of a name in another language that counts in free text: ``rom`` does not, ``roma`` does."""
WELL_KNOWN = 100_000
"""How many people live in a town whose own name counts although it is an everyday word: Reading, not Bench."""
MOST_CITIES = 30
"""Towns in a facet; the countries above them are all shown."""


def vocabulary(scope: Scope) -> Iterator[tuple[str, str, str]]:
    """Names of the towns, regions and countries where photos of the scope were taken, in all languages; one statement.

    A name that is an everyday word is left out ("Sand", "Bench", in another language "Pari" and "Luck"), unless it is
    that of a large town or an area: for these the language has a list of what counts behind a preposition only. And
    what one place is called somewhere means the other one that has it for its own name: Monaco is not Munich.
    """
    everyday = everyday_words()
    places = places_in(scope)
    own = {place.names[0] for place in places}
    for place in places:
        if place.kind != Place.Kind.CITY or place.population >= WELL_KNOWN or place.names[0] not in everyday:
            yield place.name, "place", place.name
        for folded in place.names[1:]:
            if len(folded) >= SHORTEST_ALTERNATE and folded not in everyday and folded not in own:
                yield folded, "place", place.name


def places_in(scope: Scope) -> Collection[Place]:
    """The towns with a photo in the scope, the largest first, and what they lie in, each once; one statement. From the
    few places to their photos: each is settled by the first one that is found. With "exists" the planner goes the other
    way, through all photos."""
    here = Location.objects.filter(
        media=OuterRef("media"),
        gone_at__isnull=True,
        source__in=scope.sources.order_by().values("pk"),
        media__shelf__in=(Media.Shelf.LIBRARY, Media.Shelf.ARCHIVE),
    )
    taken = Capture.objects.filter(Exists(here), place=OuterRef("pk")).values("media")[:1]
    towns = Place.objects.annotate(photo=Subquery(taken)).filter(photo__isnull=False).order_by("-population")
    found: dict[int, Place] = {}
    for town in towns.select_related("city", "region", "country"):
        for place in (town, town.city, town.region, town.country):
            if place is not None:
                found.setdefault(place.pk, place)
    return found.values()


def facets(media: QuerySet[Media], scope: Scope) -> Iterator[Facet]:  # noqa: ARG001  (the hook's shape)
    """Countries and towns, the most first; two statements. Suburbs count for their city."""
    counts = list(_counted(media))
    places = Place.objects.select_related("city", "country").in_bulk([pk for pk, _ in counts])
    countries: Counter[tuple[str, str]] = Counter()
    cities: Counter[tuple[str, str]] = Counter()
    for pk, count in counts:
        country, city = _shown(places[pk])
        countries[country] += count
        if city is not None:
            cities[city] += count
    yield Facet(
        "country", gettext("Country"), tuple(FacetValue(*found, count) for found, count in countries.most_common())
    )
    yield Facet(
        "city", gettext("Town"), tuple(FacetValue(*found, count) for found, count in cities.most_common(MOST_CITIES))
    )


def _shown(place: Place) -> tuple[tuple[str, str], tuple[str, str] | None]:
    """Value and label of the country, and of the town if one is known."""
    country = place.country or place
    city = place.city or place
    if city.kind != Place.Kind.CITY:
        return (country.name, country.said), None
    return (country.name, country.said), (f"{city.name}, {country.name}", city.name)


def _counted(media: QuerySet[Media]) -> QuerySet[Capture, tuple[int, int]]:
    found = Capture.objects.filter(media__in=media.order_by().values("pk"), place__isnull=False).order_by()
    return found.values_list("place").annotate(count=Count("pk"))
