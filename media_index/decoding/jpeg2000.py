"""How far a JPEG 2000 can be reduced while it is decoded."""

from __future__ import annotations

from typing import BinaryIO

_HEADER_BYTES = 1_048_576
"""In which the codestream begins; before it stand a few boxes, the largest of them a colour profile."""
_START = b"\xff\x4f\xff\x51"
_COD = b"\xff\x52"
_MAX_SEGMENTS = 100
_MAX_LEVELS = 32


def levels_for(file: BinaryIO, size: tuple[int, int], factor: int) -> int:
    """How many times the sides may be halved: at most by ``factor``, by what resolutions ``file`` has, and so that
    Pillow and OpenJPEG round the halves of ``size`` alike."""
    levels = min(max(factor, 1).bit_length() - 1, _resolutions(file))
    while levels > 0 and any(-(-side // 2**levels) != (side + 2 ** (levels - 1)) // 2**levels for side in size):
        levels -= 1
    return levels


def _resolutions(file: BinaryIO) -> int:
    """The decomposition levels that the segment COD tells (ISO/IEC 15444-1, A.6.1), 0 where none is found."""
    position = file.tell()
    file.seek(0)
    head = file.read(_HEADER_BYTES)
    file.seek(position)
    at = head.find(_START) + 2
    if at < 2:
        return 0
    for _ in range(_MAX_SEGMENTS):
        length = int.from_bytes(head[at + 2 : at + 4], "big")
        if head[at : at + 2] == _COD and len(head) > at + 9:
            return min(head[at + 9], _MAX_LEVELS)
        if length < 2:
            return 0
        at += 2 + length
    return 0
