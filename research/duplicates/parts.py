"""How copies that were cut are found: by the nearest vectors, made sure of by laying one picture over the other.

    python -m research.duplicates.parts DATA [--split dev] [--photos 150]

``DATA`` as for :mod:`research.duplicates.measure`. Each of so many photos is cut at a random place and saved anew; it
is found where its whole is among the nearest vectors of all photos of the split *and* it is a part of that. False pairs
are counted among the nearest vectors of different photos.
"""

from __future__ import annotations

import argparse
import io
import json
import random
from collections.abc import Sequence
from pathlib import Path
from tempfile import gettempdir

import numpy as np
from PIL import Image, ImageEnhance

from media_index.duplicates.cutting import is_part
from media_index.duplicates.grouping import ALIKE
from media_index.duplicates.hashing import distance, fingerprint
from media_index.encoders.base import Encoder, Vectors
from media_index.encoders.catalog import BUNDLED
from media_index.encoders.registry import load
from media_index.extractors.base import ExtractorOptions

NEAREST, LEAST_COSINE = 8, 0.7
"""As in media_index/duplicates/parts.py."""
CUTS: dict[str, tuple[float, float, bool]] = {
    "cut by 5 %": (0.05, 0.05, False),
    "cut by 10 %": (0.1, 0.1, False),
    "cut by 20 %": (0.2, 0.2, False),
    "cut by 30 %": (0.3, 0.3, False),
    "cut by 40 %": (0.4, 0.4, False),
    "a third of the width cut off": (0.33, 0.0, False),
    "cut by 10 %, quality 30, more contrast": (0.1, 0.1, True),
}
"""What is taken of the width and of the height, and whether it is edited as well."""
SMALL = 320


def cut(image: Image.Image, across: float, down: float, edited: bool, chance: random.Random) -> Image.Image:
    width, height = image.width * (1 - across), image.height * (1 - down)
    left, top = chance.random() * (image.width - width), chance.random() * (image.height - height)
    held = io.BytesIO()
    part = image.crop((round(left), round(top), round(left + width), round(top + height)))
    part.save(held, "JPEG", quality=30 if edited else 80)
    saved = Image.open(held).convert("RGB")
    return ImageEnhance.Contrast(saved).enhance(1.4) if edited else saved


def encoded(encoder: Encoder, images: Sequence[Image.Image]) -> Vectors:
    rows = [
        encoder.encode_images([np.asarray(image) for image in images[at : at + 16]]) for at in range(0, len(images), 16)
    ]
    return np.concatenate(rows)


def small(image: Image.Image) -> Image.Image:
    """As the smallest thumbnail is."""
    grey = image.convert("L")
    grey.thumbnail((SMALL, SMALL))
    return grey


def near(similarity: Vectors) -> list[int]:
    return [int(at) for at in np.argsort(-similarity)[:NEAREST] if similarity[at] >= LEAST_COSINE]


def report(title: str, images: Sequence[Image.Image], photos: int, encoder: Encoder) -> None:
    wholes = encoded(encoder, images)
    greys = [small(image) for image in images]
    some = range(min(photos, len(images)))
    print(f"## {title}: {len(some)} of {len(images)} pictures\n| copies | by the hash | near by vector | found |")
    print("|---" * 4 + "|")
    for name, (across, down, edited) in CUTS.items():
        chance = random.Random(name)
        parts = [cut(images[at], across, down, edited, chance) for at in some]
        hashes = [distance(hashed(part), hashed(images[at])) <= ALIKE for at, part in zip(some, parts, strict=True)]
        vectors = encoded(encoder, parts)
        candidates = [at in near(vectors[at] @ wholes.T) for at in some]
        sure = [is_part(small(part), greys[at]) for at, part in zip(some, parts, strict=True)]
        found = [one or (two and three) for one, two, three in zip(hashes, candidates, sure, strict=True)]
        print(f"| {name} | {np.mean(hashes):.3f} | {np.mean(candidates):.3f} | {np.mean(found):.3f} |", flush=True)
    similar = wholes @ wholes.T
    np.fill_diagonal(similar, -1)
    pairs = {(min(one, other), max(one, other)) for one in range(len(images)) for other in near(similar[one])}
    false = [pair for pair in sorted(pairs) if is_part(greys[pair[0]], greys[pair[1]])]
    print(f"false pairs: {len(false)} of the {len(pairs)} with the nearest vectors {false[:8]}\n")


def hashed(image: Image.Image) -> np.ndarray:
    return fingerprint(np.asarray(image))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("data", type=Path)
    options.add_argument("--split", default="dev")
    options.add_argument("--photos", type=int, default=150)
    given = options.parse_args()
    encoder = load(BUNDLED, ExtractorOptions(models=Path(gettempdir())))
    rows = [json.loads(line) for line in (given.data / "photos.jsonl").read_text().splitlines()]
    paths = [given.data / row["path"] for row in rows if row["split"] == given.split]
    report(given.split, [Image.open(path).convert("RGB") for path in paths], given.photos, encoder)
    contents = {path.read_bytes(): path for path in sorted((given.data / "duplicates").rglob("*")) if path.is_file()}
    report("duplicates", [Image.open(path).convert("RGB") for path in contents.values()], given.photos, encoder)


if __name__ == "__main__":
    main()
