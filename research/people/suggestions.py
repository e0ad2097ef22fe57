"""How well faces are suggested once one face of each person is confirmed, and how many questions name nearly all.

    python -m research.people.suggestions DATA CACHE

1. *Curve*: of each of the four persons of :data:`HARD` one face is confirmed, the middle one of her largest group, as
   the pages offer it first. Every other face in their photos is compared with what is then known (the group takes the
   name); in a photo each person is suggested once at most. A suggestion of somebody who is not on that face is wrong.
2. *Questions*: until 95 of 100 of the main faces are named, asked best first and by chance. "Who is this group?" and
   "who is this?" name what is asked about, "is this she?" costs a question also where it is not. Strangers are asked
   about as well: nothing tells them from friends.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from media_index.extractors.base import ExtractorOptions
from people.engines import registry
from people.faces import matching
from people.faces.clustering import LOWEST_SIMILARITY
from research.people.data import HARD, Library, read_library
from research.people.groups import group

NAMED = 0.95
UNKNOWN = 0.3
"""What asking who a single face is promises: it may be a stranger."""
DRAWS = 20
CONFIDENCES = (0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0)


class Household:
    """What is known of the faces at ``places`` while somebody answers."""

    def __init__(self, library: Library, persons: Sequence[str]) -> None:
        self.library = library
        self.persons = list(persons)
        self.places = library.of(persons)
        self.labels = group(library, self.places)
        vectors = library.vectors[self.places]
        self.likeness: NDArray[np.float32] = vectors @ vectors.T
        self.row = {int(at): row for row, at in enumerate(self.places)}
        self.known: dict[int, str] = {}
        self.refused: defaultdict[int, set[str]] = defaultdict(set)

    def truth(self, at: int) -> str | None:
        name = self.library.truth[at]
        return name if name in self.persons else None

    def members(self, at: int) -> list[int]:
        return [other for other, label in self.labels.items() if label == self.labels[at]]

    def matches(self, at: int) -> list[tuple[str, float]]:
        """Who the face may be, with what confidence, the likeliest first."""
        photo = self.library.photos[at]
        there = {name for other, name in self.known.items() if self.library.photos[other] == photo}
        near = [
            (self.persons.index(name), float(self.likeness[self.row[at], self.row[other]]))
            for other, name in self.known.items()
            if self.likeness[self.row[at], self.row[other]] >= LOWEST_SIMILARITY
        ]
        impossible = {self.persons.index(name) for name in there | self.refused[at]}
        counts = Counter(map(self.persons.index, self.known.values()))
        found = matching.matches(near, impossible, counts)
        return [(self.persons[match.person], match.confidence) for match in found]


def seeds(house: Household) -> list[int]:
    """For each person the middle face of the group that holds most of her."""
    chosen = []
    for person in house.persons:
        own = [int(at) for at in house.places if house.truth(int(at)) == person]
        label = Counter(house.labels[at] for at in own).most_common(1)[0][0]
        there = [at for at in own if house.labels[at] == label]
        rows = [house.row[at] for at in there]
        chosen.append(there[int(np.argmax(house.likeness[np.ix_(rows, rows)].mean(axis=1)))])
    return chosen


def curve(library: Library) -> list[tuple[float, float, float]]:
    """Confidence, precision and recall."""
    house = Household(library, HARD)
    first = seeds(house)
    for at, person in zip(first, house.persons, strict=True):
        house.known |= dict.fromkeys(house.members(at), person)
    named = dict(house.known)
    offers = []
    for at in map(int, house.places):
        if at in first:
            continue
        house.known = {other: name for other, name in named.items() if other != at}
        offers += [(confidence, at, name) for name, confidence in house.matches(at)[:1]]
    taken: set[tuple[int, str]] = set()
    right: list[tuple[float, bool]] = []
    for confidence, at, name in sorted(offers, reverse=True):
        if (int(library.photos[at]), name) not in taken:
            taken.add((int(library.photos[at]), name))
            right.append((confidence, house.truth(at) == name))
    total = sum(house.truth(int(at)) is not None for at in house.places) - len(first)
    points = []
    for least in CONFIDENCES:
        some = [good for confidence, good in right if confidence >= least]
        points.append((least, sum(some) / max(len(some), 1), sum(some) / total))
    return points


def questions(library: Library, persons: Sequence[str], chance: np.random.Generator | None) -> tuple[int, int]:
    """How many questions name :data:`NAMED` of the main faces, and how many these are; best first, or by chance."""
    house = Household(library, persons)
    wanted = {int(at) for at in house.places if library.main[int(at)]}
    asked = 0
    done: set[int] = set()
    while sum(at in house.known for at in wanted) < NAMED * len(wanted):
        question = _next(house, done, chance)
        asked += 1
        _answer(house, question, done)
    return asked, len(wanted)


def _next(house: Household, done: set[int], chance: np.random.Generator | None) -> matching.Question:
    open_faces = [int(at) for at in house.places if int(at) not in done]
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for at in open_faces:
        groups[house.labels[at]].append(at)
    if chance is not None:
        at = open_faces[chance.integers(len(open_faces))]
        return matching.Question((at,), confidence=UNKNOWN)
    asked = []
    for members in groups.values():
        if len(members) > 1:
            asked.append(matching.Question(tuple(members)))
            continue
        found = house.matches(members[0])[:1]
        sure = UNKNOWN * house.library.faces[members[0]].quality
        if found and found[0][1] > sure:
            asked.append(matching.Question(tuple(members), house.persons.index(found[0][0]), found[0][1]))
        else:
            asked.append(matching.Question(tuple(members), confidence=sure))
    return matching.best_first(asked)[0]


def _answer(house: Household, question: matching.Question, done: set[int]) -> None:
    """What somebody who knows everybody says; a group takes the name of most of its faces."""
    if question.person is not None:
        (at,) = question.faces
        name = house.persons[question.person]
        if house.truth(at) == name:
            house.known[at] = name
            done.add(at)
        else:
            house.refused[at].add(name)
        return
    name_or_none = Counter(house.truth(at) for at in question.faces).most_common(1)[0][0]
    for at in question.faces:
        if house.truth(at) != name_or_none:
            house.labels[at] = -1 - at
            continue
        done.add(at)
        if name_or_none is not None:
            house.known[at] = name_or_none


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("cache", type=Path)
    asked = parser.parse_args()
    engine = registry.engine(registry.DEFAULT, ExtractorOptions(models=asked.cache))
    library = read_library(asked.data, engine, asked.cache)
    for least, precision, recall in curve(library):
        print(f"confidence {least:.2f} and more: precision {precision:.3f}  recall {recall:.3f}")
    for what, persons in (("the four", list(HARD)), ("all persons", library.persons)):
        best, faces = questions(library, persons, None)
        random = [questions(library, persons, np.random.default_rng(draw))[0] for draw in range(DRAWS)]
        print(f"{what}: {faces} main faces; best first {best} questions, by chance {np.mean(random):.0f}")


if __name__ == "__main__":
    main()
