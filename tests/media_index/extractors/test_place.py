"""Places by XMP and by Takeout, where EXIF tells none."""

from __future__ import annotations

from typing import Any

import pytest

from media_index.extractors.place import find_position

EXIF = {"GPSLatitude": (10.0, 30.0, 0.0), "GPSLatitudeRef": "N", "GPSLongitude": (20.0,), "GPSLongitudeRef": "W"}
XMP = {"exif:GPSLatitude": "48,24.5N", "exif:GPSLongitude": "3,5,30W"}
TAKEOUT = {"takeout:latitude": -33.5, "takeout:longitude": 151.25}


def test_exif_before_xmp_before_takeout() -> None:
    assert find_position(EXIF | XMP | TAKEOUT) == (10.5, -20.0)
    assert find_position(XMP | TAKEOUT) == (pytest.approx(48.408333, abs=1e-6), pytest.approx(-3.091667, abs=1e-6))
    assert find_position(TAKEOUT) == (-33.5, 151.25)
    assert find_position({}) == (None, None)


@pytest.mark.parametrize(
    "broken",
    [
        XMP | {"exif:GPSLatitude": "north"},
        XMP | {"exif:GPSLatitude": "48,24.5E"},
        XMP | {"exif:GPSLatitude": "99,0N"},
        XMP | {"exif:GPSLongitude": 3.5},
        {"exif:GPSLatitude": "0,0N", "exif:GPSLongitude": "0,0E"},
        {"takeout:latitude": 91.0, "takeout:longitude": 0.0},
        {"takeout:latitude": float("nan"), "takeout:longitude": 0.0},
        {"takeout:latitude": 1.0},
    ],
)
def test_a_place_that_cannot_be_is_none(broken: dict[str, Any]) -> None:
    assert find_position(broken) == (None, None)
    assert find_position(broken | EXIF) == (10.5, -20.0)
