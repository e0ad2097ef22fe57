"""Tells a file that ends too early from one that is damaged, once a decoder has given up on it."""

from __future__ import annotations

import os
from typing import BinaryIO

_TAIL = 65_536
"""Bytes at the end in which the end marker is looked for: programs append previews and notes behind it."""
_MAX_BOXES = 10_000
"""Boxes walked at most; a photo has some ten, an image sequence some hundreds."""


def ends_early(file: BinaryIO, mime: str) -> bool:
    """Whether ``file``, which is of type ``mime``, lacks its end by the rules of its format.

    For formats that do not mark their end this is False.
    """
    size = file.seek(0, os.SEEK_END)
    if mime == "image/jpeg":
        return b"\xff\xd9" not in _tail(file, size)
    if mime == "image/png":
        return b"IEND" not in _tail(file, size)
    if mime == "image/gif":
        return not _tail(file, size).rstrip(b"\0").endswith(b";")
    if mime == "image/webp":
        return size < 12 or _number(file, 4, "little") + 8 > size
    if mime == "image/bmp":
        return size < 14 or _number(file, 2, "little") > size
    if mime.startswith(("image/hei", "image/avif")):
        return _boxes_end_early(file, size)
    return False


def _tail(file: BinaryIO, size: int) -> bytes:
    file.seek(max(0, size - _TAIL))
    return file.read(_TAIL)


def _number(file: BinaryIO, offset: int, order: str) -> int:
    file.seek(offset)
    return int.from_bytes(file.read(4), "little" if order == "little" else "big")


def _boxes_end_early(file: BinaryIO, size: int) -> bool:
    """Walks the top-level boxes (ISO/IEC 14496-12, 4.2): whether one reaches behind the end, or no content follows."""
    at, kinds = 0, set()
    for _ in range(_MAX_BOXES):
        if at >= size:
            break
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return True
        length = int.from_bytes(head[:4], "big")
        kinds.add(head[4:8])
        if length == 0:  # to the end of the file
            break
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if length < 8:
            return False
        at += length
    return at > size or b"meta" not in kinds
