"""How near the shots of a burst are by their hashes.

    python -m research.duplicates.bursts FRAMES

``FRAMES`` holds a folder for each film, with its frames as pictures that are named by their milliseconds
(``400.jpg``), as any program for films writes them. What is printed is the share of pairs within the threshold for
bursts.
"""

from __future__ import annotations

import argparse
from itertools import combinations
from pathlib import Path

import numpy as np
from PIL import Image

from media_index.duplicates.hashing import Bits, distance, fingerprint, is_flat
from media_index.duplicates.stacking import BURST_ALIKE

APART = ((50, 150), (150, 350), (400, 600), (900, 1100), (1800, 2200))
"""Milliseconds between two frames, from and to."""


def hashes(folder: Path) -> list[tuple[int, Bits]]:
    """Milliseconds and hash of each frame that shows anything, in their order."""
    made = []
    for path in sorted(folder.iterdir(), key=lambda path: int(path.stem)):
        pixels = np.asarray(Image.open(path).convert("RGB"))
        if not is_flat(pixels):
            made.append((int(path.stem), fingerprint(pixels)))
    return made


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("frames", type=Path)
    print("| film |" + "".join(f" {low} to {high} ms |" for low, high in APART))
    print("|---" * (len(APART) + 1) + "|")
    for folder in sorted(path for path in options.parse_args().frames.iterdir() if path.is_dir()):
        pairs = [(later - one, distance(mine, its)) for (one, mine), (later, its) in combinations(hashes(folder), 2)]
        cells = []
        for low, high in APART:
            far = np.array([bits for apart, bits in pairs if low <= apart <= high])
            cells.append(f"{np.mean(far <= BURST_ALIKE):.2f} of {len(far)}" if len(far) else "-")
        print(f"| {folder.name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
