"""One file: upright, bounded, in sRGB, or a reason."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from media_index.decoding.images import Picture, open_picture
from media_index.errors import ExtractError
from media_index.reasons import REASONS
from tests.media_index.decoding.pictures import UPRIGHT_CORNERS, close_to, corners, save, stored, upright

LIMIT = 50_000_000


def opened(path: Path, pixels: int = 2048, max_pixels: int = LIMIT) -> Picture:
    return open_picture(os.fsencode(path), pixels, max_pixels=max_pixels)


def pixels_of(picture: Picture) -> np.ndarray:
    assert picture.image is not None
    assert picture.image.mode == "RGB"
    return np.asarray(picture.image)


def reason(path: Path, **options: int) -> str:
    with pytest.raises(ExtractError) as caught:
        opened(path, **options)
    assert caught.value.reason in REASONS
    return caught.value.reason


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_every_orientation_comes_upright(tmp_path: Path, format: str, orientation: int) -> None:
    image, exif = stored(upright(), orientation)
    path = save(tmp_path / "photo", image, format, exif=exif, quality=95)
    picture = opened(path)
    assert (picture.width, picture.height, picture.orientation) == (96, 64, orientation)
    assert pixels_of(picture).shape == (64, 96, 3)
    assert close_to(corners(pixels_of(picture)), UPRIGHT_CORNERS)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_heic_is_turned_once_and_not_twice(tmp_path: Path, orientation: int) -> None:
    image, exif = stored(upright(), orientation)
    path = save(tmp_path / "photo.heic", image, "HEIF", exif=exif.tobytes(), quality=95)
    picture = opened(path)
    assert (picture.width, picture.height) == (96, 64)
    assert close_to(corners(pixels_of(picture)), UPRIGHT_CORNERS)
    assert (picture.format, picture.mime) == ("HEIF", "image/heic")


@pytest.mark.parametrize("nonsense", [0, 9, 65535])
def test_an_impossible_orientation_is_none(tmp_path: Path, nonsense: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = nonsense
    picture = opened(save(tmp_path / "a.jpg", upright(), "JPEG", exif=exif))
    assert picture.orientation == 1
    assert close_to(corners(pixels_of(picture)), UPRIGHT_CORNERS)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIF"])
def test_every_format_keeps_within_the_pixels_asked_for(tmp_path: Path, format: str) -> None:
    path = save(tmp_path / "photo", upright(600, 400), format)
    picture = opened(path, pixels=100)
    assert (picture.width, picture.height) == (600, 400)
    height, width = pixels_of(picture).shape[:2]
    assert 73 <= width <= 100
    assert height == pytest.approx(width * 2 / 3, abs=1)
    assert close_to(corners(pixels_of(picture)), UPRIGHT_CORNERS)
    assert pixels_of(opened(path, pixels=5000)).shape == (400, 600, 3)


def test_a_jpeg_of_12_megapixels_is_decoded_at_half_size(tmp_path: Path) -> None:
    picture = opened(save(tmp_path / "a.jpg", upright(4000, 3000), "JPEG"), pixels=2048)
    assert pixels_of(picture).shape == (1500, 2000, 3)
    assert (picture.width, picture.height) == (4000, 3000)


def test_no_pixels_asked_for_gives_header_and_tags_alone(tmp_path: Path) -> None:
    image, exif = stored(upright(), 6)
    exif[0x010F] = "Leica"
    path = save(tmp_path / "a.jpg", image, "JPEG", exif=exif)
    path.write_bytes(path.read_bytes()[:-100])
    assert reason(path) == "truncated"
    picture = opened(path, pixels=0)
    assert picture.image is None
    assert (picture.width, picture.height, picture.tags["Make"]) == (96, 64, "Leica")


def test_modes_of_grey(tmp_path: Path) -> None:
    ramp = np.linspace(0, 65535, 64).astype(np.uint16)[None, :].repeat(8, 0)
    files = {
        "16": save(tmp_path / "16.png", Image.fromarray(ramp), "PNG"),
        "16t": save(tmp_path / "16.tif", Image.fromarray(ramp), "TIFF"),
        "8": save(tmp_path / "8.png", Image.fromarray((ramp >> 8).astype(np.uint8)), "PNG"),
        "32": save(tmp_path / "32.tif", Image.fromarray(ramp.astype(np.int32)), "TIFF"),
        "float": save(tmp_path / "f.tif", Image.fromarray(ramp.astype(np.float32) / 65535), "TIFF"),
        "stretched": save(tmp_path / "s.tif", Image.fromarray(ramp.astype(np.float32) - 9e4), "TIFF"),
    }
    for name, path in files.items():
        row = pixels_of(opened(path))[4].astype(int)
        assert np.abs(row - (ramp[0] >> 8)[:, None].astype(int)).max() <= 2, name


def test_a_float_picture_without_contrast_is_black(tmp_path: Path) -> None:
    path = save(tmp_path / "nan.tif", Image.fromarray(np.full((4, 4), 7.5, np.float32)), "TIFF")
    assert not pixels_of(opened(path)).any()


def test_bilevel_and_cmyk(tmp_path: Path) -> None:
    bilevel = pixels_of(opened(save(tmp_path / "1.png", upright().convert("1", dither=Image.Dither.NONE), "PNG")))
    assert set(np.unique(bilevel)) == {0, 255}
    for format in ("JPEG", "TIFF"):
        cmyk = pixels_of(opened(save(tmp_path / "cmyk", upright().convert("CMYK"), format)))
        assert close_to(corners(cmyk), UPRIGHT_CORNERS), format


def test_transparent_parts_lie_on_white(tmp_path: Path) -> None:
    seen = upright().convert("RGBA")
    seen.paste((0, 0, 0, 0), (0, 0, 48, 32))
    palette = upright().quantize(8)
    palette_path = save(tmp_path / "p.png", palette, "PNG", transparency=palette.getpixel((0, 0)))
    grey = Image.merge("LA", [upright().convert("L"), seen.getchannel("A")])
    keyed = save(tmp_path / "k.png", upright(), "PNG", transparency=(255, 0, 0))
    for path in (
        save(tmp_path / "a.png", seen, "PNG"),
        save(tmp_path / "a.webp", seen, "WEBP", lossless=True),
        save(tmp_path / "la.png", grey, "PNG"),
        palette_path,
        keyed,
    ):
        found = corners(pixels_of(opened(path)))
        assert found[0] == (255, 255, 255), path
        assert found[3] != (255, 255, 255), path


def test_half_transparent_is_half_white(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", Image.new("RGBA", (40, 40), (0, 0, 0, 128)), "PNG")
    assert abs(int(pixels_of(opened(path, pixels=10))[5, 5, 0]) - 127) <= 1


def _swapping_profile() -> bytes:
    """sRGB with the primaries for red and green exchanged: who applies it sees green where red is stored."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = int.from_bytes(profile[128:132], "big")
    for at in range(132, 132 + 12 * count, 12):
        swap = {b"rXYZ": b"gXYZ", b"gXYZ": b"rXYZ"}
        name = bytes(profile[at : at + 4])
        profile[at : at + 4] = swap.get(name, name)
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "Swap".encode("utf-16-be"))


def test_a_colour_profile_is_applied(tmp_path: Path) -> None:
    path = save(tmp_path / "p.png", upright(), "PNG", icc_profile=_swapping_profile())
    found = corners(pixels_of(opened(path)))
    assert close_to(found[:2], [(0, 255, 0), (255, 0, 0)])


def test_srgb_and_broken_and_foreign_profiles_change_nothing(tmp_path: Path) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for number, profile in enumerate([srgb, lab, b"broken", srgb[:300], b"\0" * 5000]):
        path = save(tmp_path / f"{number}.png", upright(), "PNG", icc_profile=profile)
        assert corners(pixels_of(opened(path))) == UPRIGHT_CORNERS, number


def test_the_first_of_several_frames(tmp_path: Path) -> None:
    others = [Image.new("RGB", (96, 64), colour) for colour in ("white", "black")]
    for format in ("GIF", "WEBP", "TIFF", "PNG", "AVIF"):
        path = save(tmp_path / "moving", upright(), format, save_all=True, append_images=others)
        picture = opened(path)
        assert picture.frames == 3, format
        assert close_to(corners(pixels_of(picture)), UPRIGHT_CORNERS), format


def test_the_other_pictures_of_an_mpo_are_no_frames(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", upright(), "MPO", save_all=True, append_images=[ImageOps.mirror(upright())])
    picture = opened(path)
    assert (picture.format, picture.mime, picture.frames) == ("JPEG", "image/jpeg", 1)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "BMP", "AVIF", "HEIF", "GIF"])
def test_half_a_file_is_truncated(tmp_path: Path, format: str) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (200, 300, 3), dtype=np.uint8))
    path = save(tmp_path / "photo", noise, format)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert reason(path) == "truncated"


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_a_damaged_header_is_corrupt(tmp_path: Path, format: str) -> None:
    path = save(tmp_path / "photo", upright(), format)
    content = bytearray(path.read_bytes())
    content[24 : len(content) - 24] = bytes(len(content) - 48)
    path.write_bytes(content)
    assert reason(path) in ("corrupt", "truncated")


def test_an_offset_that_no_file_can_reach_is_corrupt_and_no_matter_of_permissions(tmp_path: Path) -> None:
    path = tmp_path / "far.tif"
    path.write_bytes(b"II+\0" + struct.pack("<HHQ", 8, 0, 2**63 - 256) + bytes(100))
    assert reason(path) == "corrupt"


def test_what_is_not_a_picture(tmp_path: Path) -> None:
    files = {
        "empty": ("empty.jpg", b""),
        "not_image": ("letter.jpg", b"Dear Anna,\n" * 50),
        "corrupt": ("zeros.jpg", bytes(10_000)),
        "unsupported": ("paper.pdf", b"%PDF-1.7\n"),
    }
    for expected, (name, content) in files.items():
        (tmp_path / name).write_bytes(content)
        assert reason(tmp_path / name) == expected
    (tmp_path / "paper.jpg").write_bytes(b"%PDF-1.7\n")
    assert reason(tmp_path / "paper.jpg") == "not_image"
    (tmp_path / "raw.nef").write_bytes(b"II*\0\x08\0\0\0" + bytes(100))
    assert reason(tmp_path / "raw.nef") == "unsupported"


def test_what_is_not_a_file(tmp_path: Path) -> None:
    assert reason(tmp_path / "missing.jpg") == "vanished"
    assert reason(tmp_path) == "unreadable"
    os.mkfifo(tmp_path / "pipe.jpg")
    assert reason(tmp_path / "pipe.jpg") == "unreadable"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", upright(), "JPEG")
    path.chmod(0)
    assert reason(path) == "unreadable"


def _bomb(side: int) -> bytes:
    """A PNG whose header promises ``side * side`` pixels and whose content is next to nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")
    )


def test_too_many_pixels_are_refused_by_the_header(tmp_path: Path) -> None:
    (tmp_path / "bomb.png").write_bytes(_bomb(60_000))
    assert reason(tmp_path / "bomb.png") == "too_large"
    path = save(tmp_path / "a.jpg", upright(), "JPEG")
    assert reason(path, max_pixels=96 * 64 - 1) == "too_large"
    assert opened(path, max_pixels=96 * 64).width == 96


def test_the_original_is_left_alone(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", upright(), "JPEG")
    path.chmod(0o444)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    opened(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(tmp_path.iterdir()) == [path]
