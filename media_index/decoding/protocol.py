"""What the pool and its children say to each other.

To the child: one JSON document a line. From the child: for each line four bytes with the length of a JSON header (big
endian), the header, and the pixels it announces: ``rows * columns * 3`` bytes. The first header, before any request, is
``{"ready": true}``. Before its answer it may say ``{"waits": true}``, when a large picture has to wait for its turn,
and then ``{"waits": false}``. A header with ``error`` may tell what is known of the file all the same.
"""

from __future__ import annotations

import base64
import json
import struct
from dataclasses import asdict, dataclass
from typing import Any

LENGTH = struct.Struct(">I")
MAX_HEADER_BYTES = 1_048_576
"""Tags are bounded to some 500 entries of at most 16 kB, and hardly ever come near this."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use. ``memory_mb`` bounds its address space, ``parent`` is the process it must not outlive.
    ``turn`` is the descriptor of the file by which large pictures take turns (:mod:`media_index.decoding.room`),
    ``output`` that of a file into which pictures are written as JPEG; their pixels are not answered then."""

    memory_mb: int
    max_pixels: int
    parent: int
    turn: int | None = None
    output: int | None = None

    def to_argument(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_argument(cls, argument: str) -> Limits:
        return cls(**json.loads(argument))


@dataclass(frozen=True, slots=True)
class Request:
    path: bytes
    pixels: int

    def to_line(self) -> bytes:
        # Names of files are bytes, and may hold newlines and what no encoding allows.
        path = base64.b64encode(self.path).decode("ascii")
        return json.dumps({"path": path, "pixels": self.pixels}).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Request:
        document = json.loads(line)
        return cls(base64.b64decode(document["path"]), document["pixels"])


def frame(header: dict[str, Any]) -> bytes:
    """A header as it goes over the pipe; one that is too long loses its tags."""
    body = json.dumps(header).encode()
    if len(body) > MAX_HEADER_BYTES:
        body = json.dumps(header | {"tags": {}}).encode()
    return LENGTH.pack(len(body)) + body
