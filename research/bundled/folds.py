"""Heads judged on photos that are kept apart in other ways than the split ``dev``; nothing of these heads is shipped.

    python -m research.bundled.folds DATA CACHE --models FOLDER

Two-fold cross-validation (gallery 984), five-fold (gallery 393 or 394), and a learning curve: 927 photos by chance are
the gallery, and heads are fitted to more and more of the others.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from media_index.encoders.bundled import HeadWeights
from research.bundled import features
from research.bundled.evaluate import CALIBRATED, Bench, Figures, figures, mean
from research.bundled.train import Recipe, lesson, train

SEED = 0
GALLERY = 927
SIZES = (260, 520, 1041)
DRAWS = 3

Split = tuple[list[int], list[int]]


def parts(count: int, folds: int) -> Iterator[Split]:
    """Positions below ``count`` to learn and to judge by, ``folds`` times; always the same."""
    order = np.random.default_rng(SEED).permutation(count)
    for judged in np.array_split(order, folds):
        yield sorted(set(order.tolist()) - set(judged.tolist())), sorted(judged.tolist())


def draws(count: int, learned: int) -> Iterator[Split]:
    """The same several times by chance, with a gallery of 927 and ``learned`` of the rest."""
    for seed in range(DRAWS):
        order = np.random.default_rng(seed).permutation(count).tolist()
        yield sorted(order[GALLERY : GALLERY + learned]), sorted(order[:GALLERY])


def judge(bench: Bench, views: Sequence[features.Features], splits: Iterator[Split]) -> dict[str, Figures]:
    """The mean figures of ``splits``."""
    found: defaultdict[str, list[Figures]] = defaultdict(list)
    everything = set(range(len(bench.photos.paths)))
    for learned, judged in splits:
        head = train(lesson(views, bench.captions, learned), Recipe())
        encoders: dict[str, HeadWeights | None] = {"ConSE": None, "head": head}
        asked = bench.captions.of(judged)
        # The bank may only hold what the head may know.
        corrected = bench.calibration(sorted(everything - set(learned)))
        for name, weights in encoders.items():
            vectors = bench.vectors(bench.photos, weights)[judged]
            scores = asked.vectors @ vectors.T
            found[name].append(figures(scores, asked.owners))
            scores = scores - corrected.weight * corrected.background(vectors)
            found[name + CALIBRATED].append(figures(scores, asked.owners))
    return {name: mean(several) for name, several in found.items()}


def main() -> None:
    """Print the figures as a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--models", type=Path, required=True, help="folder of the exported networks, made if missing")
    arguments = parser.parse_args()
    where = (arguments.data, arguments.cache)
    bench = Bench.load(*where, arguments.models)
    views = [features.cached(*where, "photos", view, arguments.models) for view in Recipe().views]
    count = len(bench.photos.paths)
    runs = {"two folds": parts(count, 2), "five folds": parts(count, 5)}
    runs |= {f"{GALLERY}, learned from {size}": draws(count, size) for size in SIZES}
    print("| judged | encoder | R@1 | R@5 | R@10 | MRR |\n|---|---|---|---|---|---|")
    for run, splits in runs.items():
        for name, found in judge(bench, views, splits).items():
            print(f"| {run} | {name} | {found} |", flush=True)


if __name__ == "__main__":
    main()
