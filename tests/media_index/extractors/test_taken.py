"""Times that EXIF does not tell: XMP, texts of PNG, Takeout's JSON, and in which order they are believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from media_index.extractors.taken import find_taken

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
HOME = timezone(timedelta(hours=2))
MODIFIED = datetime(2024, 1, 1, tzinfo=UTC)
STAMP = int(datetime(2021, 3, 4, 9, 11, 12, tzinfo=UTC).timestamp())


def taken(tags: dict[str, Any], name: str = "photo.jpg") -> tuple[str, int | None, str]:
    found = find_taken(tags, name, MODIFIED, now=NOW, home=HOME)
    return found.at.isoformat(sep=" "), found.offset, found.source


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"xmp:CreateDate": "2020-03-04T05:06:07.25+01:00"}, ("2020-03-04 05:06:07.250000", 60, "xmp")),
        ({"xmp:CreateDate": "2020-03-04T05:06"}, ("2020-03-04 05:06:00", None, "xmp")),
        ({"photoshop:DateCreated": "2020-03-04"}, ("2020-03-04 00:00:00", None, "xmp")),
        ({"exif:DateTimeOriginal": "2020-03-04T05:06:07Z"}, ("2020-03-04 05:06:07", 0, "xmp")),
        ({"xmp:CreateDate": "2021", "photoshop:DateCreated": "2020-03-04"}, ("2020-03-04 00:00:00", None, "xmp")),
        (
            {"xmp:CreateDate": "2022-01-01", "exif:DateTimeOriginal": "2020-03-04"},
            ("2020-03-04 00:00:00", None, "xmp"),
        ),
        ({"png:Creation Time": "Wed, 04 Mar 2020 05:06:07 +0100"}, ("2020-03-04 05:06:07", 60, "png")),
        ({"png:Creation Time": "Wed, 04 Mar 2020 05:06:07 GMT"}, ("2020-03-04 05:06:07", 0, "png")),
        ({"png:Creation Time": "2020:03:04 05:06:07"}, ("2020-03-04 05:06:07", None, "png")),
        ({"takeout:photoTakenTime": STAMP}, ("2021-03-04 11:11:12", 120, "sidecar")),
    ],
)
def test_when_by_other_notes(tags: dict[str, Any], expected: tuple[str, int | None, str]) -> None:
    assert taken(tags) == expected


@pytest.mark.parametrize(
    "tags",
    [
        {"xmp:CreateDate": "soon"},
        {"xmp:CreateDate": "2020-13-40"},
        {"xmp:CreateDate": "2035-01-01"},
        {"png:Creation Time": "yesterday"},
        {"png:Creation Time": "Wed, 99 Mar 2020 05:06:07 +0100"},
        {"takeout:photoTakenTime": 10**18},
        {"takeout:photoTakenTime": -(10**18)},
        {"takeout:photoTakenTime": 10**10},
        {"takeout:photoTakenTime": "1614849072"},
    ],
)
def test_impossible_notes_are_passed_over(tags: dict[str, Any]) -> None:
    assert taken(tags)[2] == "file"


def test_the_order_of_belief() -> None:
    tags: dict[str, Any] = {
        "DateTimeOriginal": "2010:01:01 10:00:00",
        "xmp:CreateDate": "2011-01-01T10:00:00",
        "png:Creation Time": "2012:01:01 10:00:00",
        "GPSDateStamp": "2013:01:01",
        "GPSTimeStamp": (10.0, 0.0, 0.0),
        "takeout:photoTakenTime": STAMP,
    }
    sources = []
    for group in (("DateTimeOriginal",), ("xmp:CreateDate",), ("png:Creation Time",), ("GPSDateStamp",), ()):
        sources.append(taken(tags, "IMG_20150101_101112.jpg")[2])
        for name in group:
            del tags[name]
    del tags["takeout:photoTakenTime"]
    sources.append(taken(tags, "IMG_20150101_101112.jpg")[2])
    assert sources == ["exif", "xmp", "png", "gps", "sidecar", "filename"]


def test_the_wall_time_of_an_instant_is_that_of_the_name_if_a_time_zone_lies_between() -> None:
    tags = {"takeout:photoTakenTime": STAMP}
    assert taken(tags, "IMG_20210304_101112.jpg") == ("2021-03-04 10:11:12", 60, "sidecar")
    assert taken(tags, "IMG_20210304_050000.jpg") == ("2021-03-04 11:11:12", 120, "sidecar")
    assert taken(tags, "IMG-20210304-WA0001.jpg") == ("2021-03-04 11:11:12", 120, "sidecar")
    # A Pixel names by UTC, which is told by the clock at home.
    assert taken(tags, "PXL_20210304_091112000.jpg") == ("2021-03-04 11:11:12", 120, "sidecar")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("IMG_20210304_101112.jpg", ("2021-03-04 10:11:12", None, "filename")),
        ("Screenshot_2021-03-04-10-11-12-123.png", ("2021-03-04 10:11:12.123000", None, "filename")),
        ("PXL_20210304_091112345.jpg", ("2021-03-04 11:11:12.345000", 120, "filename")),
    ],
)
def test_names_tell_where_nothing_else_does(name: str, expected: tuple[str, int | None, str]) -> None:
    assert taken({}, name) == expected
