"""The filter over a part of the map."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from media_index.places.areas import Area
from media_index.search.filters.base import Filter, Scope, either
from media_index.search.filters.camera import captured


def _area(value: str, scope: Scope) -> Q:
    return captured(either(value, lambda part: within(Area.parse(part))))


def within(area: Area) -> Q:
    """Captures in the area, its edges included."""
    north = Q(latitude__gte=area.south, latitude__lte=area.north)
    if area.across:
        return north & (Q(longitude__gte=area.west) | Q(longitude__lte=area.east))
    return north & Q(longitude__gte=area.west, longitude__lte=area.east)


FILTERS = (
    Filter(
        "area",
        "area:38.6,-9.3,38.8,-9.0",
        _("Taken in a part of the map: degrees south, west, north and east of it."),
        _area,
        lambda _value: gettext("in a part of the map"),
    ),
)
