"""What EfficientNet-Lite2 sees in each picture, computed once and kept.

    python -m research.bundled.features DATA CACHE --models FOLDER [--of photos|objects] [--views plain flip ...]

A view is one way to look at a picture. The encoder itself only ever uses ``plain``; the others make a thousand photos
go further in training.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from media_index.decoding.decoded import Pixels
from media_index.encoders.lite2 import BATCH, shared
from research.bundled.data import load_pixels, read_photos, read_things

RANDOM = "random"
RANDOM_VIEWS = tuple(f"{RANDOM}{number}" for number in range(1, 3))
SMALLEST = 0.45
"""Share of the picture's area that a random view keeps at least: small enough to vary, large enough for the caption
to stay true."""
STRETCH = 4 / 3
"""How far the sides of a random view may differ (torchvision's ``RandomResizedCrop``)."""


@dataclass(frozen=True, slots=True)
class Features:
    """One row a picture, in the order of ``paths``: ``vectors`` ``(n, 2096)``, ``probabilities`` ``(n, 1000)``."""

    paths: tuple[str, ...]
    vectors: NDArray[np.float32]
    probabilities: NDArray[np.float32]


def plain(pixels: Pixels) -> Pixels:
    """As the encoder does."""
    return pixels


def flip(pixels: Pixels) -> Pixels:
    """The same in a mirror."""
    return np.ascontiguousarray(pixels[:, ::-1])


def square(pixels: Pixels) -> Pixels:
    """The largest square in the middle, for comparison: what classifiers are usually shown."""
    height, width = pixels.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return pixels[top : top + side, left : left + side]


def random_view(pixels: Pixels, seed: int) -> Pixels:
    """A part of the picture, stretched a little and mirrored half of the time; the same for the same ``seed``."""
    height, width = pixels.shape[:2]
    chance = np.random.default_rng(seed)
    scale = chance.uniform(SMALLEST, 1.0) ** 0.5
    stretch = STRETCH ** chance.uniform(-0.5, 0.5)
    wide, high = min(round(width * scale * stretch), width), min(round(height * scale / stretch), height)
    left, top = chance.integers(0, width - wide + 1), chance.integers(0, height - high + 1)
    part = np.ascontiguousarray(pixels[top : top + high, left : left + wide])
    return flip(part) if chance.random() < 0.5 else part


PLAIN_VIEWS: dict[str, Callable[[Pixels], Pixels]] = {
    "plain": plain, "flip": flip, "square": square,
}  # fmt: skip
ALL_VIEWS = (*PLAIN_VIEWS, *RANDOM_VIEWS)
TRAINED_ON = ("plain", "flip", *RANDOM_VIEWS)


def viewed(pixels: Pixels, view: str, path: str) -> Pixels:
    """The ``view`` of the picture that lies at ``path``, which seeds the random ones."""
    if view.startswith(RANDOM):
        return random_view(pixels, zlib.crc32(f"{view}:{path}".encode()))
    return PLAIN_VIEWS[view](pixels)


def compute(data: Path, paths: Sequence[str], view: str, models: Path, threads: int = 0) -> Features:
    """Look at each picture once."""
    network = shared(models, threads)
    vectors, probabilities = [], []
    for begin in range(0, len(paths), 4 * BATCH):
        batch = [viewed(load_pixels(data / path), view, path) for path in paths[begin : begin + 4 * BATCH]]
        for seen in network.look(batch):
            vectors.append(seen.features)
            probabilities.append(seen.probabilities)
    return Features(tuple(paths), np.stack(vectors), np.stack(probabilities))


def cached(data: Path, cache: Path, kind: str, view: str, models: Path) -> Features:
    """The features of the ``photos`` or ``objects`` in one view, from ``cache`` if they lie there.

    Raises :class:`ValueError` if what lies there was made from another list of pictures.
    """
    paths = tuple(one.path for one in (read_photos(data) if kind == "photos" else read_things(data)))
    file = cache / f"{kind}-{view}.npz"
    if not file.exists():
        cache.mkdir(parents=True, exist_ok=True)
        made = compute(data, paths, view, models)
        part = file.with_suffix(".part.npz")
        np.savez(part, paths=np.array(paths), vectors=made.vectors, probabilities=made.probabilities.astype(np.float16))
        part.rename(file)
    with np.load(file) as kept:
        if tuple(kept["paths"].tolist()) != paths:
            raise ValueError(f"{file} was made from other pictures: delete it")
        return Features(paths, kept["vectors"], kept["probabilities"].astype(np.float32))


def main() -> None:
    """Fill the cache."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--models", type=Path, required=True, help="folder of the exported networks, made if missing")
    parser.add_argument("--of", choices=("photos", "objects"), default="photos")
    parser.add_argument("--views", nargs="+", choices=ALL_VIEWS, default=["plain"])
    arguments = parser.parse_args()
    for view in arguments.views:
        features = cached(arguments.data, arguments.cache, arguments.of, view, arguments.models)
        print(f"{arguments.of} {view}: {len(features.paths)}")


if __name__ == "__main__":
    main()
