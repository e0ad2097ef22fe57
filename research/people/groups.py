"""How well faces are grouped by themselves.

    python -m research.people.groups DATA CACHE

BCubed precision, recall and F1 (Amigó et al. 2009) over the main faces of ``faces.jsonl``, all other faces present: for
all persons, for the four of :data:`HARD` alone, and for 40 sets of 6 to 24 persons that are drawn by chance, all with
the one setting of :mod:`people.faces.clustering`. A photo in which nobody was found counts as a group of one. Then the
same in other orders, whose groups must be the same. ``--strangers N`` puts the faces of the first ``N`` photos of
``photos.jsonl`` among them, of whom hardly any two are one person, and tells how many of these are in a group.
"""

from __future__ import annotations

import argparse
import pickle
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from media_index.extractors.base import ExtractorOptions
from people.engines import registry
from people.engines.base import FaceEngine, FoundFace
from people.faces import clustering
from research.people.data import HARD, Library, preview, read_library, rows

SETS = 40
FEWEST, MOST = 6, 24
STRANGER = "stranger "
Figures = tuple[float, float, float]


def neighbours(vectors: NDArray[np.float32]) -> list[tuple[int, int]]:
    """The edges that the database would give, as positions; exact."""
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -1)
    nearest = np.argsort(-likeness, axis=1, kind="stable")[:, : clustering.NEIGHBOURS]
    return [
        (one, int(other))
        for one in range(len(vectors))
        for other in nearest[one]
        if likeness[one, other] >= clustering.LOWEST_SIMILARITY
    ]


def strangers(data: Path, engine: FaceEngine, cache: Path, count: int) -> list[list[FoundFace]]:
    """The faces of each of the first ``count`` everyday photos; what is found is kept in ``cache``."""
    kept = cache / f"strangers-{engine.name}-{engine.version}-{count}.pickle"
    if not kept.exists():
        paths = [row["path"] for row in rows(data / "photos.jsonl")[:count]]
        kept.write_bytes(pickle.dumps([engine.find([preview(data / path)])[0] for path in paths]))
    found: list[list[FoundFace]] = pickle.loads(kept.read_bytes())
    return found


def crowded(library: Library, others: Sequence[Sequence[FoundFace]]) -> Library:
    """The library with the faces of ``others`` in it, each photo with an owner of its own."""
    flat = [(number, face) for number, faces in enumerate(others) for face in faces]
    first = int(library.photos.max()) + 1
    return Library(
        faces=[*library.faces, *(face for _, face in flat)],
        photos=np.concatenate([library.photos, np.array([first + number for number, _ in flat], np.int64)]),
        owner=[*library.owner, *(f"{STRANGER}{number}" for number, _ in flat)],
        truth=[*library.truth, *(None for _ in flat)],
        main=[*library.main, *(False for _ in flat)],
        missed=defaultdict(int, library.missed),
    )


def tell_strangers(library: Library, others: Sequence[Sequence[FoundFace]]) -> None:
    crowd = crowded(library, others)
    labels = group(crowd, np.arange(len(crowd.faces)))
    inside = sum(labels[at] >= 0 for at in range(len(library.faces), len(crowd.faces)))
    _tell("all among strangers", judge(crowd, crowd.persons))
    print(f"{inside} of {len(crowd.faces) - len(library.faces)} strangers are in a group")


def group(library: Library, places: NDArray[np.int64]) -> dict[int, int]:
    """The number of the group of each face at ``places``; a face in none has one of its own, below zero."""
    faces = [clustering.Face(int(at), int(library.photos[at]), library.faces[at].quality) for at in places]
    vectors = library.vectors[places]
    edges = [(int(places[one]), int(places[other])) for one, other in neighbours(vectors)]
    labels = {int(at): -1 - int(at) for at in places}
    for number, found in enumerate(clustering.group(faces, vectors, edges)):
        labels |= dict.fromkeys(found.faces, number)
    return labels


def bcubed(labels: Sequence[int], truth: Sequence[str]) -> Figures:
    """Precision, recall and their harmonic mean."""
    same = np.equal.outer(labels, labels)
    right = same & np.equal.outer(np.array(truth), np.array(truth))
    precision = float((right.sum(axis=1) / same.sum(axis=1)).mean())
    recall = float((right.sum(axis=1) / np.equal.outer(np.array(truth), np.array(truth)).sum(axis=1)).mean())
    return precision, recall, 2 * precision * recall / (precision + recall)


def judge(library: Library, persons: Sequence[str], chance: np.random.Generator | None = None) -> Figures:
    """The figures for the photos of ``persons``; with ``chance`` their faces come in another order."""
    places = library.of(persons)
    if chance is not None:
        places = chance.permutation(places)
    labels = group(library, places)
    main = [int(at) for at in places if library.main[at]]
    missed = [(name, number) for name in persons for number in range(library.missed[name])]
    numbers = [labels[at] for at in main] + [-1_000_000 - at for at in range(len(missed))]
    return bcubed(numbers, [str(library.truth[at]) for at in main] + [name for name, _ in missed])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--engine", default=registry.DEFAULT)
    parser.add_argument("--strangers", type=int, default=0, metavar="N")
    asked = parser.parse_args()
    engine = registry.engine(asked.engine, ExtractorOptions(models=asked.cache))
    library = read_library(asked.data, engine, asked.cache)
    print(f"{len(library.faces)} faces, {sum(library.main)} main ones, {sum(library.missed.values())} photos missed")
    chance = np.random.default_rng(0)
    _tell("all persons", judge(library, library.persons))
    _tell("the four", judge(library, HARD))
    drawn = [
        chance.choice(library.persons, chance.integers(FEWEST, MOST + 1), replace=False).tolist() for _ in range(SETS)
    ]
    figures = [judge(library, persons) for persons in drawn]
    _tell(f"{SETS} sets, mean", tuple(np.mean(figures, axis=0)))
    _tell(f"{SETS} sets, worst", tuple(np.min(figures, axis=0)))
    for order in range(3):
        _tell(f"all persons, order {order + 1}", judge(library, library.persons, np.random.default_rng(order)))
    if asked.strangers:
        tell_strangers(library, strangers(asked.data, engine, asked.cache, asked.strangers))


def _tell(what: str, figures: Sequence[float]) -> None:
    print(f"{what:24} precision {figures[0]:.3f}  recall {figures[1]:.3f}  F1 {figures[2]:.3f}")


if __name__ == "__main__":
    main()
