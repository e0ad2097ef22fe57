"""MiniLM's vectors of the captions, computed once and kept.

    python -m research.bundled.captions DATA CACHE --models FOLDER

The text side stays as it is: what a query becomes today fits vectors that were made with any head.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from media_index.encoders import bundle
from media_index.encoders.minilm import MiniLM
from research.bundled.data import read_photos


@dataclass(frozen=True, slots=True)
class Captions:
    """``vectors`` ``(captions, 384)`` of length 1; ``owners`` ``(captions,)``: the position of each one's photo."""

    vectors: NDArray[np.float32]
    owners: NDArray[np.int64]

    def of(self, photos: list[int]) -> Captions:
        """The captions of the photos at these positions, whose owners are now positions in ``photos``."""
        place = {photo: position for position, photo in enumerate(photos)}
        kept = np.array([owner in place for owner in self.owners.tolist()], dtype=bool)
        owners = np.array([place[owner] for owner in self.owners[kept].tolist()], dtype=np.int64)
        return Captions(self.vectors[kept], owners)


def cached(data: Path, cache: Path, models: Path) -> Captions:
    """The vectors of all captions of ``photos.jsonl`` in its order, from ``cache`` if they lie there.

    Raises :class:`ValueError` if what lies there was made from other captions.
    """
    photos = read_photos(data)
    texts = [caption for photo in photos for caption in photo.captions]
    owners = np.array([position for position, photo in enumerate(photos) for _ in photo.captions], dtype=np.int64)
    file = cache / "captions.npz"
    if not file.exists():
        cache.mkdir(parents=True, exist_ok=True)
        vectors = MiniLM(bundle.ensure(models), threads=0).encode(texts)
        np.savez(file, texts=np.array(texts), vectors=vectors)
    with np.load(file) as kept:
        if kept["texts"].tolist() != texts:
            raise ValueError(f"{file} was made from other captions: delete it")
        return Captions(kept["vectors"], owners)


def main() -> None:
    """Fill the cache."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--models", type=Path, required=True, help="folder of the exported networks, made if missing")
    arguments = parser.parse_args()
    print(f"captions: {len(cached(arguments.data, arguments.cache, arguments.models).owners)}")


if __name__ == "__main__":
    main()
