"""The names that stand on a map, so that one knows where one is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from media_index.mapping.clustering import HIGHEST, TILE, from_north
from media_index.places.areas import Area
from media_index.places.world import World

COUNTRIES_TO = 5
"""Up to this zoom countries are named, a thousand kilometres being a hand's breadth at most."""
LEAST_PEOPLE = 300_000
"""Countries with fewer towns-people are named by their towns: Iceland is just above, most far islands are below."""
TOWNS_FROM = 4
ROOM = (96, 36)
"""Pixels of the cells of a grid, across and down: no two names stand in the same cell or in neighbouring ones."""
MOST = 60
"""Names on one map; a screen of 3,840 pixels has no need of more."""
_TRIED = 600
"""Towns that are looked at for a place on the map, the largest first."""


@dataclass(frozen=True, slots=True)
class Name:
    """``country`` or else a town; degrees."""

    name: str
    latitude: float
    longitude: float
    country: bool


def names(world: World, area: Area, zoom: int) -> list[Name]:
    """The names of the largest countries and towns in an area that do not touch each other."""
    taken: set[tuple[int, int]] = set()
    found: list[Name] = []
    if zoom <= COUNTRIES_TO:
        around, latitude, longitude = _countries(world)
        rows = around[_inside(latitude[around], longitude[around], area)]
        placed = _placed(rows, latitude, longitude, zoom, taken)
        found += [Name(world.countries[row].name, float(latitude[row]), float(longitude[row]), True) for row in placed]
    if zoom >= TOWNS_FROM:
        rows = _inside(world.latitude, world.longitude, area)
        largest = rows[np.argsort(-world.population[rows].astype(np.int64), kind="stable")[:_TRIED]]
        placed = _placed(largest, world.latitude, world.longitude, zoom, taken)
        found += [_town(world, row) for row in placed]
    return found[:MOST]


def _inside(latitude: NDArray[np.floating], longitude: NDArray[np.floating], area: Area) -> NDArray[np.int64]:
    rows = (latitude >= max(area.south, -HIGHEST)) & (latitude <= min(area.north, HIGHEST))
    west, east = longitude >= area.west, longitude <= area.east
    return np.flatnonzero(rows & ((west | east) if area.across else (west & east)))


def _town(world: World, row: int) -> Name:
    return Name(world.town(row).name, float(world.latitude[row]), float(world.longitude[row]), False)


@cache
def _countries(world: World) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """The rows of the countries, that of the most people first, and for all of them where most of these live."""
    people = world.population.astype(np.float64) + 1.0
    whole = np.bincount(world.country, people, len(world.countries))
    latitude = np.bincount(world.country, people * world.latitude, len(world.countries)) / np.maximum(whole, 1.0)
    # Of longitudes no mean can be taken where a country lies on both sides of 180 degrees: the largest town's is right.
    order = np.argsort(people, kind="stable")
    longitude = np.zeros(len(world.countries))
    longitude[world.country[order]] = world.longitude[order]
    order = np.argsort(-whole, kind="stable")
    return order[whole[order] >= LEAST_PEOPLE], latitude, longitude


def _placed(
    rows: NDArray[np.int64],
    latitude: NDArray[np.floating],
    longitude: NDArray[np.floating],
    zoom: int,
    taken: set[tuple[int, int]],
) -> list[int]:
    """Those of the rows for whose names there is room, the first ones first."""
    pixels = TILE * 2.0**zoom
    across = ((longitude[rows].astype(np.float64) + 180.0) / 360.0 * pixels // ROOM[0]).astype(np.int64)
    down = (from_north(latitude[rows].astype(np.float64)) * pixels // ROOM[1]).astype(np.int64)
    found = []
    for row, x, y in zip(rows.tolist(), across.tolist(), down.tolist(), strict=True):
        if not taken & {(x + right, y + below) for right in (-1, 0, 1) for below in (-1, 0, 1)}:
            taken.add((x, y))
            found.append(row)
            if len(found) >= MOST:
                break
    return found
