"""Files are told apart by their first bytes, and by their names where the bytes do not tell."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from media_index.formats import DECODABLE, RAW, by_extension, sniff


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    body = b"ftyp" + major + b"\0\0\0\0" + b"".join(compatible)
    return (len(body) + 4).to_bytes(4, "big") + body + b"\0" * 32


@pytest.mark.parametrize(
    ("format", "mime"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("GIF", "image/gif"),
        ("WEBP", "image/webp"),
        ("TIFF", "image/tiff"),
        ("BMP", "image/bmp"),
        ("AVIF", "image/avif"),
        ("JPEG2000", "image/jp2"),
    ],
)
def test_what_pillow_writes_is_known_under_any_name(format: str, mime: str) -> None:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(target, format)
    assert sniff(target.getvalue()[:4096], "holiday.mp4") == ("image", mime)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (ftyp(b"heic", b"mif1", b"heic"), ("image", "image/heic")),
        (ftyp(b"mif1", b"heic", b"mif1"), ("image", "image/heic")),
        (ftyp(b"mif1", b"mif1", b"avif"), ("image", "image/avif")),
        (ftyp(b"mif1", b"mif1"), ("image", "image/heif")),
        (ftyp(b"msf1", b"hevc"), ("image", "image/heic-sequence")),
        (ftyp(b"avis", b"avif"), ("image", "image/avif")),
        (ftyp(b"crx ", b"isom"), ("image", "image/x-canon-cr3")),
        (ftyp(b"isom", b"avc1", b"mp41"), ("video", "video/mp4")),
        (ftyp(b"qt  "), ("video", "video/quicktime")),
        (ftyp(b"3gp5"), ("video", "video/3gpp")),
        (ftyp(b"M4A "), ("other", "audio/mp4")),
        (b"\0\0\0\x08wide\0\0\0\0mdat", ("video", "video/quicktime")),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", ("video", "video/webm")),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska", ("video", "video/x-matroska")),
        (b"RIFF\0\0\0\0AVI LIST", ("video", "video/x-msvideo")),
        (b"RIFF\0\0\0\0WAVEfmt ", ("other", "audio/wav")),
        (b"\x00\x00\x01\xba\x44\x00", ("video", "video/mpeg")),
        ((b"\x47" + b"\0" * 187) * 4, ("video", "video/mp2t")),
        ((b"\0\0\0\0\x47" + b"\0" * 187) * 4, ("video", "video/mp2t")),
        (b"%PDF-1.7\n", ("other", "application/pdf")),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", ("image", "image/svg+xml")),
    ],
)
def test_the_bytes_win_over_the_name(head: bytes, expected: tuple[str, str]) -> None:
    assert sniff(head, "photo.jpg") == expected


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b"II*\0\x08\0\0\0", "scan.tif", ("image", "image/tiff")),
        (b"II*\0\x08\0\0\0", "DSC_0001.NEF", ("image", "image/x-nikon-nef")),
        (b"MM\0*\0\0\0\x08", "a.dng", ("image", "image/x-adobe-dng")),
        (b"II*\0\x10\0\0\0CR\x02\0", "renamed.tif", ("image", "image/x-canon-cr2")),
        (b"\xff\xd8\xff\xe1", "really_a_jpeg.cr2", ("image", "image/jpeg")),
        (b"PK\x03\x04", "letter.docx", by_extension("letter.docx")),
        (b"PK\x03\x04", "photo.jpg", ("image", "image/jpeg")),
        (b"PK\x03\x04", "IMG_1.HEIC", ("image", "image/heic")),
        (b"PK\x03\x04", "photos.zip", ("other", "application/zip")),
        (b"<!DOCTYPE html><title>404</title>", "photo.jpg", ("image", "image/jpeg")),
        (b"P6 # of a scanner\n640 480\n255\n", "scan", ("image", "image/x-portable-pixmap")),
        (b"P6 is a camera", "p6.txt", ("other", "text/plain")),
        (b"hello", "notes.txt", ("other", "text/plain")),
        (b"hello", "photo.JPG", ("image", "image/jpeg")),
        (b"", "movie.mov", ("video", "video/quicktime")),
        (b"hello", "no extension", ("other", "application/octet-stream")),
        (b"", "", ("other", "application/octet-stream")),
        (b"BM just text", "b.txt", ("other", "text/plain")),
    ],
)
def test_the_name_tells_where_the_bytes_do_not(head: bytes, name: str, expected: tuple[str, str]) -> None:
    assert sniff(head, name) == expected


def test_only_pictures_are_promised_to_be_decodable() -> None:
    assert {"image/jpeg", "image/heic", "image/avif", "image/tiff"} <= DECODABLE
    assert not {mime for mime in DECODABLE if not mime.startswith("image/")}
    assert RAW < DECODABLE
