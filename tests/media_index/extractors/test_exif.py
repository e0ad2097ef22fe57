"""When, where and with what; and what is not believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings

from media_index.decoding.clips import DURATION
from media_index.decoding.decoded import Decoded
from media_index.extractors.base import Batch, Context, Lane
from media_index.extractors.exif import ExifExtractor, ExifOutcome

NOW = datetime(2024, 6, 1, 12, 0, tzinfo=UTC)
HOME = timezone(timedelta(hours=2))
MODIFIED = datetime(2021, 5, 4, 10, 0, tzinfo=UTC)


def extracted(tags: dict[str, Any] | None, name: str = "DSC_0001.JPG", modified: datetime = MODIFIED) -> ExifOutcome:
    decoded = None
    if tags is not None:
        decoded = Decoded(np.zeros((0, 0, 3), np.uint8), 4000, 3000, "JPEG", "image/jpeg", tags=tags)
    context = Context(7, name, 1000, modified, "image", "image/x-canon-cr2", decoded)
    (outcome,) = ExifExtractor(settings.MODELS, home=HOME, clock=lambda: NOW).extract(Batch([context]))
    assert isinstance(outcome, ExifOutcome)
    return outcome


def taken(tags: dict[str, Any] | None, name: str = "DSC_0001.JPG") -> tuple[str, int | None, str]:
    outcome = extracted(tags, name)
    assert outcome.taken_at.tzinfo is None
    return outcome.taken_at.isoformat(sep=" "), outcome.taken_offset, outcome.taken_from


GPS = {"GPSDateStamp": "2020:01:31", "GPSTimeStamp": (20.0, 0.0, 7.0)}
AT_FILE = ("2021-05-04 12:00:00", 120, "file")


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (
            {"DateTimeOriginal": "2020:01:31 23:30:00", "OffsetTimeOriginal": "+01:00"},
            ("2020-01-31 23:30:00", 60, "exif_offset"),
        ),
        (
            {"DateTimeOriginal": "2020:01:31 23:30:00", "OffsetTimeOriginal": "-03:30"},
            ("2020-01-31 23:30:00", -210, "exif_offset"),
        ),
        (
            {"DateTimeOriginal": "2020:01:31 23:30:00", "OffsetTimeOriginal": "Z"},
            ("2020-01-31 23:30:00", 0, "exif_offset"),
        ),
        (
            {"DateTimeOriginal": "2020:01:31 23:30:00", "OffsetTimeOriginal": "+25:00"},
            ("2020-01-31 23:30:00", None, "exif"),
        ),
        ({"DateTimeOriginal": "2020:01:31 23:30:00"}, ("2020-01-31 23:30:00", None, "exif")),
        (
            {"DateTimeOriginal": "2020:01:31 23:30:00", "SubsecTimeOriginal": "25"},
            ("2020-01-31 23:30:00.250000", None, "exif"),
        ),
        ({"DateTimeOriginal": "2020:01:31 22:00:00", **GPS}, ("2020-01-31 22:00:00", 120, "exif_offset")),
        ({"DateTimeOriginal": "2020:02:01 01:45:30", **GPS}, ("2020-02-01 01:45:30", 345, "exif_offset")),
        ({"DateTimeOriginal": "2020:01:31 22:07:00", **GPS}, ("2020-01-31 22:07:00", None, "exif")),
        ({"DateTimeOriginal": "2020:02:01 12:00:00", **GPS}, ("2020-02-01 12:00:00", None, "exif")),
        ({"DateTimeDigitized": "2019:01:01 10:00:00"}, ("2019-01-01 10:00:00", None, "exif")),
        (
            {"DateTime": "2019:01:01 10:00:00", "OffsetTime": "+09:00"},
            ("2019-01-01 10:00:00", 540, "exif_offset"),
        ),
        (
            {"DateTime": "2022:01:01 10:00:00", "DateTimeOriginal": "2019:01:01 10:00:00", "OffsetTime": "+09:00"},
            ("2019-01-01 10:00:00", None, "exif"),
        ),
        (
            {"DateTime": "2019:01:01 10:00:00", "DateTimeOriginal": "2019:01:01 10:00:00", "OffsetTime": "+09:00"},
            ("2019-01-01 10:00:00", 540, "exif_offset"),
        ),
        (GPS, ("2020-01-31 20:00:07", 0, "gps")),
        ({"DateTimeOriginal": "0000:00:00 00:00:00", **GPS}, ("2020-01-31 20:00:07", 0, "gps")),
        ({"GPSDateStamp": "2020:01:31", "GPSTimeStamp": (99.0, 0.0, 0.0)}, AT_FILE),
        ({"GPSDateStamp": "2020:01:31"}, AT_FILE),
        ({"DateTimeOriginal": "2020-01-31T23:30:00.5+01:00"}, ("2020-01-31 23:30:00.500000", 60, "exif_offset")),
        ({"DateTimeOriginal": "2020:01:31 24:10:00"}, ("2020-01-31 00:10:00", None, "exif")),
        ({"DateTimeOriginal": "2020:01:31 23:59:60"}, ("2020-01-31 23:59:59", None, "exif")),
        ({"DateTimeOriginal": "1826:07:01 12:00:00"}, ("1826-07-01 12:00:00", None, "exif")),
    ],
)
def test_when_by_tags(tags: dict[str, Any], expected: tuple[str, int | None, str]) -> None:
    assert taken(tags) == expected


@pytest.mark.parametrize(
    "impossible",
    [
        "0000:00:00 00:00:00",
        "2020:13:01 10:00:00",
        "2021:02:29 10:00:00",
        "2020:01:31 25:00:00",
        "1825:12:31 10:00:00",
        "2024:06:03 00:00:00",
        "    :  :     :  :  ",
        "yesterday",
        "",
        2020,
        (2020, 1),
    ],
)
def test_impossible_times_are_passed_over(impossible: Any) -> None:
    tags = {"DateTimeOriginal": impossible, "DateTimeDigitized": "2019:01:01 10:00:00"}
    assert taken(tags) == ("2019-01-01 10:00:00", None, "exif")
    assert taken({"DateTimeOriginal": impossible}, "IMG_20180203_040506.jpg")[2] == "filename"
    assert taken({"DateTimeOriginal": impossible}) == AT_FILE


def test_a_clock_may_run_ahead_by_a_day_at_most() -> None:
    assert taken({"DateTimeOriginal": "2024:06:02 13:00:00"})[2] == "exif"
    assert taken({"DateTimeOriginal": "2024:06:02 15:00:00"})[2] == "file"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("IMG_20200131_235959.jpg", "2020-01-31 23:59:59"),
        ("VID_20200131_235959.mp4", "2020-01-31 23:59:59"),
        ("IMG_20200131_235959_HDR~2.jpg", "2020-01-31 23:59:59"),
        ("20200131_235959.jpg", "2020-01-31 23:59:59"),
        ("20200131235959.jpg", "2020-01-31 23:59:59"),
        ("2020-01-31 23.59.59.jpg", "2020-01-31 23:59:59"),
        ("2020-01-31 23.59.59-1.jpg", "2020-01-31 23:59:59"),
        ("Screenshot_2020-01-31-23-59-59.png", "2020-01-31 23:59:59"),
        ("Screenshot_20200131-235959_Chrome.png", "2020-01-31 23:59:59"),
        ("Screenshot 2020-01-31 at 11.59.59 PM.png", "2020-01-31 23:59:59"),
        ("Screenshot 2020-01-31 at 12.00.00\u202fAM.png", "2020-01-31 00:00:00"),
        ("Bildschirmfoto 2020-01-31 um 23.59.59.png", "2020-01-31 23:59:59"),
        ("WhatsApp Image 2020-01-31 at 23.59.59.jpeg", "2020-01-31 23:59:59"),
        ("signal-2020-01-31-235959.jpg", "2020-01-31 23:59:59"),
        ("signal-2020-01-31-23-59-59-123.jpg", "2020-01-31 23:59:59.123000"),
        ("IMG-20200131-WA0001.jpg", "2020-01-31 00:00:00"),
        ("2020-01-31 party.jpg", "2020-01-31 00:00:00"),
        ("scan 1962.08.19.jpg", "1962-08-19 00:00:00"),
        ("albums/IMG_20200131_235959.jpg", "2020-01-31 23:59:59"),
    ],
)
def test_when_by_the_name_of_the_file(name: str, expected: str) -> None:
    assert taken({}, name) == (expected, None, "filename")
    assert taken(None, name) == (expected, None, "filename")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("PXL_20200131_235959123.jpg", "2020-02-01 01:59:59.123000"),
        ("PXL_20200131_235959123.MP.jpg", "2020-02-01 01:59:59.123000"),
        ("1580515199000.jpg", "2020-02-01 01:59:59"),
        ("FB_IMG_1580515199000.jpg", "2020-02-01 01:59:59"),
    ],
)
def test_names_that_tell_an_instant_are_told_by_the_clock_at_home(name: str, expected: str) -> None:
    assert taken({}, name) == (expected, 120, "filename")


@pytest.mark.parametrize(
    "name",
    [
        "DSC_0238.JPG",
        "IMG_1234.HEIC",
        "IMG_20201331_235959.jpg",
        "IMG_20200230_101010.jpg",
        "99991231_235959.jpg",
        "20300101_101010.jpg",
        "12345678.jpg",
        "1899123456789012.jpg",
        "4f2020013199.jpg",
        "",
    ],
)
def test_names_without_a_date_leave_the_time_of_the_file(name: str) -> None:
    assert taken({}, name) == AT_FILE


def test_a_naive_file_time_is_wall_time() -> None:
    outcome = extracted({}, modified=datetime(2021, 5, 4, 10, 0))
    assert (outcome.taken_at, outcome.taken_offset) == (datetime(2021, 5, 4, 10, 0), None)


def test_a_file_that_nobody_can_open_still_has_a_time() -> None:
    outcome = extracted(None, "IMG_20200131_235959.CR2")
    assert (outcome.width, outcome.height, outcome.format, outcome.mime) == (None, None, "", "image/x-canon-cr2")
    assert outcome.taken_from == "filename"


def test_the_camera() -> None:
    outcome = extracted(
        {
            "Make": " NIKON CORPORATION\0 ",
            "Model": "NIKON D70",
            "LensModel": "18-70 mm\0\0f/3.5\n-4.5",
            "ISOSpeedRatings": (200, 0),
            "FNumber": 2.8,
            "ExposureTime": 0.004,
            "FocalLength": 18.0,
            "FocalLengthIn35mmFilm": 27,
        }
    )
    assert (outcome.camera_make, outcome.camera_model) == ("NIKON CORPORATION", "NIKON D70")
    assert outcome.lens == "18-70 mm f/3.5 -4.5"
    assert (outcome.iso, outcome.aperture, outcome.exposure) == (200, 2.8, 0.004)
    assert (outcome.focal_length, outcome.focal_length_35) == (18.0, 27)
    assert (outcome.width, outcome.height, outcome.format, outcome.mime) == (4000, 3000, "JPEG", "image/jpeg")


def test_apex_values_stand_in() -> None:
    outcome = extracted({"ApertureValue": 6.0, "ShutterSpeedValue": 8.0, "ISOSpeedRatings": 65535, "ISOSpeed": 102400})
    assert (outcome.aperture, outcome.exposure, outcome.iso) == (8.0, 1 / 256, 102400)


@pytest.mark.parametrize("absurd", [-2.8, 0, float("nan"), float("inf"), "f/2.8", (), 1e30])
def test_absurd_values_are_dropped(absurd: Any) -> None:
    names = ("FNumber", "ExposureTime", "FocalLength", "FocalLengthIn35mmFilm", "ISOSpeedRatings")
    outcome = extracted(dict.fromkeys(names, absurd) | {"Make": 5, "Model": "----", "LensModel": "\0"})
    assert (outcome.aperture, outcome.exposure, outcome.focal_length) == (None, None, None)
    assert (outcome.focal_length_35, outcome.iso) == (None, None)
    assert (outcome.camera_make, outcome.camera_model, outcome.lens) == ("", "", "")


def test_long_texts_are_bounded() -> None:
    assert len(extracted({"Model": "x" * 10_000}).camera_model) == 100


LISBON = {
    "GPSLatitude": (38.0, 42.0, 36.0),
    "GPSLatitudeRef": "N",
    "GPSLongitude": (9.0, 8.0, 24.0),
    "GPSLongitudeRef": "W",
    "GPSAltitude": 12.5,
    "GPSAltitudeRef": 0,
}


def test_where() -> None:
    outcome = extracted(LISBON)
    assert outcome.latitude == pytest.approx(38.71)
    assert outcome.longitude == pytest.approx(-9.14)
    assert outcome.altitude == 12.5
    assert extracted(LISBON | {"GPSAltitudeRef": 1}).altitude == -12.5
    south = extracted(LISBON | {"GPSLatitudeRef": "S", "GPSLongitudeRef": "E"})
    assert (south.latitude, south.longitude) == (pytest.approx(-38.71), pytest.approx(9.14))
    assert extracted(LISBON | {"GPSLatitude": (38.0, 42.6)}).latitude == pytest.approx(38.71)
    assert extracted(LISBON | {"GPSLatitude": 38.71}).latitude == pytest.approx(38.71)


@pytest.mark.parametrize(
    "broken",
    [
        {"GPSLatitude": (91.0, 0.0, 0.0)},
        {"GPSLongitude": (180.0, 0.0, 1.0)},
        {"GPSLatitude": (float("nan"), 0.0, 0.0)},
        {"GPSLatitude": (-38.0, 42.0, 0.0)},
        {"GPSLatitude": (38.0, 42.0, 0.0, 0.0)},
        {"GPSLatitude": "38.71"},
        {"GPSLatitudeRef": ""},
        {"GPSLatitudeRef": "X"},
        {"GPSLongitudeRef": 1},
        {"GPSLatitude": (0.0, 0.0, 0.0), "GPSLongitude": (0.0, 0.0, 0.0), "GPSAltitude": 0.0},
    ],
)
def test_a_place_that_cannot_be_is_none(broken: dict[str, Any]) -> None:
    outcome = extracted(LISBON | broken)
    assert (outcome.latitude, outcome.longitude, outcome.altitude) == (None, None, None)


def test_the_equator_and_the_meridian_are_places() -> None:
    zero = (0.0, 0.0, 0.0)
    assert extracted(LISBON | {"GPSLatitude": zero}).latitude == 0
    assert extracted(LISBON | {"GPSLongitude": zero}).longitude == 0
    assert extracted(LISBON | {"GPSLatitude": zero, "GPSLongitude": zero}).latitude == 0


def test_an_absurd_altitude_does_not_cost_the_place() -> None:
    outcome = extracted(LISBON | {"GPSAltitude": 1e9})
    assert outcome.latitude == pytest.approx(38.71)
    assert outcome.altitude is None


def test_what_it_asks_for() -> None:
    extractor = ExifExtractor(Path("models"))
    assert (extractor.name, extractor.lane, extractor.needs.pixels) == ("exif", Lane.CHEAP, 0)
    assert not extractor.needs.decoded
    assert extractor.accepts("video", "video/mp4")


def test_what_lies_at_the_coordinates() -> None:
    outcome = extracted({"GPSLatitude": (38.0, 42.0, 43.0), "GPSLatitudeRef": "N",
                         "GPSLongitude": (9.0, 7.0, 48.0), "GPSLongitudeRef": "W"})  # fmt: skip
    assert outcome.place is not None and outcome.place.city is not None
    assert (outcome.place.city.name, outcome.place.country.code) == ("Lisbon", "PT")
    assert extracted({}).place is None


def test_the_length_of_a_video() -> None:
    assert extracted({DURATION: 12.5}).duration == 12.5
    assert [extracted({DURATION: odd}).duration for odd in (-1.0, "12", float("inf"), 1e12)] == [None] * 4
