"""The map: where the photos of the library, or of a search, were taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import numpy as np
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from media_index.mapping.clustering import MOST_ZOOM, Cluster, clusters, commonest, fitting_zoom, within
from media_index.mapping.names import names
from media_index.mapping.points import KEPT, Found
from media_index.models import Place
from media_index.places.areas import Area
from media_index.search.filters.base import Scope
from media_index.search.filters.known_world import world_if_ready
from media_index.search.query.narrowing import Narrowing, narrowing
from media_index.search.understanding import reader
from media_index.views.parts import page_or_part
from media_index.views.search import address, query_of
from media_index.views.tiles import thumbnail_url, tiles

LISTED = 100
"""Places that the list beside the map names, the most photos first."""
SHOWN = 60
"""Photos of a part of the map that are shown beside it; the search shows the others."""
WHOLE = Area(-60.0, -180.0, 75.0, 180.0)
"""Where there is nothing to show: the lands that people live in."""


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place with how many of the photos were taken there, and the search for these."""

    name: str
    country: str
    count: int
    url: str


@require_GET
def photo_map(request: HttpRequest) -> HttpResponse:
    """The page; the clusters come by a request of their own, the list of places with it."""
    query = query_of(request)
    scope = Scope.of(request.user)
    found = KEPT.of(query, scope)
    context = {
        "query": query,
        "count": len(found.points),
        "area": str(_bounds(found)),
        "places": _places(found, _ways(found, scope)),
        "results": address(query) if query else "",
        "problems": found.read.tree.problems,
    }
    return page_or_part(request, "media_index/map.html", "media_index/_map_places.html", context)


@require_GET
def map_clusters(request: HttpRequest) -> JsonResponse:
    """What lies in ``area`` at ``zoom``: clusters, names of places, and the search for all of it."""
    area = _area(request)
    zoom = fitting_zoom(area, _zoom(request))
    scope = Scope.of(request.user)
    found = KEPT.of(query_of(request), scope)
    made = clusters(found.points, area, zoom)
    inside = int(within(found.points, area).sum())
    return JsonResponse(
        {
            "clusters": _drawn(made, scope),
            "names": _names(area, zoom),
            "here": address(_ways(found, scope).with_condition("area", str(area))) if inside else "",
            "said": _counted(inside),
        }
    )


@require_GET
def map_names(request: HttpRequest) -> JsonResponse:
    """Names of places alone, for the small maps."""
    area = _area(request)
    return JsonResponse({"names": _names(area, fitting_zoom(area, _zoom(request)))})


@require_GET
def map_photos(request: HttpRequest) -> HttpResponse:
    """The photos of a part of the map: a piece beside it, or a page."""
    area = _area(request)
    scope = Scope.of(request.user)
    found = KEPT.of(query_of(request), scope)
    chosen = within(found.points, area)
    ids = found.points.media[chosen][:SHOWN].tolist()
    rows = scope.media.in_bulk(ids)
    narrowed = _ways(found, scope).with_condition("area", str(area))
    made = tiles(list(rows.values()), request.user, suffix=f"?{urlencode({'q': narrowed})}")
    count = int(chosen.sum())
    place = Place.objects.filter(pk=commonest(found.points.place[chosen])).select_related("country").first()
    context = {
        "title": _near(count, place),
        "tiles": [made[pk] for pk in ids if pk in made],
        "all": address(narrowed) if count else "",
        "more": count > SHOWN,
        "around": address(f'near:"{_told(place)}"') if place and place.kind == Place.Kind.CITY else "",
        "back": f"{reverse('map')}?{urlencode({'q': found.query})}" if found.query else reverse("map"),
        "query": found.query,
    }
    return page_or_part(request, "media_index/map_photos.html", "media_index/_map_photos.html", context)


def _ways(found: Found, scope: Scope) -> Narrowing:
    return narrowing(found.read.tree, reader(scope)[0])


def _area(request: HttpRequest) -> Area:
    text = request.GET.get("area", "")
    try:
        return Area.parse(text)
    except ValueError as error:
        raise BadRequest(f"a part of the map {error}, not {text!r}") from None


def _zoom(request: HttpRequest) -> int:
    text = request.GET.get("zoom", "")
    if not (text.isascii() and text.isdigit() and len(text) < 3 and int(text) <= MOST_ZOOM):
        raise BadRequest(f"the map has a zoom from 0 to {MOST_ZOOM}, not {text!r}")
    return int(text)


def _bounds(found: Found) -> Area:
    points = found.points
    if not len(points):
        return WHOLE
    edges = (points.latitude.min(), points.longitude.min(), points.latitude.max(), points.longitude.max())
    return Area.around(*(float(edge) for edge in edges))


def _drawn(made: list[Cluster], scope: Scope) -> list[dict[str, Any]]:
    """The clusters for the script; two statements."""
    covers = scope.media.only("pk", "content_hash", "has_preview").in_bulk([one.media for one in made])
    places = _rows({one.place for one in made})
    return [
        {
            "latitude": round(one.latitude, 5),
            "longitude": round(one.longitude, 5),
            "count": one.count,
            "shown": number_format(one.count, force_grouping=True),
            "area": str(one.area),
            "src": thumbnail_url(covers[one.media], "small") if _has_picture(covers.get(one.media)) else "",
            "label": _near(one.count, places.get(one.place)),
        }
        for one in made
    ]


def _has_picture(media: Any) -> bool:
    return media is not None and media.has_preview


def _names(area: Area, zoom: int) -> list[dict[str, Any]]:
    world = world_if_ready()
    if world is None or settings.MAP_TILES:
        return []  # a map of pictures has names of its own
    return [
        {
            "name": one.name,
            "latitude": round(one.latitude, 4),
            "longitude": round(one.longitude, 4),
            "country": one.country,
        }
        for one in names(world, area, zoom)
    ]


def _rows(place_ids: Iterable[int]) -> dict[int, Place]:
    return Place.objects.select_related("country").in_bulk([pk for pk in place_ids if pk])


def _places(found: Found, ways: Narrowing) -> list[PlaceRow]:
    """The places with the most of the photos; one statement."""
    known = found.points.place[found.points.place > 0]
    values, counts = np.unique(known, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:LISTED]
    rows = _rows(values[order].tolist())
    counted = zip(values[order].tolist(), counts[order].tolist(), strict=True)
    return [_place_row(rows[pk], count, ways) for pk, count in counted if pk in rows]


def _place_row(place: Place, count: int, ways: Narrowing) -> PlaceRow:
    country = place.country.said if place.country else ""
    return PlaceRow(place.said, country, count, address(ways.with_condition(place.kind, _told(place))))


def _told(place: Place) -> str:
    """A place as filters take it: a town with its country, as there may be several of that name."""
    if place.kind != Place.Kind.CITY or place.country is None or "," in place.name:
        return place.name
    return f"{place.name}, {place.country.name}"


def _counted(count: int) -> str:
    said = number_format(count, force_grouping=True)
    return ngettext("%(count)s photo in this part of the map", "%(count)s photos in this part of the map", count) % {
        "count": said
    }


def _near(count: int, place: Place | None) -> str:
    said = {"count": number_format(count, force_grouping=True), "place": place.name if place else ""}
    if place is None:
        return ngettext("%(count)s photo", "%(count)s photos", count) % said
    return ngettext("%(count)s photo: %(place)s", "%(count)s photos: %(place)s", count) % said
