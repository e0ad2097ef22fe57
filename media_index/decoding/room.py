"""Memory for large pictures: told beforehand what one takes, and only one at a time in all children of a pool."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image

from media_index.errors import ExtractError

BIG_BYTES = 300_000_000
"""From here on a picture waits for its turn. Photos of 24 megapixels stay well below, so that they never do."""
_BASE_BYTES = 200_000_000
"""Address space of a child before it opens anything: 30 MB, and 150 MB with libheif and its threads."""

# Peak bytes of memory for each pixel that is decoded, measured with files of 30 to 290 megapixels and rounded up:
# Pillow's own picture, what it is converted by way of, and what the decoder holds at the same time.
_BY_MODE = {"1": 2, "L": 2, "P": 7, "I;16": 3, "RGBA": 10, "LA": 10, "PA": 10, "I": 10, "F": 10}
_USUAL_MODE = 6
_BY_FORMAT = {"WEBP": 17, "JPEG2000": 21, "AVIF": 13, "HEIF": 13}
_COEFFICIENT_BYTES = 2
"""A progressive JPEG keeps the coefficients of every component of every pixel while it is decoded."""


@dataclass(frozen=True, slots=True)
class Room:
    """What a child may take. ``memory`` is in bytes; ``turn`` a file that the children of a pool share and lock.

    ``tell`` is called with True when a picture has to wait for its turn, and with False when it has got it.
    """

    memory: int | None = None
    turn: int | None = None
    tell: Callable[[bool], None] | None = None

    @contextmanager
    def for_picture(self, needed: int) -> Iterator[None]:
        """Room for ``needed`` bytes. Raises ExtractError (``out_of_memory``) if there is never so much."""
        if self.memory is not None and needed > self.memory - _BASE_BYTES:
            megabytes = round((needed + _BASE_BYTES) / 1_048_576)
            allowed = self.memory // 1_048_576
            raise ExtractError("out_of_memory", f"it takes about {megabytes} MB, {allowed} are allowed")
        if self.turn is None or needed < BIG_BYTES:
            yield
            return
        self._wait(self.turn)
        try:
            yield
        finally:
            fcntl.lockf(self.turn, fcntl.LOCK_UN)

    def _wait(self, turn: int) -> None:
        # A lock of this kind belongs to the process: if it dies, the next one has its turn.
        try:
            fcntl.lockf(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if self.tell:
                self.tell(True)
            fcntl.lockf(turn, fcntl.LOCK_EX)
            if self.tell:
                self.tell(False)


def needed_bytes(image: Image.Image, whole: tuple[int, int], decoded: tuple[int, int]) -> int:
    """About how many bytes it takes to decode ``image``, whose size is ``whole``, to the size ``decoded``."""
    each = max(_BY_MODE.get(image.mode, _USUAL_MODE), _BY_FORMAT.get(str(image.format), 0))
    needed = decoded[0] * decoded[1] * each
    if image.info.get("progressive"):
        needed += whole[0] * whole[1] * _COEFFICIENT_BYTES * len(image.getbands())
    return needed
