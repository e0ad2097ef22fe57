"""Hashing what is read."""

from __future__ import annotations

import io
import os

import pytest
from blake3 import blake3

from media_index.formats import HEAD_BYTES
from media_index.scanning.fingerprint import BLOCK_BYTES, TooSlowError, fingerprint


class Dribble(io.BytesIO):
    """Gives less than asked for, as unbuffered handles may."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size or 0, 1000))


@pytest.mark.parametrize("size", [0, 1, HEAD_BYTES, BLOCK_BYTES, 3 * BLOCK_BYTES + 7])
def test_hash_size_and_head(size: int) -> None:
    content = os.urandom(size)
    found = fingerprint(io.BytesIO(content))
    assert (found.content_hash, found.size) == (blake3(content).hexdigest(), size)
    assert found.head == content[:HEAD_BYTES]


def test_short_reads() -> None:
    content = os.urandom(10_000)
    found = fingerprint(Dribble(content))
    assert (found.content_hash, found.head) == (blake3(content).hexdigest(), content[:HEAD_BYTES])


def test_gives_up_when_the_time_is_over() -> None:
    with pytest.raises(TooSlowError):
        fingerprint(io.BytesIO(b"x"), give_up_at=0.0)
