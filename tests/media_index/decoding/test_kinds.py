"""Formats beside the everyday ones: JPEG 2000, moving pictures, pages, gain maps, deep and other colours, panoramas."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from tests.media_index.decoding.pictures import UPRIGHT_CORNERS, close_to, corners, save, stored, upright
from tests.media_index.decoding.test_images import _swapping_profile, opened, pixels_of, reason


def test_jpeg_2000(tmp_path: Path) -> None:
    for ending in ("jp2", "j2k"):
        picture = opened(save(tmp_path / f"a.{ending}", upright(601, 403), "JPEG2000"))
        assert (picture.format, picture.mime, picture.width, picture.height) == ("JPEG2000", "image/jp2", 601, 403)
        assert close_to(corners(pixels_of(picture)), UPRIGHT_CORNERS)


@pytest.mark.parametrize("pixels", [600, 300, 150, 80, 40])
@pytest.mark.parametrize("resolutions", [1, 3, 6])
def test_jpeg_2000_is_reduced_as_far_as_the_file_has_it(tmp_path: Path, resolutions: int, pixels: int) -> None:
    path = save(tmp_path / "a.jp2", upright(907, 601), "JPEG2000", num_resolutions=resolutions)
    found = pixels_of(opened(path, pixels=pixels))
    assert 0.73 * pixels <= max(found.shape) <= pixels
    assert close_to(corners(found), UPRIGHT_CORNERS)


def test_a_reduced_picture_counts_by_what_is_decoded(tmp_path: Path) -> None:
    photo = upright(1600, 1200)
    for format in ("JPEG", "JPEG2000"):
        path = save(tmp_path / "photo", photo, format)
        assert pixels_of(opened(path, pixels=200, max_pixels=400 * 300)).shape[0] >= 110, format
        assert reason(path, pixels=1600, max_pixels=400 * 300) == "too_large"
    assert reason(save(tmp_path / "photo", photo, "PNG"), pixels=200, max_pixels=400 * 300) == "too_large"


def test_a_panorama_beyond_the_limit_opens_reduced(tmp_path: Path) -> None:
    path = save(tmp_path / "wide.jpg", Image.new("L", (40_000, 1_500), 90), "JPEG")
    picture = opened(path, pixels=2048, max_pixels=30_000_000)
    assert (picture.width, picture.height) == (40_000, 1_500)
    assert 1500 <= pixels_of(picture).shape[1] <= 2048


@pytest.mark.parametrize("format", ["PNG", "JPEG", "TIFF", "BMP"])
@pytest.mark.parametrize("size", [(20_000, 1), (1, 20_000)])
def test_pictures_of_one_line(tmp_path: Path, format: str, size: tuple[int, int]) -> None:
    picture = opened(save(tmp_path / "line", Image.new("RGB", size, "teal"), format))
    assert (picture.width, picture.height) == size
    assert max(pixels_of(picture).shape[:2]) <= 2048
    assert min(pixels_of(picture).shape[:2]) == 1


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "AVIF"])
def test_a_blank_first_frame_is_passed_over(tmp_path: Path, format: str) -> None:
    blank = Image.new("RGB", (96, 64), "white")
    path = save(tmp_path / "a", blank, format, save_all=True, append_images=[upright(), blank], duration=100)
    picture = opened(path)
    assert picture.frames >= 2
    assert close_to(corners(pixels_of(picture)), UPRIGHT_CORNERS)


def test_a_moving_picture_of_blank_frames_is_blank(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), (level, level, level)) for level in range(0, 240, 12)]
    path = save(tmp_path / "a.gif", frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert opened(path).frames == 20
    assert not pixels_of(opened(path)).any()


def test_a_broken_second_frame_does_not_cost_the_first(tmp_path: Path) -> None:
    blank = Image.new("RGB", (96, 64), "teal")
    path = save(tmp_path / "a.gif", blank, "GIF")
    second = b"\x2c" + struct.pack("<HHHHB", 0, 0, 96, 64, 0) + b"\x08\x40cut off"
    path.write_bytes(path.read_bytes().rstrip(b";") + second)
    assert corners(pixels_of(opened(path)))[0] == (0, 128, 128)


def test_a_frame_beyond_the_canvas_is_not_looked_at(tmp_path: Path) -> None:
    """The canvas would grow to 65,535 x 65,535 pixels."""
    path = save(tmp_path / "a.gif", Image.new("RGB", (96, 64), "teal"), "GIF")
    second = b"\x2c" + struct.pack("<HHHHB", 0, 0, 65_535, 65_535, 0) + b"\x08\x01\x00\x00;"
    path.write_bytes(path.read_bytes().rstrip(b";") + second)
    picture = opened(path)
    assert (picture.width, picture.height) == (96, 64)
    assert corners(pixels_of(picture))[0] == (0, 128, 128)


def test_the_first_page(tmp_path: Path) -> None:
    white = Image.new("RGB", (96, 64), "white")
    path = save(tmp_path / "a.tif", white, "TIFF", save_all=True, append_images=[upright()])
    assert opened(path).frames == 2
    assert corners(pixels_of(opened(path)))[0] == (255, 255, 255)


def test_the_picture_and_not_its_gain_map(tmp_path: Path) -> None:
    """A map of light is another, smaller picture behind the first, as in Ultra HDR and MPO."""
    base, gain = io.BytesIO(), io.BytesIO()
    upright().save(base, "JPEG", quality=95)
    ImageOps.invert(upright(48, 32).convert("L")).save(gain, "JPEG")
    (tmp_path / "a.jpg").write_bytes(base.getvalue() + gain.getvalue())
    save(tmp_path / "b.mpo", upright(), "MPO", save_all=True, append_images=[Image.new("RGB", (96, 64))], quality=95)
    for name in ("a.jpg", "b.mpo"):
        picture = opened(tmp_path / name)
        assert (picture.width, picture.height, picture.frames) == (96, 64, 1), name
        assert close_to(corners(pixels_of(picture)), UPRIGHT_CORNERS), name


def test_portable_anymaps_and_photoshop(tmp_path: Path) -> None:
    assert close_to(corners(pixels_of(opened(save(tmp_path / "a.ppm", upright(), "PPM")))), UPRIGHT_CORNERS)
    assert pixels_of(opened(save(tmp_path / "a.pgm", upright().convert("L"), "PPM"))).shape == (64, 96, 3)
    (tmp_path / "a.psd").write_bytes(_photoshop(upright()))
    picture = opened(tmp_path / "a.psd")
    assert (picture.format, picture.mime) == ("PSD", "image/vnd.adobe.photoshop")
    assert corners(pixels_of(picture)) == UPRIGHT_CORNERS


def _photoshop(image: Image.Image) -> bytes:
    """A flat file without layers (Adobe Photoshop File Formats Specification)."""
    head = b"8BPS" + (1).to_bytes(2, "big") + bytes(6) + (3).to_bytes(2, "big")
    head += image.height.to_bytes(4, "big") + image.width.to_bytes(4, "big") + (8).to_bytes(2, "big")
    head += (3).to_bytes(2, "big") + bytes(12) + bytes(2)
    return head + b"".join(band.tobytes() for band in image.split())


# Colours


def test_16_bits_of_grey_and_of_colour(tmp_path: Path) -> None:
    deep = np.asarray(upright().convert("L"), dtype=np.uint16) * 257
    for format in ("PNG", "TIFF", "JPEG2000"):
        found = pixels_of(opened(save(tmp_path / "deep", Image.fromarray(deep), format)))
        assert np.abs(found[:, :, 0].astype(int) - deep // 257).max() <= 1, format
    (tmp_path / "rgb.tif").write_bytes(_tiff_of_16_bits(upright()))
    assert corners(pixels_of(opened(tmp_path / "rgb.tif"))) == UPRIGHT_CORNERS


def _tiff_of_16_bits(image: Image.Image, photometric: int = 2, extra: bytes = b"") -> bytes:
    """Three samples of 16 bits, one strip, little endian (TIFF 6.0); ``extra`` is an ICC profile."""
    body = (np.asarray(image, dtype="<u2") * 257).tobytes()
    tags = {256: (4, image.width), 257: (4, image.height), 259: (3, 1), 262: (3, photometric), 277: (3, 3)}
    tags |= {278: (4, image.height), 279: (4, len(body))}
    count = len(tags) + 2 + bool(extra)
    bits_at = 8 + 2 + 12 * count + 4
    body_at = bits_at + 6
    rows = [(tag, kind, 1, value) for tag, (kind, value) in tags.items()]
    rows += [(258, 3, 3, bits_at), (273, 4, 1, body_at)]
    if extra:
        rows.append((34675, 7, len(extra), body_at + len(body)))
    table = b"".join(
        tag.to_bytes(2, "little")
        + kind.to_bytes(2, "little")
        + many.to_bytes(4, "little")
        + value.to_bytes(4, "little")
        for tag, kind, many, value in sorted(rows)
    )
    directory = count.to_bytes(2, "little") + table + bytes(4)
    return b"II*\0\x08\0\0\0" + directory + b"\x10\0" * 3 + body + extra


def test_a_profile_counts_for_16_bits_as_well(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(_tiff_of_16_bits(upright(), extra=_swapping_profile()))
    found = corners(pixels_of(opened(tmp_path / "a.tif")))
    assert close_to(found[:2], [(0, 255, 0), (255, 0, 0)])


def _grey_profile(gamma: float) -> bytes:
    """A profile for grey of version 2 (ICC.1:2001-04): a white point and one curve."""

    def padded(body: bytes) -> bytes:
        return body + b"\0" * (-len(body) % 4)

    white = b"XYZ " + bytes(4) + b"".join(round(v * 65536).to_bytes(4, "big") for v in (0.9642, 1.0, 0.8249))
    curve = b"curv" + bytes(4) + (1).to_bytes(4, "big") + round(gamma * 256).to_bytes(2, "big")
    text = b"desc" + bytes(4) + (5).to_bytes(4, "big") + b"grey\0" + bytes(78)
    right = b"text" + bytes(4) + b"free\0"
    bodies = {b"desc": padded(text), b"cprt": padded(right), b"wtpt": padded(white), b"kTRC": padded(curve)}
    at = 128 + 4 + 12 * len(bodies)
    table = len(bodies).to_bytes(4, "big")
    for name, body in bodies.items():
        table += name + at.to_bytes(4, "big") + len(body).to_bytes(4, "big")
        at += len(body)
    head = bytes(4) + b"lcms" + (0x02400000).to_bytes(4, "big") + b"mntrGRAYXYZ " + bytes(12) + b"acsp" + bytes(28)
    head += b"".join(round(v * 65536).to_bytes(4, "big") for v in (0.9642, 1.0, 0.8249))
    whole = head.ljust(128, b"\0") + table + b"".join(bodies.values())
    return len(whole).to_bytes(4, "big") + whole[4:]


def test_a_profile_for_grey(tmp_path: Path) -> None:
    level = Image.new("L", (32, 32), 128)
    deep = Image.fromarray(np.full((32, 32), 128 * 257, np.uint16))
    clear = Image.merge("LA", [level, Image.new("L", (32, 32), 255)])
    linear = _grey_profile(1.0)
    # Half of the light is 188 in sRGB (IEC 61966-2-1).
    for name, image in {"8": level, "16": deep, "alpha": clear}.items():
        found = pixels_of(opened(save(tmp_path / "g.png", image, "PNG", icc_profile=linear)))
        assert abs(int(found[16, 16, 0]) - 188) <= 1, name
        plain = pixels_of(opened(save(tmp_path / "p.png", image, "PNG")))
        assert abs(int(plain[16, 16, 0]) - 128) <= 1, name


def test_lab(tmp_path: Path) -> None:
    profiles = [ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")]
    to_lab = ImageCms.buildTransform(profiles[0], profiles[1], "RGB", "LAB")
    lab = ImageCms.applyTransform(upright(), to_lab)
    assert lab is not None
    own = ImageCms.ImageCmsProfile(profiles[1]).tobytes()
    for profile in (None, own, b"broken"):
        found = pixels_of(opened(save(tmp_path / "lab.tif", lab, "TIFF", icc_profile=profile)))
        assert close_to(corners(found), UPRIGHT_CORNERS), profile and profile[:6]


def test_cmyk_of_photoshop_is_inverted(tmp_path: Path) -> None:
    """Adobe writes the ink that is left out, and says so by its segment APP14; plain CMYK has none."""
    content = save(tmp_path / "a.jpg", upright().convert("CMYK"), "JPEG", quality=95).read_bytes()
    assert b"Adobe" in content
    assert close_to(corners(pixels_of(opened(tmp_path / "a.jpg"))), UPRIGHT_CORNERS)


# Which way up


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_the_orientation_in_xmp_counts_where_exif_has_none(tmp_path: Path, format: str, orientation: int) -> None:
    image, exif = stored(upright(), orientation)
    attribute = b'<x:xmpmeta><rdf:Description tiff:Orientation="%d"/></x:xmpmeta>' % orientation
    picture = opened(_with_xmp(tmp_path / "a", image, format, attribute))
    assert (picture.width, picture.height, picture.orientation) == (96, 64, orientation)
    assert pixels_of(picture).shape == (64, 96, 3)
    assert close_to(corners(pixels_of(picture)), UPRIGHT_CORNERS)
    other = b"<tiff:Orientation>%d</tiff:Orientation>" % (9 - orientation)
    both = opened(_with_xmp(tmp_path / "b", image, format, other, exif=exif))
    assert both.orientation == orientation
    assert close_to(corners(pixels_of(both)), UPRIGHT_CORNERS)


@pytest.mark.parametrize("format", ["HEIF", "AVIF"])
def test_formats_with_a_rotation_of_their_own_are_not_turned_twice(tmp_path: Path, format: str) -> None:
    image, exif = stored(upright(), 6)
    path = save(
        tmp_path / "a", image, format, exif=exif.tobytes(), xmp=b"<tiff:Orientation>6</tiff:Orientation>", quality=95
    )
    picture = opened(path)
    assert pixels_of(picture).shape == (64, 96, 3)
    assert close_to(corners(pixels_of(picture)), UPRIGHT_CORNERS)


def test_avif_is_not_turned_by_xmp(tmp_path: Path) -> None:
    path = save(tmp_path / "b", upright(), "AVIF", xmp=b"<tiff:Orientation>6</tiff:Orientation>", quality=95)
    assert close_to(corners(pixels_of(opened(path))), UPRIGHT_CORNERS)


def _with_xmp(path: Path, image: Image.Image, format: str, xmp: bytes, **options: Any) -> Path:
    if format == "PNG":
        from PIL.PngImagePlugin import PngInfo

        notes = PngInfo()
        notes.add_itxt("XML:com.adobe.xmp", xmp.decode())
        return save(path, image, format, pnginfo=notes, **options)
    if format == "TIFF":
        exif = options.get("exif")
        return save(path, image, format, tiffinfo={700: xmp} | ({274: exif[274]} if exif else {}))
    return save(path, image, format, xmp=xmp, quality=95, **options)
