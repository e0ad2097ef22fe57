"""How well captions find their photos, and names of things their pictures.

    python -m research.bundled.evaluate DATA CACHE --models FOLDER [--weights FILE]

Judges ConSE and, with ``--weights``, a head: captions of the split ``dev`` against galleries of the dev photos, of 300
of them, and of all photos; and 51 kinds of things, asked for as "a photo of a ...". Each plain and calibrated, with a
bank of captions of the other photos.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from media_index.encoders import bundle
from media_index.encoders.base import Vectors
from media_index.encoders.bundle import Bundle
from media_index.encoders.bundled import HeadWeights, apply_head
from media_index.encoders.conse import combine
from media_index.encoders.minilm import MiniLM
from media_index.search.vectors.calibration import Calibration
from research.bundled import captions, features
from research.bundled.bank import NEIGHBOURS, WEIGHT, bank
from research.bundled.data import dev_photos, read_photos, read_things

CALIBRATED = ", calibrated"
SMALL_GALLERY = 300
DRAWS = 10
"""Galleries of 300 are drawn this often by chance; the figures are the mean."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of the queries whose photo is among the first 1, 5, 10, and the mean of 1 / rank."""

    at1: float
    at5: float
    at10: float
    mrr: float

    def __str__(self) -> str:
        return f"{self.at1:.3f} | {self.at5:.3f} | {self.at10:.3f} | {self.mrr:.3f}"


def figures(scores: NDArray[np.float32], own: NDArray[np.int64]) -> Figures:
    """From ``scores`` ``(queries, gallery)`` and the one right column of each row. Ties count against."""
    right = np.take_along_axis(scores, own[:, None], axis=1)
    ranks = (scores >= right).sum(axis=1)
    at = [float((ranks <= first).mean()) for first in (1, 5, 10)]
    return Figures(*at, float((1 / ranks).mean()))


def average_precision(scores: NDArray[np.float32], relevant: NDArray[np.bool_]) -> float:
    """The mean of the precisions at each relevant picture, best first."""
    hits = relevant[np.argsort(-scores, kind="stable")]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(precision[hits].mean())


def mean(several: list[Figures]) -> Figures:
    """The mean of each figure."""
    return Figures(*(float(np.mean([getattr(one, name) for one in several])) for name in Figures.__slots__))


@dataclass(frozen=True)
class Bench:
    """All that is needed to judge an encoder by its vectors of the photos and the things."""

    photos: features.Features
    things: features.Features
    captions: captions.Captions
    dev: list[int]
    kinds: tuple[str, ...]
    kind_queries: Vectors
    class_vectors: Vectors
    name_queries: Vectors

    @classmethod
    def load(cls, data: Path, cache: Path, models: Path) -> Bench:
        """Read it all; what is not in the cache is computed."""
        files = bundle.ensure(models)
        kinds = tuple(thing.kind for thing in read_things(data))
        names, text = sorted(set(kinds)), MiniLM(files, threads=0)
        return cls(
            features.cached(data, cache, "photos", "plain", models),
            features.cached(data, cache, "objects", "plain", models),
            captions.cached(data, cache, models),
            dev_photos(read_photos(data)),
            kinds,
            text.encode([f"a photo of a {name}" for name in names]),
            np.load(files.class_vectors, allow_pickle=False),
            class_queries(files, text),
        )

    def vectors(self, seen: features.Features, head: HeadWeights | None) -> Vectors:
        """Of the head, or ConSE's without one."""
        if head is None:
            return combine(seen.probabilities, self.class_vectors)
        return apply_head(head, seen.vectors, seen.probabilities, self.class_vectors)

    def judge(self, vectors: Vectors) -> dict[str, Figures]:
        """Figures by gallery for ``vectors`` of all photos, each plain and calibrated."""
        asked = self.captions.of(self.dev)
        corrected = self.calibration(self.dev)
        dev = np.array(self.dev)
        result = {}
        for name, weight in (("", 0.0), (CALIBRATED, corrected.weight)):
            everything = asked.vectors @ vectors.T - weight * corrected.background(vectors)
            result[f"{len(dev)}{name}"] = figures(everything[:, dev], asked.owners)
            result[f"{SMALL_GALLERY}{name}"] = _small(everything[:, dev], asked.owners)
            result[f"{len(vectors)}{name}"] = figures(everything, dev[asked.owners])
        return result

    def things_map(self, vectors: Vectors, calibrated: bool = False) -> float:
        """Mean average precision of the kinds of things for ``vectors`` of their pictures."""
        scores = self.kind_queries @ vectors.T
        if calibrated:
            corrected = self.calibration(self.dev)
            scores = scores - corrected.weight * corrected.background(vectors)
        kinds = np.array(self.kinds)
        found = [average_precision(scores[row], kinds == kind) for row, kind in enumerate(sorted(set(self.kinds)))]
        return float(np.mean(found))

    def calibration(self, judged: list[int]) -> Calibration:
        """As it is shipped but for what tells matches from others; of the captions of all photos but those judged."""
        known = self.captions.vectors[~np.isin(self.captions.owners, judged)]
        return Calibration(bank(known, self.name_queries), NEIGHBOURS, WEIGHT)


def class_queries(files: Bundle, text: MiniLM) -> Vectors:
    """The names of the 1,000 classes as they are asked for."""
    names = json.loads(files.class_names.read_text(encoding="utf-8"))
    return text.encode([f"a photo of a {name}" for name in names])


def _small(scores: NDArray[np.float32], own: NDArray[np.int64]) -> Figures:
    if scores.shape[1] <= SMALL_GALLERY:
        return figures(scores, own)
    several = []
    for seed in range(DRAWS):
        drawn = np.random.default_rng(seed).permutation(scores.shape[1])[:SMALL_GALLERY]
        place = np.full(scores.shape[1], -1)
        place[drawn] = np.arange(SMALL_GALLERY)
        asked = place[own] >= 0
        several.append(figures(scores[asked][:, drawn], place[own[asked]]))
    return mean(several)


def main() -> None:
    """Print the figures as a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--models", type=Path, required=True, help="folder of the exported networks, made if missing")
    parser.add_argument("--weights", type=Path, help="a head made by research.bundled.train --split train")
    arguments = parser.parse_args()
    bench = Bench.load(arguments.data, arguments.cache, arguments.models)
    heads: dict[str, HeadWeights | None] = {"ConSE": None}
    if arguments.weights:
        heads["head"] = HeadWeights.read(arguments.weights)
        if heads["head"].trained_on != "train":
            parser.error(f"{arguments.weights} was trained on {heads['head'].trained_on!r}: no figure of it is honest")
    print("| encoder | gallery | R@1 | R@5 | R@10 | MRR |\n|---|---|---|---|---|---|")
    for name, head in heads.items():
        for gallery, found in bench.judge(bench.vectors(bench.photos, head)).items():
            print(f"| {name} | {gallery} | {found} |")
    for name, head in heads.items():
        things = bench.vectors(bench.things, head)
        both = f"{bench.things_map(things):.3f}, calibrated {bench.things_map(things, calibrated=True):.3f}"
        print(f"\n{name}, 51 kinds of things: mean average precision {both}")


if __name__ == "__main__":
    main()
