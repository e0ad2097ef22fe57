"""What was tried: one table in Markdown, each variant fitted to ``train`` and judged on ``dev``.

    python -m research.bundled.variants DATA CACHE --models FOLDER [--only NAME ...]

Each row differs from the first in what its name says.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from media_index.encoders.base import Vectors
from media_index.encoders.bundled import HeadWeights
from media_index.encoders.conse import mix
from research.bundled import captions, contrastive, features
from research.bundled.data import read_photos, training_photos
from research.bundled.evaluate import CALIBRATED, Bench
from research.bundled.features import Features
from research.bundled.head import Lesson
from research.bundled.train import Recipe, lesson, train

Look = Callable[[Features], Vectors]

SHIPPED = Recipe()
RECIPES: dict[str, Recipe] = {
    "what is shipped": SHIPPED,
    "last stage only": replace(SHIPPED, last_stage_only=True),
    "as they are seen only, no mirror, no parts": replace(SHIPPED, views=("plain",)),
    "and in a mirror": replace(SHIPPED, views=("plain", "flip")),
    "captions not whitened": replace(SHIPPED, power=0.0),
    "a quarter (power 0.25)": replace(SHIPPED, power=0.25),
    "twice (power 1)": replace(SHIPPED, power=1.0),
    "shrinkage 2": replace(SHIPPED, shrinkage=2.0),
    "shrinkage 16": replace(SHIPPED, shrinkage=16.0),
    "no part of ConSE": replace(SHIPPED, conse=0.0),
    "ConSE's part 1": replace(SHIPPED, conse=1.0),
    "ConSE's part 4": replace(SHIPPED, conse=4.0),
}
CONTRAST = "a hidden layer taught by contrast"
BOTH = "the mean of that and what is shipped"
NAMES = ("ConSE", *RECIPES, CONTRAST, BOTH)


class Study:
    """The bench and the lessons, each loaded once."""

    def __init__(self, data: Path, cache: Path, models: Path) -> None:
        self.bench = Bench.load(data, cache, models)
        self._chosen = training_photos(read_photos(data), everything=False)
        self._said = captions.cached(data, cache, models)
        self._view: Callable[[str], Features] = lambda view: features.cached(data, cache, "photos", view, models)
        self._taught: Callable[[np.ndarray], Vectors] | None = None

    def lesson(self, recipe: Recipe) -> Lesson:
        """The training photos in the views that ``recipe`` asks for."""
        return lesson([self._view(view) for view in recipe.views], self._said, self._chosen)

    def look(self, name: str) -> Look:
        """What takes features to vectors, fitted now."""
        if name == "ConSE":
            return lambda seen: self.bench.vectors(seen, None)
        head = train(self.lesson(RECIPES.get(name, SHIPPED)), RECIPES.get(name, SHIPPED))
        if name in RECIPES:
            return lambda seen: self.bench.vectors(seen, head)
        taught = self._taught = self._taught or contrastive.train(self.lesson(SHIPPED), contrastive.Settings())
        return lambda seen: self._contrasted(seen, taught, head, both=name == BOTH)

    def _contrasted(
        self, seen: Features, taught: Callable[[np.ndarray], Vectors], head: HeadWeights, *, both: bool
    ) -> Vectors:
        learned = taught(seen.vectors)
        if both:
            learned = (learned + seen.vectors @ head.matrix.T + head.offset) / 2
        vectors = learned + mix(seen.probabilities, self.bench.class_vectors) @ head.names.T
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def row(self, name: str) -> str:
        """One line of the table."""
        begun = time.perf_counter()
        look = self.look(name)
        seconds = time.perf_counter() - begun
        found = self.bench.judge(look(self.bench.photos))
        gallery = str(len(self.bench.dev))
        plain, corrected = found[gallery], found[gallery + CALIBRATED]
        of_all = found[f"{len(self.bench.photos.paths)}{CALIBRATED}"].at10
        things = look(self.bench.things)
        kinds = f"{self.bench.things_map(things):.3f} | {self.bench.things_map(things, calibrated=True):.3f}"
        return f"| {name} | {plain.at1:.3f} | {plain.at10:.3f} | {corrected} | {of_all:.3f} | {kinds} | {seconds:.0f} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--models", type=Path, required=True, help="folder of the exported networks, made if missing")
    parser.add_argument("--only", nargs="+", choices=NAMES, default=list(NAMES), metavar="NAME")
    arguments = parser.parse_args()
    study = Study(arguments.data, arguments.cache, arguments.models)
    everything = len(study.bench.photos.paths)
    print(
        f"| variant | R@1 | R@10 | calibrated: R@1 | R@5 | R@10 | MRR | R@10 of {everything} | things "
        f"| calibrated | seconds |\n{'|---' * 11}|"
    )
    for name in arguments.only:
        print(study.row(name), flush=True)


if __name__ == "__main__":
    main()
