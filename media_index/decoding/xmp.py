"""Reads the few properties of an XMP packet that tell when, where and which way up.

By patterns and not by an XML parser: entities that explode, references to other files and nesting without end mean
nothing here. The names of properties are those of the XMP specification, part 2 (ISO 16684-1 and Adobe's part 2), with
the prefixes that it prefers, which is how programs write them.
"""

from __future__ import annotations

import codecs
import html
import re

MAX_XMP_BYTES = 262_144
"""A packet of a JPEG has at most 65,502 bytes; those with a history of edits are longer in other formats."""
_MAX_VALUE = 64
REGIONS = "xmp:regions"
"""The key under which lists of regions (faces that another program has named) are handed on as they stand."""
MAX_REGIONS = 32_768
"""Bytes of a list of regions; one face takes 300 to 600."""

# Either an attribute of rdf:Description, or an element. All that repeats is bounded.
_PROPERTY = re.compile(
    rb"\b(exif:DateTimeOriginal|photoshop:DateCreated|xmp:CreateDate|tiff:Orientation|exif:GPSLatitude|exif:GPSLongitude)"
    rb"(?:\s{0,9}=\s{0,9}(?:\"([^\"<>]{1,%(most)d})\"|'([^'<>]{1,%(most)d})')|\s{0,9}>\s{0,9}([^<>]{1,%(most)d})<)"
    % {b"most": _MAX_VALUE}
)

# What the Metadata Working Group and Microsoft call the list.
_REGION_LIST = re.compile(rb"<(mwg-rs:RegionList|MPRI:Regions)\b")


def read_xmp(packet: object) -> dict[str, str]:
    """The properties that are asked for, by their prefixed names; the first where one occurs twice. Lists of regions
    come as they stand, under :data:`REGIONS`.

    ``packet`` is the XMP as ``str``, or as ``bytes`` in UTF-8 or UTF-16; what is neither gives an empty dict.
    """
    if isinstance(packet, bytes) and packet[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        packet = packet[:MAX_XMP_BYTES].decode("utf-16", "replace")
    if isinstance(packet, str):
        packet = packet[:MAX_XMP_BYTES].encode("utf-8", "replace")
    if not isinstance(packet, bytes):
        return {}
    found: dict[str, str] = {}
    for match in _PROPERTY.finditer(packet[:MAX_XMP_BYTES]):
        value = next(group for group in match.groups()[1:] if group is not None)
        text = html.unescape(value.decode("utf-8", "replace")).replace("\0", "").strip()
        if text:
            found.setdefault(match[1].decode("ascii"), text)
    regions = _regions(packet[:MAX_XMP_BYTES])
    return found | {REGIONS: regions} if regions else found


def _regions(packet: bytes) -> str:
    """The lists of regions with all that is in them; what is beyond :data:`MAX_REGIONS` is cut off."""
    lists: list[bytes] = []
    place = 0
    while (begin := _REGION_LIST.search(packet, place)) and sum(map(len, lists)) < MAX_REGIONS:
        closing = b"</" + begin[1] + b">"
        end = packet.find(closing, begin.end())
        place = end + len(closing) if end >= 0 else len(packet)
        lists.append(packet[begin.start() : place])
    return b"".join(lists)[:MAX_REGIONS].decode("utf-8", "replace").replace("\0", "")
