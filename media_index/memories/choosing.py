"""Which of many photos one would like to see again. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

ONE_SHOT = timedelta(minutes=3)
"""Photos nearer to each other show the same; one of them is enough. A little more than what search stacks."""
LEAST_PIXELS = 500_000
"""Smaller pictures are mostly what messengers passed on."""
FAVOURITE, STAR, FACES, TOLD, MOVING, SMALL = 4.0, 1.5, 1.0, 1.0, 0.5, -2.0
"""What speaks for and against a photo. A favourite outweighs all that a machine can say; each star above three adds,
each below takes away; then people in it, and that somebody gave it a title or a caption. Chosen by hand: nobody has
said yet which memories they like."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A photo or a video as far as it matters here."""

    media: int
    taken_at: datetime
    favourite: bool = False
    rating: int | None = None
    faces: bool = False
    told: bool = False
    moving: bool = False
    pixels: int | None = None

    @property
    def score(self) -> float:
        found = FAVOURITE * self.favourite + FACES * self.faces + TOLD * self.told + MOVING * self.moving
        if self.rating is not None:
            found += STAR * (self.rating - 3)
        if self.pixels is not None and self.pixels < LEAST_PIXELS:
            found += SMALL
        return found


def best(candidates: Sequence[Candidate], most: int) -> list[Candidate]:
    """The best ones in the order of time, no two of one shot, and spread: of two that are as good, that which is
    farther from all chosen before."""
    left = sorted(candidates, key=lambda one: (-one.score, one.taken_at, one.media))
    apart = dict.fromkeys((one.media for one in left), timedelta.max)
    chosen: list[Candidate] = []
    while left and len(chosen) < most:
        equal = [one for one in left if one.score == left[0].score]
        pick = max(equal, key=lambda one: apart[one.media]) if chosen else equal[len(equal) // 2]
        chosen.append(pick)
        left = [one for one in left if one is not pick and abs(one.taken_at - pick.taken_at) >= ONE_SHOT]
        for one in left:
            apart[one.media] = min(apart[one.media], abs(one.taken_at - pick.taken_at))
    return sorted(chosen, key=lambda one: (one.taken_at, one.media))


def cover(chosen: Sequence[Candidate]) -> Candidate:
    """The one that stands for all."""
    return max(chosen, key=lambda one: (one.score, -chosen.index(one)))
