"""Reads EXIF directories entry by entry, so that one broken entry costs only itself.

The layout is that of TIFF 6.0 (section 2) with the directories of EXIF 2.32 (CIPA DC-008). Pillow has a reader as well,
but there one unreadable value takes its whole directory along.
"""

from __future__ import annotations

import io
import math
import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from PIL.ExifTags import GPSTAGS, TAGS

_EXIF_POINTER = 0x8769
_GPS_POINTER = 0x8825
# TIFF, and the RAW formats of Olympus and Panasonic, which differ from it in these bytes only.
_ORDERS = {b"II*\0": "<", b"MM\0*": ">", b"IIRO": "<", b"IIRS": "<", b"MMOR": ">", b"IIU\0": "<"}
_LONG, _ASCII = 4, 2
# Code of a type: bytes of one value and its code in `struct`; ASCII and UNDEFINED are dealt with apart.
_TYPES = {
    1: (1, "B"),
    2: (1, ""),
    3: (2, "H"),
    4: (4, "I"),
    5: (8, "II"),
    6: (1, "b"),
    7: (1, ""),
    8: (2, "h"),
    9: (4, "i"),
    10: (8, "ii"),
    11: (4, "f"),
    12: (8, "d"),
    13: (4, "I"),
}
_RATIONALS = (5, 10)
# Blobs and offsets that say nothing outside their file: MakerNote, PrintImageMatching, strips, tiles, ICC, XMP, IPTC.
_SKIPPED = frozenset({0x927C, 0xC4A5, 0x0111, 0x0117, 0x0144, 0x0145, 0x8773, 0x02BC, 0x83BB, 0x8649, 0xA005, 0x014A})
_UTF16 = frozenset({0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F})
_CHARSET_PREFIXED = frozenset({0x9286, 0x001B, 0x001C})

# Far above what cameras write (some 60 entries, texts of a few hundred bytes), far below what could hurt.
_MAX_ENTRIES = 512
_MAX_BYTES = 16_384
_MAX_VALUES = 64
_MAX_BLOCK = 1_048_576

_BROKEN = (struct.error, ValueError, ArithmeticError, OSError)


@dataclass(frozen=True, slots=True)
class _Entry:
    tag: int
    type: int
    count: int
    raw: bytes


def read_tags(source: bytes | BinaryIO) -> dict[str, Any]:
    """The tags of the main, the EXIF and the GPS directory by name; see :class:`media_index.decoding.decoded.Decoded`.

    ``source`` is an EXIF block (with or without its ``Exif`` prefix) or an open TIFF file. Never raises for its
    content: what cannot be read is left out, and what is no EXIF at all gives an empty dict.
    """
    file = io.BytesIO(_without_prefix(source)) if isinstance(source, bytes) else source
    tags: dict[str, Any] = {}
    try:
        order, main = _head(file)
        pointers = _read_directory(file, order, main, TAGS, tags)
        for pointer, names in ((_EXIF_POINTER, TAGS), (_GPS_POINTER, GPSTAGS)):
            if pointer in pointers:
                _read_directory(file, order, pointers[pointer], names, tags)
    except _BROKEN:
        return tags
    return tags


def read_blocks(file: BinaryIO, wanted: Collection[int]) -> dict[int, bytes]:
    """What stands in these tags of the main directory of a TIFF or RAW file, as bytes (XMP, IPTC); what cannot be read
    or is longer than a megabyte is left out."""
    found: dict[int, bytes] = {}
    try:
        order, main = _head(file)
        file.seek(main)
        (count,) = struct.unpack(order + "H", file.read(2))
        table = file.read(12 * min(count, _MAX_ENTRIES))
        for at in range(0, len(table) - 11, 12):
            tag, kind, count, offset = struct.unpack_from(order + "HHII", table, at)
            size = _TYPES.get(kind, (0, ""))[0] * count
            if tag in wanted and 4 < size <= _MAX_BLOCK:
                file.seek(offset)
                found.setdefault(tag, file.read(size))
    except _BROKEN:
        return found
    return found


def _head(file: BinaryIO) -> tuple[str, int]:
    """The order of bytes and where the main directory stands. Raises ``ValueError`` for what is no TIFF."""
    file.seek(0)
    header = file.read(8)
    order = _ORDERS.get(header[:4])
    if order is None:
        raise ValueError("no TIFF")
    main: int = struct.unpack(order + "I", header[4:])[0]
    return order, main


def _without_prefix(block: bytes) -> bytes:
    while block.startswith(b"Exif\0\0"):
        block = block[6:]
    return block


def _read_directory(
    file: BinaryIO, order: str, offset: int, names: dict[int, str], tags: dict[str, Any]
) -> dict[int, int]:
    """Adds the tags of one directory to ``tags``, where a tag that is there already stays; gives the pointers on."""
    pointers: dict[int, int] = {}
    for entry in _entries(file, order, offset):
        try:
            value = _value(entry, order)
        except _BROKEN:
            continue
        if entry.tag in (_EXIF_POINTER, _GPS_POINTER) and names is TAGS:
            if isinstance(value, int):
                pointers[entry.tag] = value
        elif value is not None and entry.tag in names:
            tags.setdefault(names[entry.tag], value)
    return pointers


def _entries(file: BinaryIO, order: str, offset: int) -> Iterator[_Entry]:
    file.seek(offset)
    head = file.read(2)
    if len(head) < 2:
        return
    table = file.read(12 * min(struct.unpack(order + "H", head)[0], _MAX_ENTRIES))
    for at in range(0, len(table) - 11, 12):
        tag, kind, count = struct.unpack_from(order + "HHI", table, at)
        size = _TYPES.get(kind, (0, ""))[0] * count
        if not 0 < size <= _MAX_BYTES or tag in _SKIPPED:
            continue
        raw = table[at + 8 : at + 8 + size]
        if size > 4:
            file.seek(struct.unpack(order + "I", table[at + 8 : at + 12])[0])
            raw = file.read(size)
        # A text that is cut off still says something, a number does not.
        if len(raw) == size or (kind == _ASCII and raw):
            yield _Entry(tag, kind, count, raw)


def _value(entry: _Entry, order: str) -> Any:
    """``str``, ``int``, ``float`` or a tuple of numbers; None for what has no use."""
    if entry.tag in _UTF16:
        return _clean(entry.raw.decode("utf-16-le", "replace"))
    if entry.tag in _CHARSET_PREFIXED:
        return _prefixed_text(entry.raw, order)
    if entry.type == _ASCII:
        return _text(entry.raw)
    code = _TYPES[entry.type][1]
    if not code:
        return _undefined(entry.raw)
    if entry.count > _MAX_VALUES:
        return None
    numbers = struct.unpack(order + code * entry.count, entry.raw)
    if entry.type in _RATIONALS:
        numbers = tuple(top / bottom for top, bottom in zip(numbers[::2], numbers[1::2], strict=True))
    if not all(math.isfinite(number) for number in numbers):
        return None
    return numbers[0] if len(numbers) == 1 else numbers


def _text(raw: bytes) -> str | None:
    try:
        return _clean(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return _clean(raw.decode("latin-1"))


def _prefixed_text(raw: bytes, order: str) -> str | None:
    """A text behind the eight bytes that name its encoding (EXIF 2.32, section 4.6.5, UserComment)."""
    charset, text = raw[:8], raw[8:]
    if charset == b"UNICODE\0":
        return _clean(text.decode("utf-16-le" if order == "<" else "utf-16-be", "replace"))
    if charset in (b"ASCII\0\0\0", b"\0" * 8):
        return _text(text)
    return None


def _undefined(raw: bytes) -> str | int | None:
    if len(raw) == 1:
        return raw[0]
    return raw.decode("ascii") if raw.isascii() and raw.decode("ascii").isprintable() else None


def _clean(text: str) -> str | None:
    """Without NUL, which no database column takes and which only pads here; None when nothing is left."""
    return text.rstrip("\0").replace("\0", " ").strip() or None
