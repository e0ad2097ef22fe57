"""How long a video is, by the headers of its container: MP4 and QuickTime, Matroska and WebM, AVI.

Runs in the child process. Nothing of the pictures is read: a few headers are looked at and the rest is stepped over, so
a film of hours takes no longer than a clip. Whatever is broken or odd gives None.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

DURATION = "video:Duration"
"""The tag that tells it, in seconds."""
LONGEST_SECONDS = 30 * 86_400.0
"""What a camera cannot have recorded into one file; beyond, the header is broken."""
MOST_BOXES = 4_096
"""Boxes or elements stepped through in one container. A fragmented film of two hours has some 4,000 at its top."""
_DEEPEST = 4

_ISO = frozenset({"video/mp4", "video/quicktime", "video/x-m4v", "video/3gpp", "video/3gpp2"})
_MATROSKA = frozenset({"video/x-matroska", "video/webm"})
_AVI = "video/x-msvideo"
_BROKEN = (struct.error, ValueError, LookupError, ArithmeticError, OSError)

_EBML_HEADER, _SEGMENT, _INFO, _TIMESTAMP_SCALE, _DURATION = 0x1A45DFA3, 0x18538067, 0x1549A966, 0x2AD7B1, 0x4489
_NANOSECONDS = 1_000_000
"""What a unit of time in Matroska is where the file does not tell (RFC 9559, TimestampScale)."""

_Span = tuple[int, int]


def clip_tags(file: BinaryIO, mime: str) -> dict[str, Any]:
    """The duration of the video in ``file`` as a tag, or nothing. Never raises for the file's content."""
    try:
        seconds = _seconds(file, mime)
    except _BROKEN:
        return {}
    if seconds is None or not math.isfinite(seconds) or not 0 < seconds <= LONGEST_SECONDS:
        return {}
    return {DURATION: seconds}


def _seconds(file: BinaryIO, mime: str) -> float | None:
    size = file.seek(0, 2)
    if mime in _ISO:
        return _of_iso(file, (0, size))
    if mime in _MATROSKA:
        return _of_matroska(file, (0, size))
    return _of_avi(file) if mime == _AVI else None


# --- MP4, QuickTime (ISO/IEC 14496-12)


def _of_iso(file: BinaryIO, whole: _Span) -> float | None:
    """By the header of the movie, of its fragments, or by the index of these."""
    indexed = 0.0
    for kind, span in _boxes(file, whole):
        if kind == b"moov":
            told = _of_movie(file, span)
            if told:
                return told
        elif kind == b"sidx":
            indexed += _of_index(_body(file, span, 65_536))
    return indexed or None


def _of_movie(file: BinaryIO, movie: _Span) -> float | None:
    scale, length, fragments = 0, 0, 0
    for kind, span in _boxes(file, movie):
        if kind == b"mvhd":
            scale, length = _movie_header(_body(file, span, 64))
        elif kind == b"mvex":
            for inner, place in _boxes(file, span):
                if inner == b"mehd":
                    body = _body(file, place, 16)
                    (fragments,) = struct.unpack_from(">Q" if body[0] == 1 else ">I", body, 4)
    return (fragments or length) / scale if scale else None


def _movie_header(body: bytes) -> tuple[int, int]:
    """Units in a second, and how many of them; 0 where the length is said to be unknown (all bits one)."""
    form, unknown = (">20xIQ", 2**64 - 1) if body[0] == 1 else (">12xII", 2**32 - 1)
    scale, length = struct.unpack_from(form, body)
    return scale, 0 if length == unknown else length


def _of_index(body: bytes) -> float:
    """The seconds of all parts of a segment index."""
    scale = struct.unpack_from(">8xI", body)[0]
    start = 28 if body[0] == 1 else 20
    (count,) = struct.unpack_from(">2xH", body, start)
    units = sum(struct.unpack_from(">4xI4x", body, start + 4 + 12 * number)[0] for number in range(count))
    return float(units / scale)


def _boxes(file: BinaryIO, span: _Span) -> Iterator[tuple[bytes, _Span]]:
    """The boxes one after the other: what each is, and where its body begins and ends."""
    at, end = span
    for _ in range(MOST_BOXES):
        if at + 8 > end:
            return
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        body = at + 8
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
            body += 8
        after = end if size == 0 else at + size
        if after < body:
            return
        yield kind, (body, min(after, end))
        at = after


def _body(file: BinaryIO, span: _Span, most: int) -> bytes:
    file.seek(span[0])
    return file.read(min(span[1] - span[0], most))


# --- Matroska, WebM (RFC 8794 and 9559)


def _of_matroska(file: BinaryIO, whole: _Span, deep: int = 0) -> float | None:
    for kind, span in _elements(file, whole):
        if kind == _INFO:
            return _of_info(file, span)
        if kind == _SEGMENT and deep < _DEEPEST:
            return _of_matroska(file, span, deep + 1)
    return None


def _of_info(file: BinaryIO, info: _Span) -> float | None:
    scale, length = _NANOSECONDS, None
    for kind, span in _elements(file, info):
        body = _body(file, span, 8)
        if kind == _TIMESTAMP_SCALE:
            scale = int.from_bytes(body, "big")
        elif kind == _DURATION:
            (length,) = struct.unpack(">d" if len(body) == 8 else ">f", body)
    return None if length is None else float(length * scale / 1e9)


def _elements(file: BinaryIO, span: _Span) -> Iterator[tuple[int, _Span]]:
    at, end = span
    for _ in range(MOST_BOXES):
        if at >= end:
            return
        file.seek(at)
        head = file.read(12)
        if not head or not head[0]:
            return
        marker = 9 - head[0].bit_length()  # bytes of the identity: the place of its first bit that is one
        if marker > 4 or len(head) <= marker or not head[marker]:
            return
        width = 9 - head[marker].bit_length()
        size = int.from_bytes(head[marker : marker + width], "big") & ((1 << 7 * width) - 1)
        body = at + marker + width
        at = end if size == (1 << 7 * width) - 1 else body + size  # all bits one: of unknown length
        yield int.from_bytes(head[:marker], "big"), (body, min(at, end))


# --- AVI (Microsoft, "AVI RIFF File Reference")


def _of_avi(file: BinaryIO) -> float | None:
    """Microseconds of a frame times frames, from the main header, which is the first part of the first list."""
    file.seek(0)
    head = file.read(64)
    if head[:4] != b"RIFF" or head[8:12] != b"AVI " or head[24:28] != b"avih":
        return None
    microseconds, frames = struct.unpack_from("<I12xI", head, 32)
    return float(microseconds * frames / 1e6)
