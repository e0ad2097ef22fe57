"""Places of the world by their names. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from media_index.places.world import Area, Town, World, reach
from media_index.search.query.lexer import fold

NEAR_KM = 10.0
"""What is near to a town if nobody says how far; larger ones reach farther by themselves."""
WELL_KNOWN = 15_000
"""How many people live where a spelling is guessed from: the towns that people elsewhere have heard of."""
OWN_NAME_COUNTS = 10
"""How many times as large as it is a town counts whose own name was told, beside those that only someone calls so."""
_LIKE = 0.75
"""Share of letters in common from where on a name may be another one misspelt (difflib's ratio)."""
_MOST_LETTERS_APART = 2
MOST_OF_A_NAME = 5_000
"""Towns of one name that are looked at; the commonest name, San Antonio, has some 300."""


@dataclass(frozen=True, slots=True)
class Around:
    """A town, and how many kilometres around it are near to it."""

    town: Town
    kilometres: float


def towns_called(world: World, name: str) -> list[int]:
    """The rows of all towns of this name in any language, without regard to case and accents, the largest first.

    ``name`` may tell the region or the country behind a comma: ``Paris, Texas``.
    """
    first, *areas = (part.strip() for part in name.split(","))
    rows = _rows(world, fold(first)) if is_name(first) else []
    for area in areas:
        rows = [row for row in rows if _lies_in(world, row, area)]
    return sorted(rows, key=lambda row: -int(world.population[row]))


def town_called(world: World, name: str) -> Around | None:
    """The largest town of this name. A town whose own name it is comes before those that only someone calls so, unless
    these are ten times as large: "Nice" is in France, and no other language's name for a larger one."""
    rows = towns_called(world, name)
    if not rows:
        return None
    wanted = fold(name.split(",")[0].strip())
    own = {row for row in rows if world.own_name(row) == wanted}
    row = max(rows, key=lambda one: int(world.population[one]) * (OWN_NAME_COUNTS if one in own else 1))
    return Around(world.town(row), max(NEAR_KM, float(reach(world.population[row]))))


def areas_called(areas: Iterable[Area], name: str) -> list[Area]:
    """The regions or countries of this name or code."""
    wanted = fold(name.strip())
    return [area for area in areas if wanted in area.names or wanted == area.code.casefold()]


def is_town(world: World, name: str) -> bool:
    """Whether any town is called so; of a single name without reading more than the names."""
    if "," in name:
        return bool(towns_called(world, name))
    return is_name(name) and _line(fold(name.strip())) in world.names


def nearest_spelling(world: World, name: str) -> str | None:
    """The name of the well-known place that this may most likely be a slip of."""
    wanted = fold(name.split(",")[0].strip())
    if len(wanted) < 3:
        return None
    known: dict[str, str | int] = {area.names[0]: area.name for area in (*world.regions, *world.countries)}
    for row in np.flatnonzero(world.population >= WELL_KNOWN).tolist():
        known.setdefault(world.own_name(row), row)
    alike = [name for name in known if name[:1] == wanted[0] and abs(len(name) - len(wanted)) <= _MOST_LETTERS_APART]
    near = difflib.get_close_matches(wanted, alike, n=1, cutoff=_LIKE)
    if not near:
        return None
    found = known[near[0]]
    return found if isinstance(found, str) else world.town(found).name


def _rows(world: World, folded: str) -> list[int]:
    """The rows of towns with a line of exactly these letters among their names."""
    line = _line(folded)
    rows: list[int] = []
    at = world.names.find(line)
    while at >= 0 and len(rows) < MOST_OF_A_NAME:
        row = int(np.searchsorted(world.name_starts, at, side="right")) - 1
        if not rows or rows[-1] != row:
            rows.append(row)
        at = world.names.find(line, at + 1)
    return rows


def is_name(text: str) -> bool:
    """Whether it may be one at all: the list itself has other signs between its names."""
    return bool(text.strip()) and text.strip().isprintable()


def _line(folded: str) -> bytes:
    return f"\n{folded}\n".encode()


def _lies_in(world: World, row: int, area: str) -> bool:
    wanted, town = fold(area), world.town(row)
    around = (town.country, *((town.region,) if town.region else ()))
    return any(wanted in one.names or wanted in (one.code.casefold(), one.code.casefold()[3:]) for one in around)
