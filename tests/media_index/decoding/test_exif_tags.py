"""Tags are read one by one, and a broken one costs only itself."""

from __future__ import annotations

import io
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from media_index.decoding.exif_tags import read_tags


def block(order: str, entries: list[tuple[int, int, int, bytes]]) -> bytes:
    """A TIFF block of one directory with ``(tag, type, count, value)``, long values behind the directory."""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    table, tail = b"", b""
    start = 8 + 2 + 12 * len(entries) + 4
    for tag, kind, count, value in entries:
        inline = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack(order + "I", start + len(tail))
        tail += value if len(value) > 4 else b""
        table += struct.pack(order + "HHI", tag, kind, count) + inline
    return head + struct.pack(order + "H", len(entries)) + table + bytes(4) + tail


def written_by_pillow() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "NIKON CORPORATION"
    exif[0x0112] = 6
    details = exif.get_ifd(0x8769)
    details[0x9003] = "2020:01:31 23:59:59"
    details[0x829D] = 2.8
    details[0x927C] = b"maker's own"
    details[0x9286] = b"UNICODE\0" + "Zoë".encode("utf-16-le")
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "S", (33.0, 51.0, 35.41)
    return exif


def test_all_directories_by_name() -> None:
    tags = read_tags(written_by_pillow().tobytes())
    assert tags["Make"] == "NIKON CORPORATION"
    assert (tags["Orientation"], tags["DateTimeOriginal"]) == (6, "2020:01:31 23:59:59")
    assert tags["FNumber"] == pytest.approx(2.8)
    assert tags["GPSLatitude"] == pytest.approx((33, 51, 35.41))
    assert tags["GPSLatitudeRef"] == "S"
    assert "MakerNote" not in tags


def test_of_an_open_tiff_file() -> None:
    target = io.BytesIO()
    Image.new("L", (8, 8)).save(target, "TIFF", exif=written_by_pillow())
    assert read_tags(target)["Make"] == "NIKON CORPORATION"


@pytest.mark.parametrize("order", ["<", ">"])
def test_values_of_all_types(order: str) -> None:
    entries = [
        (0x010E, 2, 10, b"caf\xe9\0 bar\0"),
        (0x0100, 3, 1, struct.pack(order + "H", 4000)),
        (0x011A, 5, 1, struct.pack(order + "II", 72, 1)),
        (0x9204, 10, 1, struct.pack(order + "ii", -1, 3)),
        (0x4746, 3, 1, struct.pack(order + "H", 4)),
        (0x9C9B, 1, 8, "Zoë!".encode("utf-16-le")),
        (0x9000, 7, 4, b"0232"),
        (0xA301, 7, 1, b"\x01"),
        (0x9286, 7, 14, b"ASCII\0\0\0hello\0"),
    ]
    assert read_tags(block(order, entries)) == {
        "ImageDescription": "café  bar",
        "ImageWidth": 4000,
        "XResolution": 72.0,
        "ExposureBiasValue": pytest.approx(-1 / 3),
        "Rating": 4,
        "XPTitle": "Zoë!",
        "ExifVersion": "0232",
        "SceneType": 1,
        "UserComment": "hello",
    }


def test_one_broken_entry_costs_only_itself() -> None:
    entries = [
        (0x011A, 5, 1, struct.pack("<II", 1, 0)),
        (0x0131, 99, 1, b"what"),
        (0x0132, 2, 4_000_000_000, b"2020"),
        (0x0110, 2, 6, b"Model\0"),
        (0x829A, 11, 1, struct.pack("<f", float("nan"))),
    ]
    assert read_tags(block("<", entries)) == {"Model": "Model"}


def test_values_beyond_the_end_are_left_out_and_texts_cut() -> None:
    entries = [(0x010F, 2, 6, b"Canon\0"), (0x0110, 2, 20, b"Canon PowerShot S40\0"), (0x011A, 5, 1, bytes(8))]
    assert read_tags(block("<", entries)[:-16]) == {"Make": "Canon", "Model": "Canon PowerS"}


def test_directories_that_point_at_themselves_end() -> None:
    entries = [(0x8769, 4, 1, struct.pack("<I", 8)), (0x8825, 4, 1, struct.pack("<I", 8)), (0x0112, 3, 1, b"\x03\0")]
    assert read_tags(block("<", entries))["Orientation"] == 3


@pytest.mark.parametrize(
    "content", [b"", b"Exif\0\0", b"II*\0", b"II*\0\xff\xff\xff\xff", b"<xmp/>", b"MM\0*\0\0\0\x08\xff"]
)
def test_what_is_no_exif_gives_nothing(content: bytes) -> None:
    assert read_tags(content) == {}


@given(st.binary(max_size=400), st.sampled_from([b"", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"]))
def test_noise_never_raises_and_gives_plain_values(noise: bytes, head: bytes) -> None:
    for value in read_tags(head + noise).values():
        assert isinstance(value, str | int | float | tuple)


@given(st.integers(8, 320), st.integers(0, 255))
def test_a_flipped_byte_never_raises(at: int, value: int) -> None:
    content = bytearray(written_by_pillow().tobytes())
    content[at % len(content)] = value
    tags: dict[str, Any] = read_tags(bytes(content))
    assert all("\0" not in text for text in tags.values() if isinstance(text, str))
