"""Pictures beyond the limit of what is held whole: reduced while they are read, and no different to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips
from PIL import Image

from media_index.decoding.images import open_picture
from media_index.decoding.pool import DecoderPool
from media_index.decoding.streaming import MOST_TIMES, is_streamed, read_reduced, streamed_bytes
from tests.media_index.decoding.pictures import UPRIGHT_CORNERS, close_to, corners, save, stored, upright
from tests.media_index.decoding.test_images import _swapping_profile, opened, pixels_of, reason
from tests.media_index.decoding.test_kinds import _grey_profile, _tiff_of_16_bits

LIMIT = 600 * 400 // 2
"""Pixels; half of what the pictures here have, so that none of them is held whole."""


def streamed(path: Path, pixels: int = 150) -> Any:
    with Image.open(path) as image:
        assert is_streamed(image, LIMIT)
    return opened(path, pixels=pixels, max_pixels=LIMIT)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["PNG", "WEBP", "TIFF"])
def test_upright(tmp_path: Path, format: str, orientation: int) -> None:
    image, exif = stored(upright(600, 400), orientation)
    picture = streamed(save(tmp_path / "photo", image, format, exif=exif, quality=95))
    assert (picture.width, picture.height, picture.orientation) == (600, 400, orientation)
    assert pixels_of(picture).shape == (100, 150, 3)
    assert close_to(corners(pixels_of(picture)), UPRIGHT_CORNERS)


def test_upright_by_what_a_png_tells_behind_its_pixels(tmp_path: Path) -> None:
    image, exif = stored(upright(600, 400), 6)
    path = save(tmp_path / "photo", image, "PNG", exif=exif)
    content = path.read_bytes()
    at = content.index(b"eXIf") - 4
    chunk = content[at : at + 12 + int.from_bytes(content[at : at + 4], "big")]
    path.write_bytes(content.replace(chunk, b"")[:-12] + chunk + content[-12:])
    picture = streamed(path)
    assert (picture.width, picture.height, picture.orientation) == (600, 400, 6)
    assert close_to(corners(pixels_of(picture)), UPRIGHT_CORNERS)


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "LA", "CMYK", "I;16"])
@pytest.mark.parametrize("format", ["PNG", "TIFF"])
def test_modes_look_as_when_they_are_held_whole(tmp_path: Path, format: str, mode: str) -> None:
    if (format, mode) == ("PNG", "CMYK"):
        pytest.skip("PNG has no CMYK")
    if mode == "I;16":
        image = Image.fromarray(np.asarray(upright(600, 400).convert("L"), dtype=np.uint16) * 257)
    else:
        image = upright(600, 400).convert(mode, dither=Image.Dither.NONE)
    if mode in ("RGBA", "LA"):
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    path = save(tmp_path / "photo", image, format)
    reduced, whole = pixels_of(streamed(path)), pixels_of(opened(path, pixels=150))
    assert reduced.shape == whole.shape
    assert np.abs(reduced.astype(int) - whole).mean() < 3


def test_webp_with_transparent_parts(tmp_path: Path) -> None:
    image = upright(600, 400).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 300, 200))
    found = corners(pixels_of(streamed(save(tmp_path / "a.webp", image, "WEBP", lossless=True))))
    assert close_to(found, [(255, 255, 255), *UPRIGHT_CORNERS[1:]])


def test_16_bits_of_colour_and_profiles(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(_tiff_of_16_bits(upright(600, 400), extra=_swapping_profile()))
    assert close_to(corners(pixels_of(streamed(tmp_path / "a.tif")))[:2], [(0, 255, 0), (255, 0, 0)])
    swapped = save(tmp_path / "b.png", upright(600, 400), "PNG", icc_profile=_swapping_profile())
    assert close_to(corners(pixels_of(streamed(swapped)))[:2], [(0, 255, 0), (255, 0, 0)])
    grey = save(tmp_path / "g.png", Image.new("L", (600, 400), 128), "PNG", icc_profile=_grey_profile(1.0))
    assert abs(int(pixels_of(streamed(grey))[50, 50, 0]) - 188) <= 1


@pytest.mark.parametrize("size", [(200_000, 1), (1, 200_000)])
def test_a_line_does_not_vanish(tmp_path: Path, size: tuple[int, int]) -> None:
    picture = streamed(save(tmp_path / "line.png", Image.new("RGB", size, "teal"), "PNG"), pixels=500)
    assert (picture.width, picture.height) == size
    assert sorted(pixels_of(picture).shape[:2]) == [1, 500]


@pytest.mark.parametrize("format", ["PNG", "WEBP", "TIFF"])
def test_half_a_file_has_a_reason(tmp_path: Path, format: str) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (400, 600, 3), dtype=np.uint8))
    path = save(tmp_path / "photo", noise, format)
    content = path.read_bytes()
    # A TIFF of Pillow's has its directory in front, so that what is missing are pixels there, too.
    path.write_bytes(content[: len(content) // 2])
    assert reason(path, pixels=150, max_pixels=LIMIT) in ("truncated", "corrupt")


def test_names_of_any_bytes(tmp_path: Path) -> None:
    path = save(tmp_path / "plain.png", upright(600, 400), "PNG")
    odd = str(tmp_path).encode() + b"/caf\xe9\n[0].png"
    path.rename(odd.decode(errors="surrogateescape"))
    assert open_picture(odd, 150, max_pixels=LIMIT).width == 600


def test_there_is_a_limit_for_these_as_well(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", upright(600, 400), "PNG")
    assert opened(path, pixels=150, max_pixels=600 * 400 // MOST_TIMES).width == 600
    assert reason(path, pixels=150, max_pixels=600 * 400 // MOST_TIMES - 1) == "too_large"


def test_others_are_held_whole_or_refused(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (600, 400), colour) for colour in ("white", "black")]
    moving = save(tmp_path / "a.webp", upright(600, 400), "WEBP", save_all=True, append_images=frames)
    floating = save(tmp_path / "f.tif", Image.new("F", (600, 400)), "TIFF")
    for path in (moving, floating):
        assert reason(path, pixels=150, max_pixels=LIMIT) == "too_large"


def test_colours_that_libvips_keeps_otherwise_are_left_to_pillow(tmp_path: Path) -> None:
    path = save(tmp_path / "f.tif", Image.new("F", (60, 40), 0.5), "TIFF")
    with Image.open(path) as image, path.open("rb") as file:
        assert read_reduced(file, image, 30) is None


def test_a_tiff_in_tiles_takes_little_memory(tmp_path: Path) -> None:
    whole = pyvips.Image.black(9_000, 9_000, bands=3).copy(interpretation="srgb")
    whole.tiffsave(str(tmp_path / "tiles.tif"), tile=True, tile_width=256, tile_height=256, compression="deflate")
    with Image.open(tmp_path / "tiles.tif") as image:
        assert streamed_bytes(image) < 200_000_000, "a row of tiles and not the whole, which is 240 MB"


def test_a_child_of_little_memory_opens_a_png_of_225_megapixels(tmp_path: Path) -> None:
    path = save(tmp_path / "large.png", Image.new("L", (15_000, 15_000), 70), "PNG", compress_level=1)
    with DecoderPool(1, seconds=60, memory_mb=512, max_pixels=100_000_000) as pool:
        decoded = pool.submit(path, 256).result(90)
    assert (decoded.width, decoded.pixels.shape) == (15_000, (256, 256, 3))
    assert int(decoded.pixels[9, 9, 0]) == 70
