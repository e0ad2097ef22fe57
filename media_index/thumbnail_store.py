"""Where the pictures that scanpix makes of a photo lie: below the data folder, named by the photo's content."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from media_index.extractors.thumbnails import LARGE_SIDE, MEDIUM_SIDE, PREVIEW_SIDE, SMALL_SIDE

SIZES = {"small": "webp", "medium": "webp", "large": "webp", "preview": "jpg"}
"""Each size with the ending of its file, small ones first."""
SIDES = {"small": SMALL_SIDE, "medium": MEDIUM_SIDE, "large": LARGE_SIDE, "preview": PREVIEW_SIDE}
"""The longest side of each in pixels, at most: none is larger than the original."""


def file(content_hash: str, size: str) -> Path:
    """The file of one size, there or not. Raises ``KeyError`` for a size that does not exist."""
    return Path(settings.THUMBNAILS) / content_hash[:2] / f"{content_hash}-{size}.{SIZES[size]}"


def size_for(pixels: int) -> str:
    """The smallest size whose longest side has that many pixels, else the preview: it is decoded soonest."""
    return next((size for size, side in SIDES.items() if side >= pixels), "preview")


def write(content_hash: str, pictures: Mapping[str, bytes]) -> None:
    """Keep the encoded pictures by size. Each appears whole or not at all."""
    for size, content in pictures.items():
        target = file(content_hash, size)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        draft.write_bytes(content)
        draft.replace(target)


def remove(content_hash: str) -> None:
    """Delete all sizes; those that are not there are fine."""
    for size in SIZES:
        file(content_hash, size).unlink(missing_ok=True)
