"""Two-fold cross-validation: a head trained on each half of the photos, judged on the other.

    python -m research.bundled.folds DATA CACHE --models FOLDER [--threads N]

Larger galleries and more captions than the split ``dev``; nothing of these heads is shipped.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch

from research.bundled.evaluate import Bench, Figures, background, csls, figures, mean
from research.bundled.features import cached
from research.bundled.head import as_read
from research.bundled.train import Recipe, lesson, train_all

SEED = 0


def halves(count: int) -> tuple[list[int], list[int]]:
    """Positions below ``count``, parted by chance; always the same."""
    order = np.random.default_rng(SEED).permutation(count)
    return sorted(order[: count // 2].tolist()), sorted(order[count // 2 :].tolist())


def judge(bench: Bench, data: Path, cache: Path, models: Path) -> dict[str, Figures]:
    """The mean figures of both halves."""
    recipe = Recipe()
    views = [cached(data, cache, "photos", view, models) for view in recipe.views]
    first, second = halves(len(bench.photos.paths))
    found: defaultdict[str, list[Figures]] = defaultdict(list)
    for learned, judged in ((first, second), (second, first)):
        given = lesson(views, bench.captions, learned, bench.class_vectors)
        asked = bench.captions.of(judged)
        for name, weights in (("ConSE", None), ("head", as_read(train_all(given, recipe)))):
            vectors = bench.vectors(bench.photos, weights)
            scores = asked.vectors @ vectors[judged].T
            found[name].append(figures(scores, asked.owners))
            corrected = csls(scores, background(vectors, bench.bank(judged))[judged])
            found[f"{name}, CSLS"].append(figures(corrected, asked.owners))
    return {name: mean(several) for name, several in found.items()}


def main() -> None:
    """Print the figures as a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--models", type=Path, required=True, help="folder of the exported networks, made if missing")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    bench = Bench.load(arguments.data, arguments.cache, arguments.models)
    print("| encoder | R@1 | R@5 | R@10 | MRR |\n|---|---|---|---|---|")
    for name, found in judge(bench, arguments.data, arguments.cache, arguments.models).items():
        print(f"| {name} | {found} |")


if __name__ == "__main__":
    main()
