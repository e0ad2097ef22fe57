"""What was tried: one table in Markdown, each variant trained on ``train`` and judged on ``dev``.

    python -m research.bundled.variants DATA CACHE --models FOLDER [--only NAME ...] [--threads N]

Each row differs from the first in what its name says.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from media_index.encoders.bundled import HeadWeights
from research.bundled import captions, features
from research.bundled.data import read_photos, training_photos
from research.bundled.evaluate import SMALL_GALLERY, Bench
from research.bundled.features import PLAIN_VIEWS
from research.bundled.head import as_read
from research.bundled.train import Lesson, Recipe, lesson, train_all

SHIPPED = Recipe()
ONE = replace(SHIPPED, seeds=SHIPPED.seeds[:1])

VARIANTS: dict[str, Recipe] = {
    "the recipe, one seed": ONE,
    "no part of ConSE in the sum": replace(ONE, conse=0.0),
    "ConSE's part 1": replace(ONE, conse=1.0),
    "ConSE's part 4": replace(ONE, conse=4.0),
    "trained through ConSE's part": replace(ONE, through=True),
    "no anchors": replace(ONE, anchors=0.0),
    "no anchors, no part of ConSE": replace(ONE, anchors=0.0, conse=0.0),
    "strong anchors (1)": replace(ONE, anchors=1.0),
    "the middle view only": replace(ONE, views=("middle",)),
    "middle and mirror": replace(ONE, views=("middle", "flip")),
    "five plain views": replace(ONE, views=tuple(PLAIN_VIEWS)),
    "mixes of two views": replace(ONE, view_mixing=True),
    "one caption at a time": replace(ONE, mixing=0.0),
    "random means of captions only": replace(ONE, mixing=1.0),
    "soft targets (0.2)": replace(ONE, softness=0.2),
    "temperature 0.04": replace(ONE, temperature=0.04),
    "temperature 0.1": replace(ONE, temperature=0.1),
    "all photos in one batch": replace(ONE, batch=1_000_000, epochs=2 * ONE.epochs),
    "half as long": replace(ONE, epochs=ONE.epochs // 2),
    "twice as long": replace(ONE, epochs=ONE.epochs * 2),
    "width 512": replace(ONE, width=512),
    "less dropout (0, 0.2)": replace(ONE, dropout=(0.0, 0.2)),
    "four seeds of half the width": replace(SHIPPED, width=SHIPPED.width // 2, seeds=(0, 1, 2, 3)),
    "what is shipped: two seeds": SHIPPED,
}


class Study:
    """The bench and the lessons, each loaded once."""

    def __init__(self, data: Path, cache: Path, models: Path) -> None:
        self.bench = Bench.load(data, cache, models)
        self._chosen = training_photos(read_photos(data), everything=False)
        self._said = captions.cached(data, cache, models)
        self._trained: dict[Recipe, dict[str, Tensor]] = {}
        self._view: Callable[[str], features.Features] = lambda view: features.cached(
            data, cache, "photos", view, models
        )

    def lesson(self, recipe: Recipe) -> Lesson:
        """The training photos in the views that ``recipe`` asks for."""
        views = [self._view(view) for view in recipe.views]
        return lesson(views, self._said, self._chosen, self.bench.class_vectors)

    def train(self, recipe: Recipe) -> dict[str, Tensor]:
        """The weights by ``recipe``. ConSE's part mostly comes after the training, which then is done once."""
        key = recipe if recipe.through else replace(recipe, conse=0.0)
        if key not in self._trained:
            self._trained[key] = train_all(self.lesson(recipe), recipe)
        return {**self._trained[key], "conse": torch.tensor([recipe.conse])}

    def row(self, name: str, head: HeadWeights | None, seconds: float) -> str:
        """One line of the table."""
        found = self.bench.judge(head)
        dev, everything = str(len(self.bench.dev)), str(len(self.bench.photos.paths))
        corrected = found[f"{dev}, CSLS"].at10
        figures = f"{found[dev]} | {found[str(SMALL_GALLERY)].at10:.3f} | {found[everything].at10:.3f}"
        return f"| {name} | {figures} | {corrected:.3f} | {self.bench.things_map(head):.3f} | {seconds:.0f} |"

    def rows(self, names: list[str]) -> Iterator[str]:
        """The table, line by line as it becomes known."""
        dev, everything = len(self.bench.dev), len(self.bench.photos.paths)
        yield (
            f"| variant | R@1 | R@5 | R@10 | MRR | R@10 of {SMALL_GALLERY} | R@10 of {everything} | R@10 with CSLS "
            "| things | seconds |"
        )
        yield "|---" * 10 + "|"
        yield self.row(f"ConSE ({dev} photos)", None, 0)
        for name in names:
            begun = time.perf_counter()
            tensors = self.train(VARIANTS[name])
            yield self.row(name, as_read(tensors), time.perf_counter() - begun)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--models", type=Path, required=True, help="folder of the exported networks, made if missing")
    parser.add_argument("--only", nargs="+", choices=VARIANTS, default=list(VARIANTS), metavar="NAME")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    for line in Study(arguments.data, arguments.cache, arguments.models).rows(arguments.only):
        print(line, flush=True)


if __name__ == "__main__":
    main()
