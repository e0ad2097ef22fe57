"""How often search is right about "nothing here matches", of 100 queries for what is there and 100 for what is not.

    python -m research.search.no_match DATA CACHE --models FOLDER

Asked of ``dev`` with the words that no threshold was fitted to. 50 of what is not there are near misses: the photos
that show it are taken out, and what is like it stays ("a zebra" among horses). 50 are names of things that are in no
photo of everyday life. The thresholds were fitted on ``train`` (research/bundled/relevance.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from media_index.search.ranking import Ranked, best_first, parted
from media_index.search.words.wording import Wording
from research.bundled import words
from research.bundled.data import Photo
from research.search.gallery import Case, Gallery, World, arguments, world

COUNT = 100
ALIEN = (
    "accordion anchor beaver bonsai brontosaurus cannon cougar crab crocodile dragonfly euphonium flamingo gerenuk "
    "helicopter kangaroo leopard llama lotus mayfly metronome nautilus okapi panda pyramid rhino saxophone starfish "
    "sunflower trilobite wheelchair volcano submarine igloo chimpanzee walrus octopus jellyfish harp bagpipes "
    "telescope windmill cactus hedgehog tractor lighthouse skeleton astronaut parachute waterfall hammock"
)
"""Fifty things that no caption names; some are classes of Caltech-101, which nothing was fitted to."""
Answers = Callable[[Case], bool]


def there(given: World) -> list[Case]:
    """What is there: words with at least one photo, and captions, half and half."""
    names = words.WORDS[1::2]
    said = [case for case in given.word_cases(given.dev, names) if case.text.startswith("a photo of ")]
    captions = [case for number, case in enumerate(given.caption_cases(given.dev)) if number % 5 == 0]
    drawn = np.random.default_rng(0)
    half = COUNT // 2
    return [said[one] for one in drawn.permutation(len(said))[:half]] + [
        captions[one] for one in drawn.permutation(len(captions))[: COUNT - min(half, len(said))]
    ]


def near_misses(given: World) -> list[Case]:
    """Words whose own photos are taken out; those of nearly all photos are not asked."""
    here = given.here(given.dev)
    cases = []
    for template in reversed(words.TEMPLATES):
        for word in words.WORDS[1::2]:
            found = words.mentions(here, word)
            if word not in words.BROAD and (found > 1).any():
                cases.append(_without(given, template.format(word.replace("-", " ")), found == 0))
    return cases[: COUNT // 2]


def aliens(given: World) -> list[Case]:
    """What is in no photo at all."""
    here: Sequence[Photo] = given.here(given.dev)
    return [
        _without(given, f"a photo of a {word}", words.mentions(here, word) == 0) for word in ALIEN.split()[: COUNT // 2]
    ]


def _without(given: World, text: str, is_kept: np.ndarray) -> Case:
    places = given.dev[is_kept]
    return Case(text, given.vector(text), places, np.zeros(len(places), dtype=bool))


def as_search(gallery: Gallery, case: Case) -> bool:
    """Whether search gives any match."""
    level = gallery.calibration.level(case.vector)
    ranked: list[Ranked] = best_first(gallery.candidates(case), [Wording.of(case.text)])
    return bool(parted(ranked, gallery.relevance, level)[0])


def by_vectors(gallery: Gallery, case: Case) -> bool:
    level = gallery.calibration.level(case.vector)
    return gallery.relevance.probability(float(gallery.similarities(case).max()) - level) >= gallery.relevance.threshold


def main() -> None:
    """Print the table in Markdown."""
    given = world(arguments(__doc__))
    asked = {"there": there(given), "near misses": near_misses(given), "not of this world": aliens(given)}
    print(", ".join(f"{name}: {len(cases)}" for name, cases in asked.items()))
    print("| | answered | silent at near misses | silent at the rest | precision | recall |\n|---|---|---|---|---|---|")
    for name, way in (("vectors alone", by_vectors), ("as search does", as_search)):
        found = {kind: [way(given.photos, case) for case in cases] for kind, cases in asked.items()}
        answered = sum(found["there"])
        silent = [not one for kind in ("near misses", "not of this world") for one in found[kind]]
        precision = sum(silent) / max(sum(silent) + len(found["there"]) - answered, 1)
        shares = [answered / len(found["there"]), 1 - np.mean(found["near misses"])]
        shares += [1 - np.mean(found["not of this world"]), precision, np.mean(silent)]
        print(f"| {name} | " + " | ".join(f"{share:.3f}" for share in shares) + " |")


if __name__ == "__main__":
    main()
