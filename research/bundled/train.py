"""Trains the head.

    python -m research.bundled.train DATA CACHE FILE --models FOLDER (--split train | --all)

``--split train`` for every figure; ``--all`` for what is shipped. Seeds are fixed.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from media_index.encoders import bundle
from media_index.encoders.conse import mix
from research.bundled import captions, features
from research.bundled.data import read_photos, training_photos
from research.bundled.features import ALL_VIEWS
from research.bundled.head import Head, merged, save
from research.bundled.losses import anchored, contrastive, mixed_captions

EVERY = "all"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a head is trained. The defaults are what is shipped; :mod:`research.bundled.variants` tries others."""

    width: int = 1408
    conse: float = 2.25
    through: bool = False
    views: tuple[str, ...] = ALL_VIEWS
    seeds: tuple[int, ...] = (0, 1)
    epochs: int = 30
    batch: int = 512
    rate: float = 1e-3
    decay: float = 0.05
    dropout: tuple[float, float] = (0.3, 0.5)
    temperature: float = 0.06
    softness: float = 0.0
    closeness: float = 0.05
    mixing: float = 0.5
    anchors: float = 0.3
    anchor_temperature: float = 0.05
    view_mixing: bool = False


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a head learns from: by view and photo ``features`` ``(v, n, 1280)``, ``mixed`` ``(v, n, 384)``,
    ``probabilities`` ``(v, n, 1000)``; ``texts`` ``(n, k, 384)`` and ``class_vectors`` ``(1000, 384)``."""

    features: Tensor
    mixed: Tensor
    probabilities: Tensor
    texts: Tensor
    class_vectors: Tensor


def lesson(
    views: Sequence[features.Features], said: captions.Captions, chosen: list[int], class_vectors: np.ndarray
) -> Lesson:
    """The photos at the positions ``chosen``. Where they have captions in different numbers, some are repeated."""
    own = said.of(chosen)
    lists = [np.flatnonzero(own.owners == photo) for photo in range(len(chosen))]
    most = max(len(one) for one in lists)
    picked = np.stack([np.resize(one, most) for one in lists])
    probabilities = np.stack([view.probabilities[chosen] for view in views])
    mixed = np.stack([mix(one, class_vectors) for one in probabilities])
    vectors = np.stack([view.vectors[chosen] for view in views])
    arrays = (vectors, mixed, probabilities, own.vectors[picked], class_vectors)
    return Lesson(*(torch.from_numpy(np.ascontiguousarray(one)) for one in arrays))


def train(given: Lesson, recipe: Recipe, seed: int) -> tuple[Head, list[float]]:
    """A head and its mean loss by epoch."""
    torch.manual_seed(seed)
    head = Head(recipe.width, recipe.dropout)
    head.standardise(given.features.flatten(0, 1))
    optimiser = torch.optim.AdamW(head.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    count = given.texts.shape[0]
    batches = max(round(count / recipe.batch), 1)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.rate, total_steps=recipe.epochs * batches)
    losses = []
    head.train()
    for _ in range(recipe.epochs):
        total = 0.0
        for photos in torch.randperm(count).chunk(batches):
            loss = _loss(head, given, photos, recipe)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            plan.step()
            total += loss.item() / batches
        losses.append(total)
    return head.eval(), losses


def _loss(head: Head, given: Lesson, photos: Tensor, recipe: Recipe) -> Tensor:
    views = torch.randint(given.features.shape[0], photos.shape)
    inputs = given.features[views, photos]
    if recipe.view_mixing:
        others, share = torch.randint(given.features.shape[0], photos.shape), torch.rand(len(photos), 1)
        inputs = torch.lerp(inputs, given.features[others, photos], share)
    vectors = functional.normalize(head(inputs), dim=1)
    if recipe.through:
        vectors = functional.normalize(vectors + recipe.conse * given.mixed[views, photos], dim=1)
    texts = mixed_captions(given.texts[photos], recipe.mixing)
    loss = contrastive(vectors, texts, recipe.temperature, recipe.softness, recipe.closeness)
    if recipe.anchors:
        said = given.probabilities[views, photos]
        loss = loss + recipe.anchors * anchored(vectors, given.class_vectors, said, recipe.anchor_temperature)
    return loss


def train_all(given: Lesson, recipe: Recipe) -> dict[str, Tensor]:
    """One head for each seed, merged into one."""
    return merged([train(given, recipe, seed)[0] for seed in recipe.seeds], recipe.conse)


def main() -> None:
    """Train and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("file", type=Path, help="where the weights go")
    parser.add_argument("--models", type=Path, required=True, help="folder of the exported networks, made if missing")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--split", choices=("train",))
    which.add_argument("--all", action="store_true")
    arguments = parser.parse_args()
    recipe = Recipe()
    where = (arguments.data, arguments.cache)
    chosen = training_photos(read_photos(arguments.data), everything=arguments.all)
    views = [features.cached(*where, "photos", view, arguments.models) for view in recipe.views]
    class_vectors = np.load(bundle.ensure(arguments.models).class_vectors, allow_pickle=False)
    given = lesson(views, captions.cached(*where, arguments.models), chosen, class_vectors)
    save(train_all(given, recipe), arguments.file, EVERY if arguments.all else "train")
    print(f"trained on {len(chosen)} photos: {arguments.file}, {arguments.file.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
