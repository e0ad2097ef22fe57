"""From which cosine on two queries ask for the same, and what a vote does to the results of others.

    python -m research.search.thumbs DATA --models FOLDER [--queries 400]

``DATA`` holds ``photos.jsonl``, with five captions a photo; all of it is of the split ``dev``. First, by the text side
of the bundled encoder: two captions of one photo ask for the same, captions of different photos do not, and each is
given with the most alike of all others. Then, for each threshold, what votes do: for each query the photo it is about
is voted up or the best wrong one down; its other captions, which count as like it from the threshold on, are searched
before and after, and so is the most alike caption of another photo, which must not suffer: the mean reciprocal rank of
what each is about.
"""

from __future__ import annotations

import argparse
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from media_index.encoders import registry
from media_index.extractors.base import ExtractorOptions
from media_index.search.answers import Hit
from media_index.search.feedback import hinted
from research.bundled.data import load_pixels, read_photos

COSINES = (0.7, 0.8, 0.82, 0.85, 0.9)
PLACES = (1, 3, 12)
WAYS = {"up": 1, "down": -1}
BATCH = 16
Table = NDArray[np.float32]


def reciprocal(scores: Table, right: int, votes: dict[int, int], places: int = 0) -> float:
    """One over the rank of the photo at ``right``."""
    order = np.argsort(-scores)[:500]
    hits = [Hit(int(at), None, float(scores[at]), ()) for at in order]
    ranked = [hit.media_id for hit in hinted(hits, votes, {1: places, -1: places})]
    return 1 / (ranked.index(right) + 1) if right in ranked else 0.0


def encoded(data: Path, models: Path, encoder_name: str, count: int) -> tuple[Table, Table]:
    """Photos ``(n, d)`` and their captions ``(n, 5, d)``."""
    encoder = registry.load(encoder_name, ExtractorOptions(models=models))
    photos = [photo for photo in read_photos(data) if photo.split == "dev" and len(photo.captions) >= 5][:count]
    pictures = [
        encoder.encode_images([load_pixels(data / photo.path) for photo in photos[start : start + BATCH]])
        for start in range(0, len(photos), BATCH)
    ]
    texts = [encoder.encode_texts(list(photo.captions[:5])) for photo in photos]
    return np.concatenate(pictures), np.stack(texts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--encoder", default="bundled")
    parser.add_argument("--queries", type=int, default=400)
    given = parser.parse_args()
    pictures, captions = encoded(given.data, given.models, given.encoder, given.queries)
    count = len(pictures)
    first, second = captions[:, 0], captions[:, 1]
    same = (first * second).sum(axis=1)
    between = first @ second.T
    np.fill_diagonal(between, -1)
    other = between.argmax(axis=1)
    nearest = between.max(axis=1)
    print(f"{count} photos; captions of one photo: median {np.median(same):.3f}; of the most alike other: ", end="")
    print(f"{np.median(nearest):.3f}")
    print("cosine places way  same like  other like   same: MRR before > after   other: MRR before > after")
    for cosine, places, way in product(COSINES, PLACES, WAYS):
        rows = []
        for at in range(count):
            ranked = np.argsort(-(pictures @ first[at]))
            wrong = int(ranked[0] if ranked[0] != at else ranked[1])
            votes = {at: 1} if WAYS[way] > 0 else {wrong: -1}
            likes = votes if same[at] >= cosine else {}
            others = votes if nearest[at] >= cosine else {}
            mine, theirs = pictures @ second[at], pictures @ second[other[at]]
            rows.append(
                (
                    reciprocal(mine, at, {}),
                    reciprocal(mine, at, likes, places),
                    reciprocal(theirs, int(other[at]), {}),
                    reciprocal(theirs, int(other[at]), others, places),
                )
            )
        before, after, theirs_before, theirs_after = np.mean(rows, axis=0)
        print(
            f"{cosine:.2f}    {places:4d} {way:4}  {np.mean(same >= cosine):8.1%}  {np.mean(nearest >= cosine):8.1%}  "
            f"{before:.3f} > {after:.3f}              {theirs_before:.3f} > {theirs_after:.3f}"
        )


if __name__ == "__main__":
    main()
