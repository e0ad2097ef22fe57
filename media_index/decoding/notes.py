"""All that a file says of itself in words and numbers: EXIF, XMP, texts of PNG, and what stands beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from PIL import Image

from media_index.decoding.annotations import read_annotations
from media_index.decoding.exif_tags import read_blocks, read_tags
from media_index.decoding.iptc import RESOURCE, read_iptc, unwrapped
from media_index.decoding.sidecars import is_written, read_sidecars
from media_index.decoding.xmp import read_xmp
from media_index.formats import RAW

PNG_CREATED = "png:Creation Time"
"""The key of PNG's own text for the time of the original picture (PNG specification, 11.3.4.2)."""
_MAX_TEXT = 100
XMP_TAG, IPTC_TAG = 0x02BC, 0x83BB
"""Where XMP and IPTC stand in a TIFF (XMP specification, part 3; TIFF/EP, ISO 12234-2)."""
XMP_RESOURCE = 0x0424
"""The number of XMP among Photoshop's resources."""
_XMP_KEYS = ("xmp", "XML:com.adobe.xmp")
_PNG_START = 8
_MAX_CHUNKS = 200_000
"""Of a PNG, which has one for some 8 kB and more of its pixels."""
_MAX_BLOCK = 1_048_576
_PNG_XMP = b"XML:com.adobe.xmp\0\0\0\0\0"
_DATES = (
    "DateTimeOriginal",
    "DateTimeDigitized",
    "DateTime",
    "exif:DateTimeOriginal",
    "photoshop:DateCreated",
    "xmp:CreateDate",
)


def read_notes(image: Image.Image, file: BinaryIO, mime: str) -> dict[str, Any]:
    """The tags of EXIF by name, and below prefixed names those of XMP and PNG."""
    tags = read_tags(file) if mime == "image/tiff" else read_tags(_exif_block(image))
    for key in _XMP_KEYS:
        tags |= read_xmp(image.info.get(key))
    tags |= written_in(file) if mime == "image/tiff" else _written_in_picture(image)
    created = image.info.get("Creation Time") if mime == "image/png" else None
    if isinstance(created, str):
        tags[PNG_CREATED] = created[:_MAX_TEXT].replace("\0", " ").strip()
    return tags


def written_in(file: BinaryIO) -> dict[str, Any]:
    """What people wrote into a file that is laid out as a TIFF, as most RAW files are."""
    blocks = read_blocks(file, (XMP_TAG, IPTC_TAG))
    return read_iptc(unwrapped(blocks.get(IPTC_TAG, b""))) | read_annotations(blocks.get(XMP_TAG))


def _written_in_picture(image: Image.Image) -> dict[str, Any]:
    found: dict[str, Any] = {}
    resources = image.info.get("photoshop")
    if image.format == "PSD":
        resources = {number: content for number, _, content in getattr(image, "resources", ())}
        found |= read_annotations(resources.get(XMP_RESOURCE))
    block = resources.get(RESOURCE) if isinstance(resources, dict) else _profile(image, "iptc")
    if isinstance(block, bytes):
        found |= read_iptc(unwrapped(block))
    for packet in (*(image.info.get(key) for key in _XMP_KEYS), _profile(image, "xmp")):
        found |= read_annotations(packet)
    return found


def with_sidecars(tags: dict[str, Any], path: bytes, mime: str) -> dict[str, Any]:
    """``tags``, and what stands beside the file: what people wrote there, and when and where it was taken where the
    file does not tell both itself.

    The file's own notes win.
    """
    dated = any(str(tags.get(name, "")).strip()[:2] in ("18", "19", "20") for name in _DATES)
    if dated and "GPSLatitude" in tags:
        return written_beside(path) | tags
    beside = read_sidecars(path)
    if mime == "image/tiff" or mime in RAW:
        beside.pop("tiff:Orientation", None)  # these are turned by the library, which knows no sidecars
    return beside | tags


def written_beside(path: bytes) -> dict[str, Any]:
    """What people wrote into files beside this one, and nothing else."""
    return {name: value for name, value in read_sidecars(path).items() if is_written(name)}


def late_exif(file: BinaryIO) -> bytes:
    """The EXIF block of a PNG wherever it stands, empty where there is none. Pillow finds one behind the pixels only
    when it has read these."""
    return next(_chunks(file, b"eXIf"), b"")


def late_xmp(file: BinaryIO) -> bytes:
    """As :func:`late_exif`, the XMP, where it is not compressed, as the XMP specification (part 3, 1.1.5) wants it."""
    for text in _chunks(file, b"iTXt"):
        if text.startswith(_PNG_XMP):
            return text[len(_PNG_XMP) :]
    return b""


def _chunks(file: BinaryIO, wanted: bytes) -> Iterator[bytes]:
    """What is in the chunks of a type."""
    file.seek(_PNG_START)
    for _ in range(_MAX_CHUNKS):
        head = file.read(8)
        length = int.from_bytes(head[:4], "big")
        if len(head) < 8 or head[4:] == b"IEND":
            return
        after = file.tell() + length + 4
        if head[4:] == wanted:
            yield file.read(min(length, _MAX_BLOCK))
        file.seek(after)


def orientation_of(image: Image.Image, tags: Mapping[str, Any]) -> tuple[int, bool]:
    """The orientation that the file states, 1 to 8 (1 where it states none or nonsense), and whether only XMP does."""
    # pillow-heif sets the tag to 1, since it has turned the picture, and keeps the original beside it.
    value = (image.info.get("original_orientation") if image.format == "HEIF" else None) or tags.get("Orientation")
    if isinstance(value, int) and 1 <= value <= 8:
        return value, False
    text = str(tags.get("tiff:Orientation", ""))
    return (int(text), True) if text in tuple("12345678") else (1, False)


def _exif_block(image: Image.Image) -> bytes:
    block = image.info.get("exif")
    return block if isinstance(block, bytes) else _profile(image, "exif")


def _profile(image: Image.Image, name: str) -> bytes:
    """A block that ImageMagick and its kin write into PNG as hexadecimal text behind three lines of header."""
    text = image.info.get(f"Raw profile type {name}")
    if not isinstance(text, str):
        return b""
    try:
        return bytes.fromhex("".join(text.split("\n")[3:]))
    except ValueError:
        return b""
