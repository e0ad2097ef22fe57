"""The captioned photos and the pictures of single things, read from a folder given on the command line.

``photos.jsonl`` holds ``{"path", "split", "captions"}`` a line, ``objects.jsonl`` ``{"path", "class"}``; paths are
relative to the folder. Only photos are ever trained on, and for figures only those of the split ``train``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from media_index.decoding.decoded import Pixels

SPLITS = ("train", "dev")


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo with what people said of it."""

    path: str
    split: str
    captions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """A picture of a single thing."""

    path: str
    kind: str


def read_photos(data: Path) -> list[Photo]:
    """All captioned photos; :class:`ValueError` for an unknown split, a photo without captions, or one listed twice."""
    photos = [Photo(row["path"], row["split"], tuple(row["captions"])) for row in _rows(data / "photos.jsonl")]
    for photo in photos:
        if photo.split not in SPLITS or not photo.captions:
            raise ValueError(f"{photo.path}: split {photo.split!r} with {len(photo.captions)} captions")
    if len({photo.path for photo in photos}) != len(photos):
        raise ValueError("photos.jsonl names a photo twice")
    return photos


def read_things(data: Path) -> list[Thing]:
    """All pictures of single things. They judge; nothing is trained on them."""
    return [Thing(row["path"], row["class"]) for row in _rows(data / "objects.jsonl")]


def training_photos(photos: list[Photo], *, everything: bool) -> list[int]:
    """Positions of the photos to train on: the split ``train``, or all of them for what is shipped.

    Raises :class:`ValueError` if that leaves none.
    """
    chosen = [position for position, photo in enumerate(photos) if everything or photo.split == "train"]
    if not chosen:
        raise ValueError("no photo to train on")
    return chosen


def dev_photos(photos: list[Photo]) -> list[int]:
    """Positions of the photos that figures are measured on."""
    return [position for position, photo in enumerate(photos) if photo.split == "dev"]


def load_pixels(file: Path) -> Pixels:
    """The picture, upright, as ``(height, width, 3)`` uint8."""
    with Image.open(file) as picture:
        upright = ImageOps.exif_transpose(picture)
        return np.asarray(upright.convert("RGB"))


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
