"""The list of the world's towns, with the regions and countries above them, as arrays. Pure.

It is made of GeoNames (CC BY 4.0) by :mod:`media_index.places.building`: all towns of 500 people and more. What is read
of it is read once and kept, some 40 MB in all. A point is named in 0.2 ms, a name found in 10.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from media_index.places.table import ensure

PEOPLE_PER_KM2 = 4000.0
"""How densely a town is lived in, for telling how far it reaches: between the 2,300 of Hamburg or Houston's core and
the 6,500 of Lisbon. Only ratios matter much."""


@dataclass(frozen=True, slots=True)
class Area:
    """A region or a country: its code (``PT.14``, ``PT``), its English name, and all its names, folded."""

    code: str
    name: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Town:
    """A town or a part of one. ``row`` is its place in the list, ``geonames`` its number there; degrees are WGS 84.

    ``region`` is None where GeoNames has none. ``names`` are folded, its own first.
    """

    row: int
    geonames: int
    name: str
    names: tuple[str, ...]
    latitude: float
    longitude: float
    population: int
    region: Area | None
    country: Area


def reach(population: Any) -> Any:
    """How far towns of so many people reach from their middle, in kilometres: the radius of a disc that holds them."""
    return np.sqrt(np.asarray(population, np.float64) / (np.pi * PEOPLE_PER_KM2))


class World:
    """The arrays of the list; each is read when it is asked for first. Towns stand by bands of one degree of latitude
    from the south on, and from west to east in each."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __len__(self) -> int:
        return len(self.latitude)

    @cached_property
    def latitude(self) -> NDArray[np.float32]:
        """Degrees north."""
        return self._array("latitude")

    @cached_property
    def longitude(self) -> NDArray[np.float32]:
        """Degrees east."""
        return self._array("longitude")

    @cached_property
    def population(self) -> NDArray[np.uint32]:
        return self._array("population")

    @cached_property
    def country(self) -> NDArray[np.uint8]:
        """Rows of :attr:`countries`."""
        return self._array("country")

    @cached_property
    def bands(self) -> NDArray[np.int64]:
        """Where the towns of each degree of latitude begin, from 90 degrees south on: 182 numbers, the last the end."""
        return np.searchsorted(np.floor(self.latitude), np.arange(-90, 92))

    @cached_property
    def countries(self) -> tuple[Area, ...]:
        return self._areas("countries")

    @cached_property
    def regions(self) -> tuple[Area, ...]:
        return self._areas("regions")

    @cached_property
    def names(self) -> bytes:
        """All folded names in UTF-8: a line each, those of one town between bytes of nought."""
        return self._array("names").tobytes()

    @cached_property
    def name_starts(self) -> NDArray[np.int32]:
        """Where the names of each town begin in :attr:`names`, and their end."""
        return np.flatnonzero(np.frombuffer(self.names, np.uint8) == 0).astype(np.int32)

    def town(self, row: int) -> Town:
        """The town at a row of the list."""
        region = int(self._region[row])
        names = self.names[self.name_starts[row] + 1 : self.name_starts[row + 1]].decode()
        return Town(
            row,
            int(self._geonames[row]),
            self._shown[self._shown_starts[row] : self._shown_starts[row + 1] - 1].decode(),
            tuple(names.strip("\n").split("\n")),
            float(self.latitude[row]),
            float(self.longitude[row]),
            int(self.population[row]),
            None if region < 0 else self.regions[region],
            self.countries[int(self.country[row])],
        )

    def own_name(self, row: int) -> str:
        """The first of the folded names of a town."""
        start = self.name_starts[row] + 2
        return self.names[start : self.names.index(b"\n", start)].decode()

    def metropolis_of(self, row: int) -> int:
        """The row of the large town that a suburb belongs to, or -1."""
        return int(self._metropolis[row])

    @cached_property
    def _region(self) -> NDArray[np.int16]:
        return self._array("region")

    @cached_property
    def _geonames(self) -> NDArray[np.uint32]:
        return self._array("geonames")

    @cached_property
    def _metropolis(self) -> NDArray[np.int32]:
        return self._array("metropolis")

    @cached_property
    def _shown(self) -> bytes:
        """The names as pages show them, a line each. Not as a list: 235,000 texts of Python take 20 MB."""
        return self._array("shown").tobytes() + b"\n"

    @cached_property
    def _shown_starts(self) -> NDArray[np.int32]:
        ends = np.flatnonzero(np.frombuffer(self._shown, np.uint8) == ord("\n"))
        return np.concatenate([[0], ends + 1]).astype(np.int32)

    def _areas(self, name: str) -> tuple[Area, ...]:
        rows = json.loads(self._array(name).tobytes())
        return tuple(Area(code, shown, tuple(names)) for code, shown, names in rows)

    def _array(self, name: str) -> NDArray[Any]:
        with np.load(self._file, allow_pickle=False) as arrays:
            array: NDArray[Any] = arrays[name]
        return array


@cache
def opened(file: Path) -> World:
    """The list in a file, one for this process; nothing is read before it is asked."""
    return World(file)


def world(models: Path) -> World:
    """The list, made in the folder ``models`` now if it is not there yet; takes seconds then. Raises
    :class:`media_index.places.table.PlacesError` if it cannot be made."""
    return opened(ensure(models))
