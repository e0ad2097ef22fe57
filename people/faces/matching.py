"""Who a face may be, judged by the known faces of each person near to it, and what is best asked first. Pure."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

NEAREST = 8
"""So many of a person's known faces have a say, the most alike first. Several, so that one face that was confirmed by
mistake does not speak for the whole person; not all, as a child of two and one of nine look different."""
AWAY = 0.89
"""How alike a face is taken to be that is not among the neighbours: a little less than the least alike of these."""
EVEN = 0.933
"""At this likeness a suggestion is as likely right as wrong, among strangers (``docs/people.md``)."""
STEP = 0.008
"""How much more alike makes it e times as likely to be right as wrong; fitted to the same faces. From a
confidence of 0.6 on 98 of 100 suggestions were right."""


@dataclass(frozen=True, slots=True)
class Match:
    """``confidence`` (0 to 1) is the chance that a face shows ``person``."""

    person: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask about ``faces``: whether they are ``person`` (with what ``confidence``), or who they are if that
    is None."""

    faces: tuple[int, ...]
    person: int | None = None
    confidence: float = 1.0


def matches(
    near: Iterable[tuple[int, float]],
    impossible: Collection[int] = (),
    known: Mapping[int, int] | None = None,
) -> list[Match]:
    """Who a face may be, the likeliest first.

    ``near`` are the known faces near to it: each a person and a likeness (inner product of unit vectors). Whoever is in
    ``impossible`` is left out: rejected, in the photo already, or not born yet. ``known`` tells how many faces of each
    person have a name: those that are not near speak against it. Without it only the near ones have a say.
    """
    by_person: defaultdict[int, list[float]] = defaultdict(list)
    for person, likeness in near:
        if person not in impossible:
            by_person[person].append(likeness)
    for person, several in by_person.items():
        several += [AWAY] * (min(NEAREST, (known or {}).get(person, 0)) - len(several))
    found = [Match(person, confidence(several)) for person, several in by_person.items()]
    return sorted(found, key=lambda match: (-match.confidence, match.person))


def confidence(likeness: Sequence[float]) -> float:
    """How likely a face is a person to whose known faces it has this ``likeness``; :class:`ValueError` if to none."""
    if not likeness:
        raise ValueError("no face of the person is known")
    most = sorted(likeness, reverse=True)[:NEAREST]
    return 1 / (1 + math.exp((EVEN - math.fsum(most) / len(most)) / STEP))


def best_first(questions: Iterable[Question]) -> list[Question]:
    """The questions whose answer names most faces first: of a whole group all, of a guess as many as it is likely to.

    Among those that promise as much the surest comes first, then the lowest face.
    """
    return sorted(questions, key=lambda asked: (-len(asked.faces) * asked.confidence, -asked.confidence, asked.faces))
