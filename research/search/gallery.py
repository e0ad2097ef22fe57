"""The photos and things that ranking is judged on: vectors that no head was fitted to, labels as stored, words.

Vectors of ``train`` come from four heads fitted to the other photos of it, those of ``dev`` and of the things from one
fitted to all of ``train``; the calibration that is shipped knows captions and photos of ``train`` only. What is fitted
on ``train`` leaves out the photos that serve the calibration as references.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from media_index.encoders import calibrations
from media_index.encoders.base import Vectors
from media_index.encoders.bundled import WEIGHTS, apply_head
from media_index.extractors.labels import MINIMUM, MOST
from media_index.search.ranking import Candidate
from media_index.search.vectors.calibration import Calibration, Relevance
from research.bundled import features, words
from research.bundled.data import Photo, dev_photos, read_things
from research.bundled.relevance import REFERENCES, Study, study
from research.bundled.train import Recipe, lesson, train

Labels = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Case:
    """A query with its vector, the ``places`` in a :class:`Gallery` that are asked, and which of them fit (a mask)."""

    text: str
    vector: Vectors
    places: NDArray[np.int64]
    fits: NDArray[np.bool_]


@dataclass(frozen=True)
class Gallery:
    """Pictures with their stored vectors ``(n, d + 1)`` and labels."""

    stored: Vectors
    labels: list[Labels]
    calibration: Calibration

    @property
    def relevance(self) -> Relevance:
        assert self.calibration.relevance is not None
        return self.calibration.relevance

    def similarities(self, case: Case) -> NDArray[np.float32]:
        return self.stored[case.places] @ self.calibration.query(case.vector)

    def candidates(self, case: Case) -> list[Candidate]:
        """With positions in ``case.places`` for ids."""
        scores = self.similarities(case).tolist()
        return [
            Candidate(at, None, score, self.labels[place])
            for at, (place, score) in enumerate(zip(case.places.tolist(), scores, strict=True))
        ]


@dataclass(frozen=True)
class World:
    """All that is asked: ``photos`` with the study that made them, ``things`` with their kinds."""

    study: Study
    photos: Gallery
    things: Gallery
    kinds: tuple[str, ...]

    @property
    def dev(self) -> NDArray[np.int64]:
        return np.array(dev_photos(self.study.photos))

    @property
    def fitting(self) -> NDArray[np.int64]:
        """Photos of ``train`` that are no references (:func:`research.bundled.relevance.calibrate` draws these)."""
        return np.sort(np.random.default_rng(1).permutation(self.study.train)[REFERENCES:])

    def here(self, places: Sequence[int] | NDArray[np.int64]) -> list[Photo]:
        return [self.study.photos[place] for place in places]

    def word_cases(self, places: NDArray[np.int64], names: Sequence[str] = words.WORDS) -> Iterator[Case]:
        """Each word in three ways, of the photos that surely show it and those that surely do not."""
        here = self.here(places)
        for word in names:
            found = words.mentions(here, word)
            known = found != 1
            if (found > 1).any():
                for text in words.asked(word):
                    yield Case(text, self.vector(text), places[known], found[known] > 1)

    def thing_cases(self) -> Iterator[Case]:
        """Each kind of things in the same three ways."""
        kinds = np.array(self.kinds)
        every = np.arange(len(kinds))
        for kind in sorted(set(self.kinds)):
            name = kind.replace("_", " ").replace("-", " ").lower()
            for text in (template.format(name) for template in words.TEMPLATES):
                yield Case(text, self.vector(text), every, kinds == kind)

    def caption_cases(self, places: NDArray[np.int64]) -> Iterator[Case]:
        """Each caption, with its own photo as the one that fits."""
        texts = [caption for photo in self.study.photos for caption in photo.captions]
        for number in np.flatnonzero(np.isin(self.study.said.owners, places)).tolist():
            fits = places == self.study.said.owners[number]
            yield Case(texts[number], self.study.said.vectors[number], places, fits)

    def vector(self, text: str) -> Vectors:
        vector: Vectors = self.study.text.encode([text])[0]
        return vector


def world(arguments: argparse.Namespace) -> World:
    """Read and compute all of it."""
    where = (arguments.data, arguments.cache)
    given = study(*where, arguments.models, conse=False)
    calibration = calibrations.read(WEIGHTS)
    names = json.loads(given.files.class_names.read_text(encoding="utf-8"))
    seen = features.cached(*where, "photos", "plain", arguments.models)
    things = features.cached(*where, "objects", "plain", arguments.models)
    views = [features.cached(*where, "photos", view, arguments.models) for view in Recipe().views]
    head = train(lesson(views, given.said, given.train), Recipe())
    classes = np.load(given.files.class_vectors, allow_pickle=False)
    vectors = apply_head(head, things.vectors, things.probabilities, classes)
    return World(
        given,
        Gallery(calibration.extend(given.held_out), _labels(seen, names), calibration),
        Gallery(calibration.extend(vectors), _labels(things, names), calibration),
        tuple(thing.kind for thing in read_things(arguments.data)),
    )


def _labels(seen: features.Features, names: Sequence[str]) -> list[Labels]:
    """As :class:`media_index.extractors.labels.LabelsExtractor` keeps them."""
    kept = []
    for probabilities in seen.probabilities:
        top = np.argsort(-probabilities, kind="stable")[:MOST]
        kept.append(
            tuple((names[place], float(probabilities[place])) for place in top if probabilities[place] >= MINIMUM)
        )
    return kept


def arguments(about: str | None) -> argparse.Namespace:
    """Those of each of these commands."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--models", type=Path, required=True, help="folder of the exported networks, made if missing")
    return parser.parse_args()
