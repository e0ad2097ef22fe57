"""The filters over where a picture was taken."""

from __future__ import annotations

import math

from django.db.models import F, FloatField, Q, Value
from django.db.models.functions import ASin, Cos, Least, Power, Radians, Sin, Sqrt
from django.db.models.lookups import LessThanOrEqual

from media_index.search import ranges, spoken
from media_index.search.filters import Filter, Scope, either
from media_index.search.filters_camera import captured

EARTH_KM = 6371.0088
"""Mean radius of the earth (IUGG, as in Moritz, "Geodetic Reference System 1980", Journal of Geodesy 74, 2000)."""


def _near(value: str, scope: Scope) -> Q:
    return captured(either(value, lambda part: around(ranges.point(part))))


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


def _sentence(value: str) -> str:
    return "near " + spoken.alternatives(value, lambda part: ", ".join(piece.strip() for piece in part.split(",")))


FILTERS = (Filter("near", "near:38.72,-9.14,2km", "Taken so far around a point.", _near, _sentence),)
