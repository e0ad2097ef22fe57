"""Faces that other programs have named, read from XMP: the regions of the Metadata Working Group ("Guidelines for
Handling Image Metadata", version 2.0, section 5.9; Picasa, digiKam, Lightroom and most others write these) and of
Microsoft ("People Tagging Overview"; Windows Live Photo Gallery). Pure.

By patterns and not by an XML parser, as :mod:`media_index.decoding.xmp`: entities that explode, references to other
files and nesting without end mean nothing here.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice, pairwise

from people.faces.boxes import Box, overlap

MAX_BYTES = 1_048_576
"""Of a packet so much is read."""
MOST = 500
"""Faces read of one picture."""
MAX_NAME = 100
"""Characters kept of a name."""

# Every repetition is bounded, and none stands inside another.
_ITEM = re.compile(r"<rdf:li\b")
_VALUE = (
    r"\b{name}(?:\s{{0,9}}=\s{{0,9}}(?:\"([^\"<>]{{1,400}})\"|'([^'<>]{{1,400}})')|[^<>/]{{0,200}}>([^<>]{{1,400}})<)"
)
_LIST = re.compile(r"<(mwg-rs:RegionList|MPRI:Regions)\b[^<>]{0,400}>")


@dataclass(frozen=True, slots=True)
class NamedRegion:
    """A name, and the box it was given in the upright picture."""

    name: str
    box: Box


def read_regions(packet: str | bytes, orientation: int = 1) -> list[NamedRegion]:
    """The named faces in an XMP packet, in its order, without those whose place or name makes no sense.

    ``orientation`` (1 to 8) is how EXIF says the stored picture is turned: regions are written for the picture as it is
    stored. A face that both kinds of regions tell of comes once.
    """
    text = packet[:MAX_BYTES].decode("utf-8", "replace") if isinstance(packet, bytes) else packet[:MAX_BYTES]
    found: list[NamedRegion] = []
    place = 0
    while (begin := _LIST.search(text, place)) and len(found) < MOST:
        end = text.find(f"</{begin[1]}>", begin.end())
        place = end if end >= 0 else len(text)
        area = _working_group if begin[1].startswith("mwg") else _microsoft
        for item in _items(text[begin.end() : place]):
            region = _region(item, area, orientation)
            if region is not None and not any(_same(region, other) for other in found):
                found.append(region)
    return found[:MOST]


def _items(text: str) -> list[str]:
    """The entries of a list, each with its attributes and all that is in it."""
    starts = [match.start() for match in islice(_ITEM.finditer(text), MOST)]
    return [text[start:end] for start, end in pairwise([*starts, len(text)])]


def _region(item: str, area: Callable[[str], Box | None], orientation: int) -> NamedRegion | None:
    name = _value(item, "mwg-rs:Name") or _value(item, "MPReg:PersonDisplayName")
    kind = _value(item, "mwg-rs:Type")
    if not name or (kind and kind.casefold() != "face"):
        return None
    box = area(item)
    return None if box is None else NamedRegion(name, _upright(box, orientation))


def _value(item: str, name: str) -> str:
    """The value of an attribute or element, without entities and control characters."""
    match = re.search(_VALUE.format(name=re.escape(name)), item)
    if match is None:
        return ""
    value = html.unescape(next(group for group in match.groups() if group is not None))
    printable = "".join(character if character.isprintable() else " " for character in value)
    return " ".join(printable.split())[:MAX_NAME].rstrip()


def _working_group(item: str) -> Box | None:
    """The centre and the sides, as fractions of the picture."""
    if _value(item, "stArea:unit") not in ("", "normalized"):
        return None
    numbers = [_number(_value(item, f"stArea:{name}")) for name in "xywh"]
    x, y, width, height = numbers
    return _box(x - width / 2, y - height / 2, width, height)


def _microsoft(item: str) -> Box | None:
    """Left, top and the sides, as fractions of the picture."""
    parts = _value(item, "MPReg:Rectangle").split(",")
    if len(parts) != 4:
        return None
    left, top, width, height = (_number(part) for part in parts)
    return _box(left, top, width, height)


def _number(text: str) -> float:
    """NaN for what is no number."""
    try:
        return float(text.strip())
    except ValueError:
        return math.nan


def _box(left: float, top: float, width: float, height: float) -> Box | None:
    """What of the box is in the picture; None if there is nothing of it."""
    if not all(math.isfinite(value) for value in (left, top, width, height)):
        return None
    right, bottom = min(left + width, 1.0), min(top + height, 1.0)
    left, top = max(left, 0.0), max(top, 0.0)
    if right <= left or bottom <= top:
        return None
    return left, top, right - left, bottom - top


def _upright(box: Box, orientation: int) -> Box:
    """The box in the picture as it is shown (EXIF 2.32, tag 0x0112)."""
    left, top, width, height = box
    right, bottom = 1 - left - width, 1 - top - height
    turned: dict[int, Box] = {
        2: (right, top, width, height),
        3: (right, bottom, width, height),
        4: (left, bottom, width, height),
        5: (top, left, height, width),
        6: (bottom, left, height, width),
        7: (bottom, right, height, width),
        8: (top, right, height, width),
    }
    return turned.get(orientation, box)


SAME = 0.5
"""Share of the union that two boxes of the same name have in common when they are one face told twice."""


def _same(one: NamedRegion, other: NamedRegion) -> bool:
    if one.name.casefold() != other.name.casefold():
        return False
    return overlap(one.box, other.box) > SAME
