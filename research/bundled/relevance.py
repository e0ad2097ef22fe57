"""Calibrates an encoder: its bank, its references, and when a score means a match.

    python -m research.bundled.relevance DATA CACHE --models FOLDER --head FILE --into FILE
    python -m research.bundled.relevance DATA CACHE --models FOLDER --conse --into FILE

Everything is fitted on the split ``train``: vectors are made by heads that were not trained on the photo (four folds),
half of the photos serve as references and the other half as the library, then the other way round, and only every
second word is asked; :mod:`research.bundled.silence` asks the rest of ``dev``.
A head's file is written anew with what is found.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save_file

from media_index.encoders import bundle as bundles
from media_index.encoders import calibrations
from media_index.encoders.base import Vectors
from media_index.encoders.bundled import apply_head
from media_index.encoders.conse import combine
from media_index.encoders.minilm import MiniLM
from media_index.search.vectors.calibration import Calibration, Relevance
from research.bundled import captions, decisions, features, words
from research.bundled.bank import NEIGHBOURS, WEIGHT, bank, medoids
from research.bundled.data import Photo, read_photos, training_photos
from research.bundled.evaluate import class_queries
from research.bundled.train import Recipe, lesson, train

TEXTS = 256
"""Captions that are written down for encoders which are not ours."""
REFERENCES = 500
LEVEL_NEIGHBOURS = 3
LOWEST = 0.25
"""Share of the queries whose level is taken to be higher than it is. Without it, search was silent for a quarter of the
things that are in no photo of everyday life (a trilobite, a saxophone), with it for three quarters."""
ANSWERED = 0.9
"""Share of the fitted queries with something to find that get results. People mostly search for what they have: a photo
that is there and is not shown costs more than some that nobody meant. A bar that balances both hides three in ten."""
CUT = 0.25
"""Where matches end, as a share of the balanced bar: where words had the best F1 of photos shown (0.47 on ``train``;
0.31 with that bar itself, which shows only a fifth of what fits). What comes late in a ranked list costs little."""
FOLDS = 4
STEPS = 100


@dataclass(frozen=True)
class Study:
    """What calibrating needs: the photos, their captions, and vectors that no head was trained on (``held_out``)."""

    photos: list[Photo]
    said: captions.Captions
    train: list[int]
    held_out: Vectors
    text: MiniLM
    files: bundles.Bundle

    def queries(self, fitting: bool) -> dict[str, Vectors]:
        """Every second word to fit by, the others to judge by."""
        return {word: self.text.encode(words.asked(word)) for word in words.WORDS[0 if fitting else 1 :: 2]}

    def first_captions(self, places: list[int]) -> Vectors:
        first = [int(np.flatnonzero(self.said.owners == place)[0]) for place in places]
        return self.said.vectors[first]


def study(data: Path, cache: Path, models: Path, *, conse: bool) -> Study:
    """Read and compute all of it."""
    photos, files = read_photos(data), bundles.ensure(models)
    said = captions.cached(data, cache, models)
    known = training_photos(photos, everything=False)
    seen = features.cached(data, cache, "photos", "plain", models)
    classes = np.load(files.class_vectors, allow_pickle=False)
    if conse:
        held_out = combine(seen.probabilities, classes)
    else:
        views = [features.cached(data, cache, "photos", view, models) for view in Recipe().views]
        held_out = _held_out(views, known, said, seen, classes)
    return Study(photos, said, known, held_out, MiniLM(files, threads=0), files)


def _held_out(
    views: list[features.Features],
    known: list[int],
    said: captions.Captions,
    seen: features.Features,
    classes: Vectors,
) -> Vectors:
    """Each photo of ``train`` by a head trained on three quarters of the others, of ``dev`` by one trained on all."""
    vectors = np.zeros((len(seen.paths), classes.shape[1]), dtype=np.float32)
    shuffled = np.random.default_rng(0).permutation(known)
    rest = sorted(set(range(len(seen.paths))) - set(known))
    for left in [*np.array_split(shuffled, FOLDS), np.array([], dtype=int)]:
        head = train(lesson(views, said, sorted(set(known) - set(left.tolist()))), Recipe())
        asked = left.tolist() or rest
        vectors[asked] = apply_head(head, seen.vectors[asked], seen.probabilities[asked], classes)
    return vectors


def fit(scores: NDArray[np.float64], fits: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and intercept of a logistic curve, by Newton's method."""
    inputs = np.column_stack([scores, np.ones_like(scores)])
    weights = np.zeros(2)
    for _ in range(STEPS):
        said = 1 / (1 + np.exp(-(inputs @ weights)))
        slopes = inputs.T @ (said - fits)
        curve = (inputs * (said * (1 - said))[:, None]).T @ inputs + 1e-9 * np.eye(2)
        step = np.linalg.solve(curve, slopes)
        weights -= step
        if np.abs(step).max() < 1e-9:
            break
    return float(weights[0]), float(weights[1])


def calibrate(given: Study, bank: Vectors, neighbours: int, weight: float) -> Calibration:
    """The whole calibration."""
    shuffled = np.random.default_rng(1).permutation(given.train)
    halves = np.array_split(shuffled, 2)
    found: list[tuple[NDArray[np.float64], NDArray[np.bool_]]] = []
    best: list[tuple[NDArray[np.float64], NDArray[np.bool_]]] = []
    for library, others in (halves, halves[::-1]):
        draft = _with_lowest(
            Calibration(bank, neighbours, weight, given.held_out[others[:REFERENCES]], LEVEL_NEIGHBOURS), given
        )
        stored = draft.extend(given.held_out)
        cases = cases_of(given, library.tolist(), fitting=True)
        found += [top(case, draft, stored) for case in cases]
        best.append(decisions.best_of(cases, draft, stored))
    slope, intercept = fit(*(np.concatenate([one[part] for one in found]) for part in (0, 1)))
    bests, answers = (np.concatenate([one[part] for one in best]) for part in (0, 1))
    balanced = max(
        np.quantile(bests, np.linspace(0.05, 0.95, 91)), key=lambda bar: decisions.decide(bests, answers, bar).balanced
    )
    curve = Relevance(slope, intercept, 0.5, 0.5)
    threshold = curve.probability(float(np.quantile(bests[answers], 1 - ANSWERED)))
    references = given.held_out[shuffled[:REFERENCES]]
    relevance = replace(curve, threshold=threshold, cut=CUT * curve.probability(float(balanced)))
    whole = Calibration(bank, neighbours, weight, references, LEVEL_NEIGHBOURS, relevance=relevance)
    return _with_lowest(whole, given)


def _with_lowest(calibration: Calibration, given: Study) -> Calibration:
    """The lower one of what words and what captions give."""
    words_asked = np.concatenate(list(given.queries(fitting=True).values()))
    levels = [[calibration.level(one) for one in some] for some in (words_asked, given.first_captions(given.train))]
    return replace(calibration, lowest_level=min(float(np.quantile(some, LOWEST)) for some in levels))


def cases_of(given: Study, library: list[int], *, fitting: bool) -> list[decisions.Case]:
    """All cases of a library."""
    asked = decisions.word_cases(given.photos, library, given.queries(fitting))
    return asked + decisions.caption_cases(given.photos, library, given.first_captions(library))


def top(
    case: decisions.Case, calibration: Calibration, stored: Vectors
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Score and truth of the first results of a case."""
    given = decisions.scores(case, calibration, stored).astype(np.float64)
    order = np.argsort(-given)[: decisions.DEPTH]
    return given[order], case.relevant[order]


def write(calibration: Calibration, head: Path | None, into: Path) -> None:
    """The file of weights, with all that ``head`` holds beside the calibration."""
    tensors: dict[str, NDArray[np.floating]] = {}
    about: dict[str, str] = {}
    if head:
        with safe_open(head, framework="numpy") as kept:
            tensors = {name: kept.get_tensor(name) for name in set(kept.keys()) - calibrations.TENSORS}
            about = dict(kept.metadata() or {})
    assert calibration.references is not None and calibration.relevance is not None
    tensors |= {"bank": calibration.bank.astype(np.float16), "references": calibration.references.astype(np.float16)}
    relevance = calibration.relevance
    about |= {
        "bank_neighbours": str(calibration.neighbours),
        "bank_weight": str(calibration.weight),
        "reference_neighbours": str(calibration.level_neighbours),
        "lowest_level": f"{calibration.lowest_level:.5f}",
        "probability_slope": f"{relevance.slope:.5f}",
        "probability_intercept": f"{relevance.intercept:.5f}",
        "threshold": f"{relevance.threshold:.5f}",
        "cut": f"{relevance.cut:.5f}",
    }
    save_file(tensors, into, metadata=about)
    into.chmod(0o644)


def main() -> None:
    """Calibrate and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--models", type=Path, required=True, help="folder of the exported networks, made if missing")
    parser.add_argument("--into", type=Path, required=True, help="the file to write")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--head", type=Path, help="weights by research.bundled.train --all")
    which.add_argument("--conse", action="store_true", help="the encoder without a head")
    parser.add_argument("--texts", type=Path, help="also write the captions of the bank here, one a line")
    arguments = parser.parse_args()
    given = study(arguments.data, arguments.cache, arguments.models, conse=arguments.conse)
    own = given.said.of(given.train).vectors
    if arguments.texts:
        texts = [caption for place in given.train for caption in given.photos[place].captions]
        lines = sorted({" ".join(texts[place].split()) for place in medoids(own, TEXTS).tolist()})
        arguments.texts.write_text("\n".join(lines) + "\n", encoding="utf-8")
    chosen = bank(own, class_queries(given.files, given.text))
    result = calibrate(given, chosen, NEIGHBOURS, WEIGHT)
    write(result, arguments.head, arguments.into)
    print(f"{arguments.into}: {len(chosen)} texts, {result.relevance}")


if __name__ == "__main__":
    main()
