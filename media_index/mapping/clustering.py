"""Points of a map that lie together at a scale. Pure.

The map is the square of the web's maps: spherical Mercator (Snyder, "Map Projections: A Working Manual", USGS
Professional Paper 1395, 1987, pages 38 to 47), cut where it is as high as wide; ``2 ** zoom`` tiles of 256 pixels wide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from media_index.places.areas import Area

HIGHEST = 85.0511
"""Degrees of latitude at which the map ends: the arcus tangens of sinh(pi)."""
TILE = 256
"""Pixels of the whole map at zoom 0."""
CELL = 96
"""Pixels of a cell of the grid: a little picture of a cluster (static/css/map.css) and a finger's breadth around it."""
MOST_ZOOM = 18
MOST_CELLS = 2_400
"""In an area: a screen of 3,840 by 2,160 pixels has 950, and the map a margin around it."""
NEAR = 0.62
"""Of a cell: clusters whose middles lie nearer than this are one, or their pictures would cover each other."""


@dataclass(frozen=True, slots=True)
class Points:
    """Where media were taken, the newest first: degrees, place on the map (0 to 1, from west and from north), the ids
    of the media, and those of their places (0 for none). All of one length."""

    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    media: NDArray[np.int64]
    place: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        latitude: NDArray[np.float64],
        longitude: NDArray[np.float64],
        media: NDArray[np.int64],
        place: NDArray[np.int64],
    ) -> Points:
        return cls(latitude, longitude, (longitude + 180.0) / 360.0, from_north(latitude), media, place)

    def __len__(self) -> int:
        return len(self.media)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Media that lie together: how many, where their middle is, what they lie within, the newest of them, and the place
    that most of them were taken at (0 for none)."""

    latitude: float
    longitude: float
    count: int
    area: Area
    media: int
    place: int


def from_north(latitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far from the northern end of the map, 0 to 1."""
    sine = np.sin(np.radians(np.clip(latitude, -HIGHEST, HIGHEST)))
    return np.clip(0.5 - np.log((1.0 + sine) / (1.0 - sine)) / (4.0 * np.pi), 0.0, 1.0)


def within(points: Points, area: Area) -> NDArray[np.bool_]:
    """Which points lie in an area, its edges included."""
    inside = (points.latitude >= area.south) & (points.latitude <= area.north)
    east, west = points.longitude <= area.east, points.longitude >= area.west
    return inside & ((east | west) if area.across else (east & west))


def fitting_zoom(area: Area, zoom: int) -> int:
    """The scale, or the nearest smaller one at which the area is a screen and not a wall."""
    north, south = from_north(np.array([area.north, area.south]))
    wide = (area.east - area.west) % 360.0 / 360.0 or 1.0
    while zoom > 0 and (wide * _cells(zoom) + 2) * ((south - north) * _cells(zoom) + 2) > MOST_CELLS:
        zoom -= 1
    return zoom


def clusters(points: Points, area: Area, zoom: int) -> list[Cluster]:
    """The clusters of all cells of the grid that the area touches, the largest first. What lies in a cell does not
    depend on the area, so that moving the map moves no cluster."""
    cells = _cells(zoom)
    columns, rows = (np.minimum(axis * cells, cells - 1e-9).astype(np.int64) for axis in (points.x, points.y))
    chosen = np.flatnonzero(_touched(columns, rows, area, cells))
    if not len(chosen):
        return []
    key = rows[chosen] * int(np.ceil(cells)) + columns[chosen]
    order = chosen[np.argsort(key, kind="stable")]
    key = np.sort(key, kind="stable")
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    groups = _merged(points, np.split(order, starts[1:]), cells)
    return [_cluster(points, members) for members in groups]


def _cells(zoom: int) -> float:
    """How many cells the map is wide."""
    return max(TILE * 2.0**zoom / CELL, 1.0)


def _touched(columns: NDArray[np.int64], rows: NDArray[np.int64], area: Area, cells: float) -> NDArray[np.bool_]:
    north, south = (int(y * cells) for y in from_north(np.array([area.north, area.south])))
    west, east = (int((longitude + 180.0) / 360.0 * cells) for longitude in (area.west, area.east))
    inside = (rows >= north) & (rows <= south)
    first, last = columns >= west, columns <= east
    return inside & ((first | last) if area.across else (first & last))


def _merged(points: Points, groups: list[NDArray[np.int64]], cells: float) -> list[NDArray[np.int64]]:
    """The groups, the largest first, each with the smaller ones that lie too near to it."""
    groups = sorted(groups, key=len, reverse=True)
    x = np.array([points.x[members].mean() for members in groups]) * cells
    y = np.array([points.y[members].mean() for members in groups]) * cells
    free = np.ones(len(groups), bool)
    made = []
    for at in range(len(groups)):
        if free[at]:
            near = free & (np.hypot(x - x[at], y - y[at]) < NEAR)
            near[at] = True
            free &= ~near
            parts = [groups[other] for other in np.flatnonzero(near)]
            made.append(np.sort(np.concatenate(parts)) if len(parts) > 1 else parts[0])
    return sorted(made, key=len, reverse=True)


def _cluster(points: Points, members: NDArray[np.int64]) -> Cluster:
    latitude, longitude = points.latitude[members], points.longitude[members]
    return Cluster(
        float(latitude.mean()),
        float(longitude.mean()),
        len(members),
        Area.around(latitude.min(), longitude.min(), latitude.max(), longitude.max()),
        int(points.media[members[0]]),
        commonest(points.place[members]),
    )


def commonest(places: NDArray[np.int64]) -> int:
    """The place that most of them are at, 0 where none is known."""
    known = places[places > 0]
    if not len(known):
        return 0
    values, counts = np.unique(known, return_counts=True)
    return int(values[counts.argmax()])
