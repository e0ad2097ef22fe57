"""The town that a point belongs to. Pure.

A point belongs to the town whose reach (:func:`media_index.places.world.reach`) it is nearest to in proportion: a
multiplicatively weighted Voronoi diagram (Okabe, Boots, Sugihara and Chiu, "Spatial Tessellations", 2000, section 3.1).
So a field between a village and a city is the village's, and a street of the city that lies nearer to the middle of the
next suburb is still the city's.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from media_index.places.world import Town, World, reach

EARTH_KM = 6371.0088
"""Mean radius of the earth (IUGG; Moritz, "Geodetic Reference System 1980", Journal of Geodesy 74, 2000)."""
FARTHEST_KM = 30.0
"""How far a town may lie from a point that belongs to it, beside its own reach. In lived-in country the next one is
within five; what is farther from all is a mountain range, a desert or the sea."""
COUNTRY_KM = 100.0
"""How far the next town may lie where only the country is told, and only if all towns so far around lie in it."""
VILLAGE_KM = 2.0
"""Added to every reach, so that the smallest villages keep their fields from the towns around them."""
_WIDEST_KM = 60.0
"""What is looked through: :data:`FARTHEST_KM` and the reach of the largest cities."""


class Position:
    """Distances from one point to the towns around it."""

    def __init__(self, world: World, latitude: float, longitude: float, kilometres: float) -> None:
        """``kilometres`` is how far to look. Degrees are WGS 84; raises ValueError for what is no point on earth."""
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):
            raise ValueError(f"{latitude}, {longitude} is no point on earth")
        rows = _around(world, latitude, longitude, kilometres)
        away = _kilometres(world, rows, latitude, longitude)
        self.rows, self.away = rows[away <= kilometres], away[away <= kilometres]


def town_at(world: World, latitude: float, longitude: float) -> Town | None:
    """The town that a point belongs to; None far from all of them."""
    around = Position(world, latitude, longitude, _WIDEST_KM)
    if not len(around.rows):
        return None
    reaches = reach(world.population[around.rows])
    candidates = np.flatnonzero(around.away <= FARTHEST_KM + reaches)
    if not len(candidates):
        return None
    apart = around.away[candidates] / (reaches[candidates] + VILLAGE_KM)
    return world.town(int(around.rows[candidates[apart.argmin()]]))


def country_around(world: World, latitude: float, longitude: float) -> str | None:
    """The code of the country of all towns within :data:`COUNTRY_KM`; None where there is none, or more than one."""
    around = Position(world, latitude, longitude, COUNTRY_KM)
    countries = np.unique(world.country[around.rows])
    return world.countries[int(countries[0])].code if len(countries) == 1 else None


def _around(world: World, latitude: float, longitude: float, kilometres: float) -> NDArray[np.int64]:
    """The rows of all towns that may lie so near: of each band of latitude those between two meridians."""
    high = math.degrees(kilometres / EARTH_KM)
    first, last = (min(max(math.floor(latitude + side * high), -90), 90) for side in (-1, 1))
    farthest = min(abs(latitude) + high, 90.0)
    narrow = math.cos(math.radians(farthest))
    wide = 180.0 if farthest >= 90 else min(math.degrees(kilometres / EARTH_KM / narrow), 180.0)
    found = []
    for band in range(first + 90, last + 91):
        start, end = world.bands[band], world.bands[band + 1]
        meridians = world.longitude[start:end]
        for turn in (-360.0, 0.0, 360.0):
            west, east = longitude - wide + turn, longitude + wide + turn
            if east >= -180 and west <= 180:
                low, high_row = np.searchsorted(meridians, np.array([west, east], np.float32), side="left")
                found.append(np.arange(start + low, start + high_row))
    return np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)


def _kilometres(world: World, rows: NDArray[np.int64], latitude: float, longitude: float) -> NDArray[np.float64]:
    """By the haversine formula (Sinnott, "Virtues of the Haversine", Sky and Telescope 68, 1984)."""
    north, east = np.radians(world.latitude[rows].astype(float)), np.radians(world.longitude[rows].astype(float))
    here, meridian = math.radians(latitude), math.radians(longitude)
    half_chord = np.sin((north - here) / 2) ** 2 + np.cos(north) * math.cos(here) * np.sin((east - meridian) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half_chord, 1.0))))
