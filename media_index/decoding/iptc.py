"""Keywords, title and caption of IPTC, which programs of twenty years wrote and most still do.

The layout is that of the "IPTC-NAA Information Interchange Model" (version 4.2, 1.6 and chapters 5 and 6), and of
Photoshop's image resources around it ("Adobe Photoshop File Formats Specification", *Image Resource Blocks*).
"""

from __future__ import annotations

from collections.abc import Iterator

from media_index.decoding.annotations import MAX_ITEMS, MAX_LIST_TEXT, MAX_TEXT

TITLE, KEYWORDS, CAPTION = "iptc:ObjectName", "iptc:Keywords", "iptc:Caption-Abstract"
RESOURCE = 0x0404
"""The number of IPTC among Photoshop's resources."""

_MARK = 0x1C
_CHARSET, _TITLE, _KEYWORD, _CAPTION = (1, 90), (2, 5), (2, 25), (2, 120)
_UTF8 = b"\x1b%G"
_EXTENDED = 0x8000
"""This bit of a length says that a longer one follows; nothing of ours is that long."""
_SIGNATURE = b"8BIM"


def read_iptc(block: bytes) -> dict[str, str | tuple[str, ...]]:
    """Title and caption as text, keywords as a tuple of texts; what is not there is left out. Never raises for the
    content: what is broken ends it."""
    texts: dict[tuple[int, int], list[bytes]] = {}
    for number, value in _records(block):
        texts.setdefault(number, []).append(value)
    is_utf8 = texts.get(_CHARSET, [b""])[0].startswith(_UTF8)
    found: dict[str, str | tuple[str, ...]] = {}
    for number, name in ((_TITLE, TITLE), (_CAPTION, CAPTION)):
        text = next((_text(one, is_utf8) for one in texts.get(number, ())), "")
        if text:
            found[name] = text
    keywords: list[str] = []
    for one in texts.get(_KEYWORD, ())[:MAX_ITEMS]:
        keyword = _text(one, is_utf8)
        if keyword and sum(map(len, keywords)) + len(keyword) <= MAX_LIST_TEXT:
            keywords.append(keyword)
    if keywords:
        found[KEYWORDS] = tuple(keywords)
    return found


def unwrapped(block: bytes) -> bytes:
    """The IPTC in a block of Photoshop's resources; the block itself where it is none."""
    at = 0
    while block[at : at + 4] == _SIGNATURE:
        number = int.from_bytes(block[at + 4 : at + 6], "big")
        name = block[at + 6] if at + 6 < len(block) else 0
        start = at + 6 + (name + 2) // 2 * 2
        size = int.from_bytes(block[start : start + 4], "big")
        if number == RESOURCE:
            return block[start + 4 : start + 4 + size]
        at = start + 4 + (size + 1) // 2 * 2
    return b"" if at else block


def _records(block: bytes) -> Iterator[tuple[tuple[int, int], bytes]]:
    at = 0
    while at + 5 <= len(block) and block[at] == _MARK:
        size = int.from_bytes(block[at + 3 : at + 5], "big")
        if size & _EXTENDED:
            return
        yield (block[at + 1], block[at + 2]), block[at + 5 : at + 5 + size]
        at += 5 + size


def _text(value: bytes, is_utf8: bool) -> str:
    """Who names no encoding writes UTF-8 all the same today, and wrote that of Windows in the West before."""
    value = value[: MAX_TEXT * 4]
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = value.decode("utf-8" if is_utf8 else "cp1252", "replace")
    return text.replace("\0", " ").strip()[:MAX_TEXT]
