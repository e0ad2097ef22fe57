"""RAW files for tests: a small DNG written tag by tag (TIFF 6.0 and Adobe's DNG specification 1.4)."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
from PIL import Image

_BYTE, _ASCII, _SHORT, _LONG, _RATIONAL, _SRATIONAL = 1, 2, 3, 4, 5, 10
_SIZES = {_BYTE: 1, _ASCII: 1, _SHORT: 2, _LONG: 4, _RATIONAL: 8, _SRATIONAL: 8}
_CODES = {_BYTE: "B", _ASCII: "B", _SHORT: "H", _LONG: "I", _RATIONAL: "I", _SRATIONAL: "i"}
_WHITE = 16383
_XYZ_TO_CAMERA = (3.2405, -1.5371, -0.4985, -0.9693, 1.8760, 0.0416, 0.0556, -0.2040, 1.0572)
"""The matrix of sRGB (IEC 61966-2-1), as if the sensor saw exactly its primaries."""

Tag = tuple[int, int, tuple[int, ...]]


def save_dng(
    path: Path, picture: Image.Image, *, orientation: int = 1, preview: Image.Image | None = None, taken: str = ""
) -> Path:
    """``picture`` as a sensor with a Bayer pattern (RGGB, 14 bits) would have seen it.

    With ``preview``, a finished JPEG stands beside the raw data; it is stored as it is given.
    """
    raw = _mosaic(picture)
    height, width = raw.shape
    tags: list[Tag] = [
        (254, _LONG, (0,)),
        (256, _LONG, (width,)),
        (257, _LONG, (height,)),
        (258, _SHORT, (16,)),
        (259, _SHORT, (1,)),
        (262, _SHORT, (32803,)),
        (274, _SHORT, (orientation,)),
        (277, _SHORT, (1,)),
        (278, _LONG, (height,)),
        (279, _LONG, (raw.nbytes,)),
        (33421, _SHORT, (2, 2)),
        (33422, _BYTE, (0, 1, 1, 2)),
    ]
    shared: list[Tag] = [
        (271, _ASCII, tuple(b"Kamera\0")),
        (272, _ASCII, tuple(b"Eins\0")),
        (50706, _BYTE, (1, 4, 0, 0)),
        (50708, _ASCII, tuple(b"Kamera Eins\0")),
        (50717, _LONG, (_WHITE,)),
        (50721, _SRATIONAL, tuple(part for value in _XYZ_TO_CAMERA for part in (round(value * 10_000), 10_000))),
        (50728, _RATIONAL, (1, 1) * 3),
        (50778, _SHORT, (21,)),
    ]
    if taken:
        shared.append((306, _ASCII, tuple(taken.encode() + b"\0")))
    path.write_bytes(_with_preview(tags, shared, raw, preview, orientation) if preview else _alone(tags + shared, raw))
    return path


def _mosaic(picture: Image.Image) -> np.ndarray:
    """Linear light behind a filter of red, green, green and blue."""
    seen = (np.asarray(picture.convert("RGB"), dtype=np.float64) / 255) ** 2.2
    raw = seen[:, :, 1].copy()
    raw[::2, ::2] = seen[::2, ::2, 0]
    raw[1::2, 1::2] = seen[1::2, 1::2, 2]
    return (raw * _WHITE).astype("<u2")


def _alone(tags: list[Tag], raw: np.ndarray) -> bytes:
    head = _directory(8, [*tags, (273, _LONG, (0,))])
    return _header() + _directory(8, [*tags, (273, _LONG, (8 + len(head),))]) + raw.tobytes()


def _with_preview(tags: list[Tag], shared: list[Tag], raw: np.ndarray, preview: Image.Image, orientation: int) -> bytes:
    """The first directory is the preview's, the raw data stands in one below it, as cameras do it."""
    jpeg = io.BytesIO()
    preview.save(jpeg, "JPEG", quality=95)
    first: list[Tag] = [
        (254, _LONG, (1,)),
        (256, _LONG, (preview.width,)),
        (257, _LONG, (preview.height,)),
        (258, _SHORT, (8, 8, 8)),
        (259, _SHORT, (7,)),
        (262, _SHORT, (6,)),
        (274, _SHORT, (orientation,)),
        (277, _SHORT, (3,)),
        (278, _LONG, (preview.height,)),
        (279, _LONG, (len(jpeg.getvalue()),)),
        *shared,
    ]
    places = (0, 0, 0)
    for _ in range(2):  # the first time only to learn how long all is
        head = _directory(8, [*first, (273, _LONG, (places[0],)), (330, _LONG, (places[1],))])
        below = _directory(places[1], [*tags, (273, _LONG, (places[2],))])
        preview_at = 8 + len(head)
        below_at = preview_at + len(jpeg.getvalue()) + len(jpeg.getvalue()) % 2
        places = (preview_at, below_at, below_at + len(below))
    padding = b"\0" * (len(jpeg.getvalue()) % 2)
    return _header() + head + jpeg.getvalue() + padding + below + raw.tobytes()


def _header() -> bytes:
    return b"II*\0" + struct.pack("<I", 8)


def _directory(at: int, tags: list[Tag]) -> bytes:
    """A directory that stands at the offset ``at``, with its long values behind it."""
    entries, values = b"", b""
    behind = at + 2 + 12 * len(tags) + 4
    for tag, kind, numbers in sorted(tags):
        body = struct.pack(f"<{len(numbers)}{_CODES[kind]}", *numbers)
        count = len(body) // _SIZES[kind]
        if len(body) > 4:
            body, place = b"", body + b"\0" * (len(body) % 2)
            field = struct.pack("<I", behind + len(values))
            values += place
        else:
            field = body.ljust(4, b"\0")
        entries += struct.pack("<HHI", tag, kind, count) + field
    return struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0) + values
