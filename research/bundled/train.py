"""Fits the head.

    python -m research.bundled.train DATA CACHE FILE --models FOLDER (--split train | --all)

``--split train`` for every figure; ``--all`` for what is shipped, to which :mod:`research.bundled.relevance` then adds
the calibration. The same input gives the same weights.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from media_index.encoders.bundled import HeadWeights
from research.bundled import captions, features
from research.bundled.data import read_photos, training_photos
from research.bundled.features import TRAINED_ON
from research.bundled.head import SOURCE, Lesson, metric, ridge, save

EVERY = "all"
LAST_STAGE = 1280
"""Features of the last stage; those behind them are of the stages before it."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a head is made. The defaults are what is shipped; :mod:`research.bundled.variants` tries others."""

    views: tuple[str, ...] = TRAINED_ON
    shrinkage: float = 6.0
    power: float = 0.5
    floor: float = 1e-3
    conse: float = 2.25
    last_stage_only: bool = False


def lesson(views: Sequence[features.Features], said: captions.Captions, chosen: list[int]) -> Lesson:
    """The photos at the positions ``chosen``."""
    return Lesson(np.stack([view.vectors[chosen] for view in views]), said.of(chosen))


def train(given: Lesson, recipe: Recipe, trained_on: str = "train") -> HeadWeights:
    """The head, scaled so that what it says of the photos' first view has length 1 on average."""
    if recipe.last_stage_only:
        features = given.features.copy()
        features[:, :, LAST_STAGE:] = 0
        given = Lesson(features, given.said)
    linear = ridge(given, recipe.shrinkage)
    weighing = metric(given.said.vectors, recipe.power, recipe.floor)
    matrix, offset = linear.matrix @ weighing, linear.offset @ weighing
    length = np.linalg.norm(given.features[0] @ matrix + offset, axis=1).mean()
    return HeadWeights(
        matrix=np.ascontiguousarray((matrix / length).T.astype(np.float32)),
        offset=(offset / length).astype(np.float32),
        names=(recipe.conse * weighing / np.diag(weighing).mean()).astype(np.float32),
        trained_on=trained_on,
        source=SOURCE,
    )


def main() -> None:
    """Fit and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("file", type=Path, help="where the weights go")
    parser.add_argument("--models", type=Path, required=True, help="folder of the exported networks, made if missing")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--split", choices=("train",))
    which.add_argument("--all", action="store_true")
    arguments = parser.parse_args()
    where = (arguments.data, arguments.cache)
    recipe = Recipe()
    chosen = training_photos(read_photos(arguments.data), everything=arguments.all)
    views = [features.cached(*where, "photos", view, arguments.models) for view in recipe.views]
    given = lesson(views, captions.cached(*where, arguments.models), chosen)
    save(train(given, recipe, EVERY if arguments.all else "train"), arguments.file)
    print(f"fitted to {len(chosen)} photos: {arguments.file}, {arguments.file.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
