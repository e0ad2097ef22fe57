"""From which cosine on two pictures are two takes of one scene: pairs that are, against pairs that are not.

    python -m research.search.shots DATA --models FOLDER [--photos 600]

``DATA`` holds ``photos.jsonl``. A second take is made of each photo as a hand-held burst differs: cropped by up to 4 %
on each side, turned by up to 1.5 degrees, up to 6 % brighter or darker, and saved as JPEG anew. Pairs of different
photos are each photo with the most alike of all others, so they are the hardest there are; some of these are truly
near. Prints, for each cosine, the share of takes that is joined and of photos that is joined with another one.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance

from media_index.decoding.decoded import Pixels
from media_index.encoders import registry
from media_index.extractors.base import ExtractorOptions
from research.bundled.data import load_pixels, read_photos

CROP, TURN, LIGHT = 0.04, 1.5, 0.06
QUALITY = 85
SEED = 7
COSINES = (0.80, 0.84, 0.86, 0.88, 0.90, 0.92, 0.93, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99)
BATCH = 16


def second_take(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """The same scene a moment later, as a hand holds the camera."""
    picture = Image.fromarray(pixels).rotate(rng.uniform(-TURN, TURN), resample=Image.Resampling.BILINEAR)
    width, height = picture.size
    left, top, right, bottom = rng.uniform(0, CROP, 4) + TURN / 100
    box = (left * width, top * height, (1 - right) * width, (1 - bottom) * height)
    picture = ImageEnhance.Brightness(picture.crop(tuple(round(edge) for edge in box))).enhance(
        1 + rng.uniform(-LIGHT, LIGHT)
    )
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=QUALITY)
    return np.asarray(Image.open(file).convert("RGB"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--encoder", default="bundled")
    parser.add_argument("--photos", type=int, default=600)
    given = parser.parse_args()
    rng = np.random.default_rng(SEED)
    encoder = registry.load(given.encoder, ExtractorOptions(models=given.models))
    chosen = [photo for photo in read_photos(given.data) if photo.split == "dev"][: given.photos]
    first, second = [], []
    for start in range(0, len(chosen), BATCH):
        pixels = [load_pixels(given.data / photo.path) for photo in chosen[start : start + BATCH]]
        first.append(encoder.encode_images(pixels))
        second.append(encoder.encode_images([second_take(one, rng) for one in pixels]))
    one, other = np.concatenate(first), np.concatenate(second)
    takes = (one * other).sum(axis=1)
    between = one @ one.T
    np.fill_diagonal(between, -1)
    nearest = between.max(axis=1)
    print(f"{len(one)} photos; takes: median {np.median(takes):.3f}, 5 % below {np.quantile(takes, 0.05):.3f}")
    print(f"nearest other photo: median {np.median(nearest):.3f}, 1 % above {np.quantile(nearest, 0.99):.3f}")
    for cosine in COSINES:
        print(f"{cosine:.2f}  takes joined {np.mean(takes >= cosine):6.1%}  others {np.mean(nearest >= cosine):6.1%}")


if __name__ == "__main__":
    main()
