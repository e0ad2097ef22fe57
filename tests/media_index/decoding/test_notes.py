"""XMP, texts of PNG, and files beside a photo."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from media_index.decoding.picture import PictureError
from media_index.decoding.sidecars import read_sidecars, takeout_names
from media_index.decoding.xmp import MAX_XMP_BYTES, read_xmp
from tests.media_index.decoding.pictures import save, upright
from tests.media_index.decoding.test_images import opened

DATED = "<rdf:Description xmp:CreateDate=\"2020-03-04T05:06:07+02:00\" tiff:Orientation='6'/>"


def test_attributes_and_elements() -> None:
    assert read_xmp(DATED) == {"xmp:CreateDate": "2020-03-04T05:06:07+02:00", "tiff:Orientation": "6"}
    elements = b"<exif:DateTimeOriginal>\n 2019-01-02 </exif:DateTimeOriginal><exif:GPSLatitude>1,2N</exif:GPSLatitude>"
    assert read_xmp(elements) == {"exif:DateTimeOriginal": "2019-01-02", "exif:GPSLatitude": "1,2N"}


def test_the_first_of_two_counts_and_others_are_not_asked_for() -> None:
    twice = b'xmp:CreateDate="2020" xmp:CreateDate="2021" xmp:ModifyDate="2022" myxmp:CreateDate="2018"'
    assert read_xmp(twice)["xmp:CreateDate"] == "2020"
    assert read_xmp(b'xmp:CreateDate=""') == {}


def test_other_encodings_and_what_is_no_xmp() -> None:
    assert read_xmp(DATED.encode("utf-16")) == read_xmp(DATED)
    for nothing in (None, 7, b"", "", b"\xff\xfe\x00", b"xmp:CreateDate", b"\0" * 100):
        assert read_xmp(nothing) == {}
    assert read_xmp(b" " * MAX_XMP_BYTES + DATED.encode()) == {}


def test_entities_mean_nothing() -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><xmp:CreateDate>&b;</xmp:CreateDate>'
    assert read_xmp(laughs) == {"xmp:CreateDate": "&b;"}


@given(st.binary(max_size=300))
def test_noise_gives_texts_or_nothing(noise: bytes) -> None:
    found = read_xmp(b'xmp:CreateDate="' + noise)
    assert all(isinstance(value, str) and "\0" not in value for value in found.values())


@pytest.mark.parametrize(
    ("photo", "beside"),
    [
        ("IMG_1.jpg", "IMG_1.jpg.json"),
        ("IMG_1.jpg", "IMG_1.jpg.supplemental-metadata.json"),
        ("PXL_20231006_063000139.jpg", "PXL_20231006_063000139.jpg.supplemental-metada.json"),
        ("a name that is so long that it is cut off.jpg", "a name that is so long that it is cut off.jpg..json"),
        ("b name that is so long that it is cut off by far.jpg", "b name that is so long that it is cut off by f.json"),
        ("IMG_1(2).jpg", "IMG_1.jpg(2).json"),
        ("IMG_1(2).jpg", "IMG_1.jpg.supplemental-metadata(2).json"),
        ("IMG_1-edited.jpg", "IMG_1.jpg.json"),
        ("IMG_1-bearbeitet.jpg", "IMG_1.jpg.supplemental-metadata.json"),
    ],
)
def test_names_that_takeout_gives(tmp_path: Path, photo: str, beside: str) -> None:
    assert beside in list(takeout_names(photo))
    (tmp_path / beside).write_text(json.dumps({"photoTakenTime": {"timestamp": "1696573800"}}))
    assert read_sidecars(os.fsencode(tmp_path / photo)) == {"takeout:photoTakenTime": 1696573800}


def test_no_name_is_tried_twice() -> None:
    names = list(takeout_names("IMG(1)-edited.jpg"))
    assert len(names) == len(set(names))


def test_places_of_takeout(tmp_path: Path) -> None:
    for text, place in {"48.5, 2.25": {"takeout:latitude": 48.5, "takeout:longitude": 2.25}, "0, 0": {}}.items():
        latitude, longitude = text.split(",")
        document = f'{{"geoData": {{"latitude": {latitude}, "longitude": {longitude}}}}}'
        (tmp_path / "a.jpg.json").write_text(document)
        assert read_sidecars(os.fsencode(tmp_path / "a.jpg")) == place


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[" * 100_000,
        b"{}",
        b"[]",
        b'"x"',
        b'{"photoTakenTime": 7}',
        b'{"photoTakenTime": {"timestamp": "soon"}}',
        b'{"photoTakenTime": {"timestamp": "99999999999999999999"}}',
        b'{"photoTakenTime": {"timestamp": true}, "geoData": {"latitude": "north"}}',
        b"\xff\xfe\x00",
        b" " * 300_000 + b'{"photoTakenTime": {"timestamp": "1"}}',
    ],
)
def test_a_broken_sidecar_counts_for_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jpg.json").write_bytes(content)
    (tmp_path / "a.jpg.xmp").write_bytes(content)
    assert read_sidecars(os.fsencode(tmp_path / "a.jpg")) == {}


def test_what_is_no_file_beside_it_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jpg.xmp")
    (tmp_path / "a.jpg.json").mkdir()
    assert read_sidecars(os.fsencode(tmp_path / "a.jpg")) == {}


@pytest.mark.parametrize("beside", ["a.jpg.xmp", "a.xmp", "a.XMP"])
def test_a_sidecar_turns_and_dates_a_photo_that_tells_nothing(tmp_path: Path, beside: str) -> None:
    (tmp_path / beside).write_text(DATED)
    picture = opened(save(tmp_path / "a.jpg", upright(), "JPEG"))
    assert (picture.width, picture.height, picture.orientation) == (64, 96, 6)
    assert picture.tags["xmp:CreateDate"] == "2020-03-04T05:06:07+02:00"


def test_a_sidecar_never_turns_what_is_turned_already(tmp_path: Path) -> None:
    (tmp_path / "a.xmp").write_text(DATED)
    for name, format in {"a.tif": "TIFF", "a.heic": "HEIF", "a.avif": "AVIF"}.items():
        picture = opened(save(tmp_path / name, upright(), format))
        assert (picture.width, picture.height, picture.orientation) == (96, 64, 1), format
        assert picture.image is not None
        assert picture.image.size == (96, 64), format


def test_the_photo_itself_is_believed_first(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0132], exif[0x0112] = "2011:12:13 14:15:16", 3
    (tmp_path / "a.xmp").write_text(DATED)
    picture = opened(save(tmp_path / "a.jpg", upright(), "JPEG", exif=exif))
    assert (picture.orientation, picture.tags["DateTime"]) == (3, "2011:12:13 14:15:16")


def test_texts_of_png(tmp_path: Path) -> None:
    notes = PngInfo()
    notes.add_text("Creation Time", "Wed, 04 Mar 2020 05:06:07 +0200")
    notes.add_itxt("XML:com.adobe.xmp", DATED.replace("tiff", "other"))
    tags = opened(save(tmp_path / "a.png", upright(), "PNG", pnginfo=notes)).tags
    assert tags["png:Creation Time"] == "Wed, 04 Mar 2020 05:06:07 +0200"
    assert tags["xmp:CreateDate"] == "2020-03-04T05:06:07+02:00"


def test_a_photo_without_pixels_still_tells_when(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0132] = "2011:12:13 14:15:16"
    whole = save(tmp_path / "a.jpg", upright(800, 600), "JPEG", exif=exif).read_bytes()
    (tmp_path / "half.jpg").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PictureError) as caught:
        opened(tmp_path / "half.jpg")
    assert caught.value.reason == "truncated"
    assert caught.value.known is not None
    assert caught.value.known.image is None
    assert (caught.value.known.width, caught.value.known.tags["DateTime"]) == (800, "2011:12:13 14:15:16")
