"""Facts that are known from elsewhere, against what the decoder and the extractor of EXIF say.

Orientation: photos of one scene, stored turned in each of the eight ways, must come out alike. Taken times: Google's
JSON beside a photo tells the instant; what the photo itself tells must be the same.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from media_index.decoding.images import open_picture
from media_index.decoding.sidecars import takeout_names
from media_index.errors import ExtractError
from media_index.extractors.taken import Taken, find_taken

MAX_PIXELS = 300_000_000
MOST_DIFFERENCE = 12.0
"""Mean difference of 8-bit values; photos that were turned and compressed anew differ by about 3, other turns by 40."""
TOLERANCE = timedelta(seconds=2)


def check_orientations(folder: Path) -> bool:
    """Whether all files of a scene come out as the one that is stored upright (orientation 1)."""
    good = True
    for scene in ("Landscape", "Portrait"):
        upright = _pixels(folder / f"{scene}_1.jpg")
        for number in range(9):
            found = _pixels(folder / f"{scene}_{number}.jpg")
            same = found.shape == upright.shape
            difference = float(np.abs(found - upright).mean()) if same else float("nan")
            holds = same and difference <= MOST_DIFFERENCE
            good &= holds
            print(f"{'ok  ' if holds else 'FAIL'} {scene}_{number}: {found.shape}, differs by {difference:.1f}")
    return good


def _pixels(path: Path) -> np.ndarray:
    picture = open_picture(os.fsencode(path), 256, max_pixels=MAX_PIXELS)
    return np.asarray(picture.image, dtype=np.float32)


def check_takeout(folder: Path) -> bool:
    """Whether every photo with a JSON and a date of its own has the same instant in both."""
    good = True
    compared = only_json = 0
    for photo, told in photos_with_json(folder):
        try:
            tags = open_picture(os.fsencode(photo), 0, max_pixels=MAX_PIXELS).tags
        except ExtractError as error:
            print(f"     {photo.name}: {error}")
            continue
        own = {name: value for name, value in tags.items() if not name.startswith("takeout:")}
        taken = _taken(own, "photo" + photo.suffix)
        if taken.source == "file":
            only_json += 1
            taken = _taken(dict(tags), photo.name)
            holds = taken.source == "sidecar" and _instant(taken) == told
        else:
            compared += 1
            holds = _agrees(taken, told)
        good &= holds
        at = taken.at.isoformat(sep=" ", timespec="seconds")
        print(
            f"{'ok  ' if holds else 'DIFF'} {photo.name}: {at} {taken.offset} ({taken.source}); JSON {told:%F %T} UTC"
        )
    print(f"{compared} with a date of their own, {only_json} with a JSON alone")
    return good


def photos_with_json(folder: Path) -> Iterator[tuple[Path, datetime]]:
    """Photos beside which a JSON tells when they were taken (UTC, naive)."""
    for photo in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix.lower() != ".json"):
        for name in takeout_names(photo.name):
            beside = photo.parent / name
            if beside.is_file():
                stamp = json.loads(beside.read_text())["photoTakenTime"]["timestamp"]
                yield photo, datetime.fromtimestamp(int(stamp), UTC).replace(tzinfo=None)
                break


def _taken(tags: dict[str, object], name: str) -> Taken:
    return find_taken(tags, name, datetime(1990, 1, 1, tzinfo=UTC), now=datetime.now(UTC), home=UTC)


def _instant(taken: Taken) -> datetime:
    return (taken.at - timedelta(minutes=taken.offset or 0)).replace(microsecond=0)


def _agrees(taken: Taken, told: datetime) -> bool:
    """The same instant; where the photo knows no offset, a wall time that some time zone makes the same."""
    if taken.offset is not None:
        return abs(_instant(taken) - told) <= TOLERANCE
    quarters = (taken.at - told) / timedelta(minutes=15)
    return abs(quarters - round(quarters)) * timedelta(minutes=15) <= TOLERANCE and abs(quarters) <= 60
