"""How often search is right to say "nothing here matches", and how far its probabilities can be trusted.

    python -m research.bundled.silence DATA CACHE --models FOLDER --weights FILE [--conse]

Asks the photos of ``dev``, with words that were not used in fitting and with captions; the vectors are made by a head
that was fitted to ``train`` only.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from media_index.encoders import calibrations
from media_index.encoders.base import Vectors
from media_index.search.vectors.calibration import Calibration, Relevance
from research.bundled import decisions
from research.bundled.data import dev_photos
from research.bundled.relevance import Study, cases_of, study, top

NEAR_MISSES = {
    "a zebra": ("horse", "giraffe", "cow"),
    "a horse": ("zebra", "cow", "dog"),
    "an apple": ("orange", "banana"),
    "a bus": ("truck", "car", "train"),
    "a snowboard": ("skis", "skateboard", "surfboard"),
    "a cat": ("dog",),
    "a laptop": ("television", "computer", "keyboard"),
    "a bicycle": ("motorcycle",),
    "an airplane": ("kite", "bird"),
    "a pizza": ("cake", "sandwich"),
}
"""Queries, with what is still in the gallery that could be taken for it."""


def rows(given: Study, calibration: Calibration, relevance: Relevance) -> list[str]:
    """The table in Markdown: by kind of query."""
    library = dev_photos(given.photos)
    stored = calibration.extend(given.held_out)
    cases = cases_of(given, library, fitting=False)
    result = [
        "| queries | cases | answered | silence | precision of silence | matches right | right ones shown |",
        "|---" * 7 + "|",
    ]
    for kind in ("word", "caption"):
        some = [case for case in cases if case.kind == kind]
        best, answers = decisions.best_of(some, calibration, stored)
        said = np.array([relevance.probability(one) for one in best])
        decided = decisions.decide(said, answers, relevance.threshold)
        precision, recall = _lists(some, calibration, relevance, stored)
        result.append(f"| {kind} | {len(some)} | {decided} | {precision:.3f} | {recall:.3f} |")
    found = [top(case, calibration, stored) for case in cases]
    said = np.array([relevance.probability(float(one)) for scores, _ in found for one in scores])
    error = decisions.reliability(said, np.concatenate([fits for _, fits in found]))
    result.append(f"\nExpected calibration error over the first {decisions.DEPTH} of each: {error:.3f}")
    return result


def _lists(
    cases: Sequence[decisions.Case], calibration: Calibration, relevance: Relevance, stored: Vectors
) -> tuple[float, float]:
    """Of the photos shown as matches the share that fits, and of those that fit the share shown; means over queries
    that have an answer."""
    precisions, recalls = [], []
    for case in cases:
        if case.relevant.any():
            given = decisions.shown(case, calibration, relevance, stored)
            recalls.append(given[case.relevant].mean())
            if given.any():
                precisions.append(case.relevant[given].mean())
    return float(np.mean(precisions)), float(np.mean(recalls))


def near_misses(given: Study, calibration: Calibration, relevance: Relevance) -> list[str]:
    """For each query about what is not there: how probable the best photo seems, and whether search is silent."""
    from research.bundled import words

    stored = calibration.extend(given.held_out)
    library = dev_photos(given.photos)
    here = [given.photos[place] for place in library]
    result = []
    for query, alike in NEAR_MISSES.items():
        without = np.asarray(library)[words.mentions(here, query.split(maxsplit=1)[1]) == 0]
        case = decisions.Case(given.text.encode([query])[0], without, np.zeros(len(without), bool), "word")
        probability = relevance.probability(float(decisions.scores(case, calibration, stored).max()))
        verdict = "silent" if probability < relevance.threshold else "answers"
        there = sum(bool((words.mentions(here, word) > 1).sum()) for word in alike)
        result.append(f"{query} (there are {there} of {', '.join(alike)}): {probability:.2f}, {verdict}")
    return result


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--models", type=Path, required=True, help="folder of the exported networks, made if missing")
    parser.add_argument("--weights", type=Path, required=True, help="a file with a calibration")
    parser.add_argument("--conse", action="store_true", help="it is that of the encoder without a head")
    arguments = parser.parse_args()
    calibration = calibrations.read(arguments.weights)
    if calibration.relevance is None:
        parser.error(f"{arguments.weights} tells nothing of relevance")
    given = study(arguments.data, arguments.cache, arguments.models, conse=arguments.conse)
    print(
        "\n".join(
            [*rows(given, calibration, calibration.relevance), *near_misses(given, calibration, calibration.relevance)]
        )
    )


if __name__ == "__main__":
    main()
