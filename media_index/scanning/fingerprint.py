"""What identifies a content and a path: BLAKE3. Pure."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from blake3 import blake3

from media_index.formats import HEAD_BYTES

BLOCK_BYTES = 1024 * 1024
"""Read at once: large enough that a NAS reads ahead, small enough for several threads on a small machine."""
PATH_HASH_BYTES = 16


class TooSlowError(Exception):
    """A file took longer to read than it may."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The BLAKE3 of a content in hexadecimal (64 characters), its size in bytes, and its first bytes."""

    content_hash: str
    size: int
    head: bytes


def fingerprint(
    handle: BinaryIO, *, give_up_at: float = float("inf"), tell: Callable[[], None] = lambda: None
) -> Fingerprint:
    """Read all of ``handle``, which may be unbuffered; ``tell`` is called after every block. Raises ``OSError`` of the
    handle, and :class:`TooSlowError` once ``time.monotonic()`` is beyond ``give_up_at``."""
    digest = blake3()
    head = b""
    size = 0
    while block := handle.read(BLOCK_BYTES):
        digest.update(block)
        size += len(block)
        tell()
        if len(head) < HEAD_BYTES:
            head += block[: HEAD_BYTES - len(head)]
        if time.monotonic() > give_up_at:
            raise TooSlowError
    return Fingerprint(digest.hexdigest(), size, head)


def path_hash(raw_path: bytes) -> bytes:
    """What stands for a path in the index of locations, :data:`PATH_HASH_BYTES` long."""
    return blake3(raw_path).digest(PATH_HASH_BYTES)
