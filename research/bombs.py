"""Files that are meant to hurt whoever opens them, made here one by one."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

GOOD = 24
"""Ordinary photos among the bombs: each of them must come through."""
GIGABYTE = 1_000_000_000
MEGABYTE = 1_000_000


def make_bombs(folder: Path) -> None:
    """Writes all of them below ``folder``, a folder for each kind of harm, and ordinary photos between them."""
    for name, make in {
        "pixels": _pixels,
        "contents": _contents,
        "notes": _notes,
        "frames": _frames,
        "places": _places,
        "beside": _beside,
    }.items():
        (folder / name).mkdir(parents=True)
        make(folder / name)
        for number in range(GOOD // 6):
            _photo(number * 7 + len(name)).save(folder / name / f"good{number}.jpg", quality=90)


def _photo(seed: int) -> Image.Image:
    small = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((1200, 900), Image.Resampling.BICUBIC)


def _pixels(folder: Path) -> None:
    """Too many pixels, or too many in one direction."""
    for side in (20_000, 17_000):
        (folder / f"{side}x{side}.png").write_bytes(_png(side, side))
    (folder / "header only.png").write_bytes(_png(60_000, 60_000, rows=1))
    for width, height in ((60_000, 1), (1, 60_000)):
        (folder / f"{width}x{height}.png").write_bytes(_png(width, height))
        Image.new("RGB", (width, height), "teal").save(folder / f"{width}x{height}.jpg")
        Image.new("RGB", (width, height), "teal").save(folder / f"{width}x{height}.tif")
    Image.new("L", (40_000, 10_000), 99).save(folder / "panorama of 400 megapixels.jpg")
    Image.new("L", (16_000, 16_000), 99).save(folder / "progressive 256 megapixels.jpg", progressive=True)
    Image.new("RGB", (12_000, 12_000), "navy").save(folder / "144 megapixels.webp", lossless=True, method=0)
    Image.new("L", (16_000, 16_000)).save(folder / "256 megapixels.gif")
    Image.new("I;16", (16_000, 16_000)).save(folder / "256 megapixels of 16 bits.png", compress_level=1)
    Image.new("L", (30_000, 10_000)).save(folder / "300 megapixels.tif", compression="tiff_deflate")


def _contents(folder: Path) -> None:
    """Not what the name says."""
    with (folder / "a gigabyte of text.jpg").open("wb") as file:
        file.write(b"Dear Anna,\n")
        file.truncate(GIGABYTE)
    with zipfile.ZipFile(folder / "archive.heic", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(10 * MEGABYTE))
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "error page.jpg").write_text("<!DOCTYPE html><title>404 Not Found</title>")
    (folder / "zeros.cr2").write_bytes(bytes(MEGABYTE))
    (folder / "noise.nef").write_bytes(b"II*\0\x08\0\0\0" + np.random.default_rng(1).bytes(MEGABYTE))
    (folder / "noise.jp2").write_bytes(b"\xff\x4f\xff\x51" + np.random.default_rng(2).bytes(MEGABYTE))
    (folder / "laughs.svg").write_text(_laughs("svg"))
    for ending in ("jpg", "png", "webp", "tif", "heic", "gif"):
        (folder / f"noise.{ending}").write_bytes(np.random.default_rng(3).bytes(MEGABYTE))
    whole = _encoded("JPEG")
    (folder / "half.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "a hole.jpg").write_bytes(whole[:2000] + bytes(len(whole) - 4000) + whole[-2000:])


def _notes(folder: Path) -> None:
    """Metadata that unfolds."""
    many = _exif(10_000)
    _photo(1).save(folder / "ten thousand entries.png", exif=many)
    _photo(2).save(folder / "ten thousand entries.webp", exif=many)
    _photo(3).save(folder / "five thousand entries.jpg", exif=_exif(5_000))
    _photo(4).save(folder / "entries that are not there.jpg", exif=_exif(10, told=65_535))
    _photo(5).save(folder / "profile.jpg", icc_profile=bytes(10 * MEGABYTE))
    zeros = b"".join(_deflated(GIGABYTE))
    small = _encoded("PNG")
    for name, chunk in {
        "text": (b"zTXt", b"Comment\0\0" + zeros),
        "international text": (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zeros),
        "profile": (b"iCCP", b"ICC\0\0" + zeros),
    }.items():
        (folder / f"{name} of a gigabyte.png").write_bytes(small[:33] + _chunk(*chunk) + small[33:])
    texts = b"".join(_chunk(b"tEXt", b"Comment\0" + bytes([65]) * 1000) for _ in range(100_000))
    (folder / "a hundred thousand texts.png").write_bytes(small[:33] + texts + small[33:])
    _photo(6).save(folder / "laughs.webp", xmp=_laughs("x:xmpmeta").encode())


def _frames(folder: Path) -> None:
    """Too many pictures in one file, or pictures that lead to themselves."""
    frames = [Image.new("P", (64, 64), number % 256) for number in range(10_000)]
    frames[0].save(folder / "ten thousand frames.gif", save_all=True, append_images=frames[1:], optimize=False)
    (folder / "circle.tif").write_bytes(_circle(2))
    (folder / "large circle.tif").write_bytes(_circle(5_000))
    pages = [Image.new("1", (8, 8)) for _ in range(3_000)]
    pages[0].save(folder / "three thousand pages.tif", save_all=True, append_images=pages[1:])


def _places(folder: Path) -> None:
    """Names and kinds of files that trip a walk."""
    content = _encoded("JPEG")
    for number, name in enumerate(
        (b"new\nline.jpg", b"caf\xe9 \xff.jpg", b"a" * 251 + b".jpg", b" .jpg", b"\x1b[2J.jpg")
    ):
        with open(os.fsencode(folder) + b"/" + name, "wb") as file:  # noqa: PTH123 (names are bytes)
            file.write(content + bytes([number]))
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "up").symlink_to(folder.parent, target_is_directory=True)
    (folder / "self.jpg").symlink_to("self.jpg")
    (folder / "dangling.jpg").symlink_to("nowhere.jpg")
    os.mkfifo(folder / "pipe.jpg")
    (folder / "folder.jpg").mkdir()
    (folder / "zero.jpg").symlink_to("/dev/zero")
    deep = folder
    for _ in range(150):
        deep = deep / "deep"
        deep.mkdir()
    (deep / "down here.jpg").write_bytes(content + b"deep")


def _beside(folder: Path) -> None:
    """Sidecars that hurt whoever reads them for the photo."""
    for number, (ending, content) in enumerate(
        {
            ".json": b"[" * 200_000,
            ".xmp": _laughs("x:xmpmeta").encode(),
            ".supplemental-metadata.json": b'{"photoTakenTime": {"timestamp": "999999999999999999999"}}',
        }.items()
    ):
        photo = folder / f"photo{number}.jpg"
        _photo(40 + number).save(photo)
        (folder / (photo.name + ending)).write_bytes(content)
    _photo(50).save(folder / "piped.jpg")
    os.mkfifo(folder / "piped.jpg.xmp")
    _photo(51).save(folder / "huge.jpg")
    with (folder / "huge.jpg.json").open("wb") as file:
        file.truncate(GIGABYTE)


# Pieces


def _png(width: int, height: int, *, rows: int | None = None) -> bytes:
    """A PNG of zeros in RGB, of whose rows only ``rows`` are there."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"".join(_deflated((1 + 3 * width) * (height if rows is None else rows)))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _deflated(zeros: int) -> Iterator[bytes]:
    packer = zlib.compressobj(6)
    piece = bytes(MEGABYTE)
    for at in range(0, zeros, MEGABYTE):
        yield packer.compress(piece[: zeros - at])
    yield packer.flush()


def _exif(entries: int, *, told: int | None = None) -> bytes:
    """An EXIF block of ``entries`` entries, of which ``told`` are promised."""
    table = b"".join(struct.pack("<HHII", 0x010E + number % 100, 2, 4, 0x41414141) for number in range(entries))
    count = struct.pack("<H", min(entries if told is None else told, 65_535))
    return b"Exif\0\0II*\0\x08\0\0\0" + count + table + bytes(4)


def _circle(directories: int) -> bytes:
    """A TIFF of one pixel whose last directory is followed by its first."""
    length = 2 + 12 * 8 + 4
    content = b"II*\0" + struct.pack("<I", 8)
    for number in range(directories):
        here = 8 + number * length
        tags = {256: 1, 257: 1, 258: 8, 259: 1, 262: 1, 273: here, 278: 1, 279: 1}
        content += struct.pack("<H", 8) + b"".join(struct.pack("<HHII", tag, 4, 1, tags[tag]) for tag in sorted(tags))
        content += struct.pack("<I", 8 + (number + 1) % directories * length)
    return content


def _laughs(root: str) -> str:
    """Entities of entities (a billion laughs)."""
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "ha">{lines}]><{root} t="tiff:Orientation">&l9;</{root}>'


def _encoded(format: str) -> bytes:
    target = io.BytesIO()
    save: Callable[..., None] = _photo(99).save
    save(target, format)
    return target.getvalue()
