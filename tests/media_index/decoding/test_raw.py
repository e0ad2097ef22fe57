"""RAW: the embedded picture where it is large enough, else developed; upright either way."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from media_index.decoding.picture import PictureError
from media_index.decoding.pool import DecoderPool
from media_index.errors import ExtractError
from tests.media_index.decoding.pictures import UPRIGHT_CORNERS, close_to, corners, stored, upright
from tests.media_index.decoding.raw_files import save_dng
from tests.media_index.decoding.test_images import opened, pixels_of, reason


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize("preview", ["none", "full", "small"])
def test_raw_comes_upright(tmp_path: Path, orientation: int, preview: str) -> None:
    seen, _ = stored(upright(600, 400), orientation)
    beside = {"none": None, "full": seen, "small": seen.resize((seen.width // 6, seen.height // 6))}[preview]
    picture = opened(save_dng(tmp_path / "a.dng", seen, orientation=orientation, preview=beside))
    assert (picture.width, picture.height, picture.orientation) == (600, 400, orientation)
    assert pixels_of(picture).shape == (400, 600, 3)
    assert close_to(corners(pixels_of(picture)), UPRIGHT_CORNERS)


def test_a_preview_that_the_camera_has_turned_is_not_turned_again(tmp_path: Path) -> None:
    seen, _ = stored(upright(600, 400), 6)
    path = save_dng(tmp_path / "a.dng", seen, orientation=6, preview=upright(600, 400))
    assert close_to(corners(pixels_of(opened(path))), UPRIGHT_CORNERS)


def test_the_embedded_picture_is_taken_where_it_is_large_enough(tmp_path: Path) -> None:
    finished = Image.new("RGB", (300, 200), "purple")
    path = save_dng(tmp_path / "a.dng", upright(600, 400), preview=finished)
    assert corners(pixels_of(opened(path, pixels=300)))[0][2] > 100
    assert close_to(corners(pixels_of(opened(path, pixels=600))), UPRIGHT_CORNERS)


def test_what_is_asked_for_at_half_size_is_developed_so(tmp_path: Path) -> None:
    path = save_dng(tmp_path / "a.dng", upright(800, 600))
    picture = opened(path, pixels=400)
    assert pixels_of(picture).shape == (300, 400, 3)
    assert (picture.width, picture.height) == (800, 600)


def test_tags_and_names(tmp_path: Path) -> None:
    picture = opened(save_dng(tmp_path / "a.DNG", upright(), taken="2020:03:04 05:06:07"), pixels=0)
    assert picture.image is None
    assert (picture.tags["DateTime"], picture.tags["Make"]) == ("2020:03:04 05:06:07", "Kamera")
    assert (picture.format, picture.mime) == ("DNG", "image/x-adobe-dng")


def test_too_many_pixels(tmp_path: Path) -> None:
    path = save_dng(tmp_path / "a.dng", upright(200, 100), taken="2020:03:04 05:06:07")
    with pytest.raises(PictureError) as caught:
        opened(path, max_pixels=19_999)
    assert caught.value.reason == "too_large"
    assert caught.value.known is not None
    assert caught.value.known.tags["DateTime"] == "2020:03:04 05:06:07"


def test_broken_raw_has_a_reason(tmp_path: Path) -> None:
    whole = save_dng(tmp_path / "a.dng", upright(600, 400)).read_bytes()
    (tmp_path / "half.dng").write_bytes(whole[: len(whole) // 2])
    assert reason(tmp_path / "half.dng") in ("truncated", "corrupt")
    (tmp_path / "no raw.nef").write_bytes(b"II*\0\x08\0\0\0" + bytes(100))
    assert reason(tmp_path / "no raw.nef") in ("unsupported", "corrupt")
    (tmp_path / "text.cr2").write_bytes(b"Dear Anna, " * 50)
    assert reason(tmp_path / "text.cr2") == "not_image"


def test_in_the_child_too(tmp_path: Path) -> None:
    path = save_dng(tmp_path / "a.dng", upright(600, 400), taken="2020:03:04 05:06:07")
    whole = path.read_bytes()
    (tmp_path / "half.dng").write_bytes(whole[: len(whole) // 2])
    with DecoderPool(1, seconds=30, memory_mb=1024, max_pixels=10**8) as pool:
        decoded = pool.submit(path, 600).result(60)
        assert close_to(corners(decoded.pixels), UPRIGHT_CORNERS)
        with pytest.raises(ExtractError):
            pool.submit(tmp_path / "half.dng", 600).result(60)
        assert pool.submit(os.fsencode(path), 0).result(60).tags["Model"] == "Eins"
