"""How copies are told from other pictures by their hashes.

    python -m research.duplicates.measure DATA [--split dev]

``DATA`` holds ``photos.jsonl`` and its pictures, all of them different, and ``duplicates``, a folder of pictures. Every
picture is changed in all ways of :mod:`research.duplicates.changes`; a pair counts as a copy where it is within the
threshold. False alarms are pairs of different photos.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from media_index.duplicates.hashing import Bits, fingerprint, orientations
from research.duplicates.changes import CHANGES

THRESHOLDS = (24, 32, 40, 48, 56, 64, 72, 80)


def hashed(image: Image.Image) -> Bits:
    return fingerprint(np.asarray(image.convert("RGB")))


def nearest(one: Bits, others: np.ndarray) -> np.ndarray:
    """The distance of ``one``, in any position, to each of the ``others`` ``(n, bits)``."""
    return np.min([np.count_nonzero(others != turned, axis=1) for turned in orientations(one)], axis=0)


def changed(images: Sequence[Image.Image], hashes: np.ndarray) -> dict[str, np.ndarray]:
    """For each change the distances of the changed pictures to their originals."""
    return {
        name: np.array(
            [nearest(hashed(change(image)), own[None])[0] for image, own in zip(images, hashes, strict=True)]
        )
        for name, change in CHANGES.items()
    }


def report(title: str, images: Sequence[Image.Image], others: np.ndarray, pairs: np.ndarray) -> None:
    """``others``: distances of each original to its nearest different picture; ``pairs``: all of these distances."""
    hashes = np.stack([hashed(image) for image in images])
    found = changed(images, hashes)
    print(f"## {title}: {len(images)} pictures, {len(pairs)} pairs of different ones")
    print("| threshold | " + " | ".join(str(limit) for limit in THRESHOLDS) + " |")
    print("|---" * (len(THRESHOLDS) + 1) + "|")
    for name, distances in found.items():
        print(f"| {name} | " + " | ".join(f"{(distances <= limit).mean():.3f}" for limit in THRESHOLDS) + " |")
    print("| false pairs | " + " | ".join(str(int((pairs <= limit).sum())) for limit in THRESHOLDS) + " |")
    print("| F1 | " + " | ".join(f"{f1(found, pairs, limit):.4f}" for limit in THRESHOLDS) + " |")
    print(f"nearest pairs of different ones: {sorted(others)[:8]}\n")


def f1(found: dict[str, np.ndarray], pairs: np.ndarray, limit: int) -> float:
    right = sum(int((distances <= limit).sum()) for distances in found.values())
    missed = sum(int((distances > limit).sum()) for distances in found.values())
    false = int((pairs <= limit).sum())
    return 2 * right / (2 * right + missed + false) if right else 0.0


def different(hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    rows = [nearest(hashes[at], hashes[at + 1 :]) for at in range(len(hashes) - 1)]
    return np.array([row.min() for row in rows]), np.concatenate(rows)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("data", type=Path)
    options.add_argument("--split", default="dev")
    given = options.parse_args()
    rows = [json.loads(line) for line in (given.data / "photos.jsonl").read_text().splitlines()]
    paths = [given.data / row["path"] for row in rows if row["split"] == given.split]
    images = [Image.open(path).convert("RGB") for path in paths]
    hashes = np.stack([hashed(image) for image in images])
    report(given.split, images[:300], *different(hashes))
    contents = {path.read_bytes(): path for path in sorted((given.data / "duplicates").rglob("*")) if path.is_file()}
    images = [Image.open(path).convert("RGB") for path in contents.values()]
    report("duplicates", images, *different(np.stack([hashed(image) for image in images])))


if __name__ == "__main__":
    main()
