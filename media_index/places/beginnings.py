"""Towns by how their names begin, for suggestions while somebody types. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from media_index.places.gazetteer import WELL_KNOWN, is_name
from media_index.places.world import World
from media_index.search.query.lexer import fold

LOOKED_AT = 200
"""Well-known towns with a name that begins so, the best of which are taken. From three letters on it is nearly all."""
OWN_NAME_COUNTS = 50
"""How many times as large as it is a town counts whose own name begins so: "lis" is first of all Lisbon and none of
the many names of Alexandria, and "münch" is Munich and not Münchenstein."""
MOST_OF_A_BEGINNING = 5_000
"""Names that are looked at where few well-known towns are called so."""


@dataclass(frozen=True, slots=True)
class _Names:
    """Lines of names as in :attr:`World.names`, and where those of each town begin; ``rows`` are the towns'."""

    text: bytes
    starts: NDArray[np.int64]
    rows: NDArray[np.int64]

    def beginning(self, text: str) -> Iterator[int]:
        """The row of a town for each of its names that begins so, in the order of the names."""
        line = b"\n" + fold(text.strip()).encode()
        at = self.text.find(line)
        while at >= 0:
            yield int(self.rows[np.searchsorted(self.starts, at, side="right") - 1])
            at = self.text.find(line, at + 1)


def towns_beginning(world: World, text: str, most: int) -> list[int]:
    """The rows of at most ``most`` towns with a name in any language that begins like this.

    The largest come first, those whose own name begins so before the others unless these are far larger. What is made
    for it is kept: some 6 MB.
    """
    if not is_name(text):
        return []
    found = list(islice(_distinct(_well_known(world).beginning(text)), LOOKED_AT))
    if len(found) < most:
        found = list(dict.fromkeys([*found, *islice(_all(world).beginning(text), MOST_OF_A_BEGINNING)]))
    wanted = fold(text.strip())

    def size(row: int) -> int:
        return int(world.population[row]) * (OWN_NAME_COUNTS if world.own_name(row).startswith(wanted) else 1)

    return sorted(found, key=size, reverse=True)[:most]


@lru_cache(maxsize=1)
def _well_known(world: World) -> _Names:
    """The well-known towns, the largest first, so that what is found first is what is wanted."""
    population = world.population
    rows = np.flatnonzero(population >= WELL_KNOWN)
    rows = rows[np.argsort(-population[rows].astype(np.int64), kind="stable")]
    names = [world.names[world.name_starts[row] : world.name_starts[row + 1]] for row in rows.tolist()]
    starts = np.concatenate([[0], np.cumsum([len(one) for one in names])[:-1]]).astype(np.int64)
    return _Names(b"".join(names), starts, rows)


@lru_cache(maxsize=1)
def _all(world: World) -> _Names:
    return _Names(world.names, world.name_starts.astype(np.int64), np.arange(len(world)))


def _distinct(rows: Iterable[int]) -> Iterator[int]:
    seen: set[int] = set()
    for row in rows:
        if row not in seen:
            seen.add(row)
            yield row
