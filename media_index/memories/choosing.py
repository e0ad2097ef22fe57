"""Which of many photos one would like to see again. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import groupby, pairwise
from operator import itemgetter

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
    chosen: list[Candidate] = []
    ranked = sorted(((-one.score, one.taken_at, one.media, one) for one in candidates), key=itemgetter(0, 1, 2))
    for _, equal in groupby(ranked, key=itemgetter(0)):
        if len(chosen) < most:
            _spread([row[-1] for row in equal], chosen, most)
    return sorted(chosen, key=lambda one: (one.taken_at, one.media))


def _spread(equal: Sequence[Candidate], chosen: list[Candidate], most: int) -> None:
    """Adds to ``chosen``, until there are ``most``, of those in the order of time that are as good as each other.

    The farthest from all is in one of the gaps between chosen ones, where it is the nearest to the middle; the gap it
    is taken from becomes two. So of thousands of photos a few are looked at.
    """
    times = [one.taken_at for one in equal]
    if not chosen:
        chosen.append(equal[len(equal) // 2])
    ends = [None, *sorted(one.taken_at for one in chosen), None]
    gaps = [gap for left, right in pairwise(ends) if (gap := _farthest(times, left, right))]
    heapify(gaps)
    while gaps and len(chosen) < most:
        _, at, left, right = heappop(gaps)
        chosen.append(equal[at])
        for gap in (_farthest(times, left, times[at]), _farthest(times, times[at], right)):
            if gap:
                heappush(gaps, gap)


Gap = tuple[timedelta, int, datetime | None, datetime | None]
"""The least first: less how far the farthest is from both ends of the gap, where it stands, and these ends."""


def _farthest(times: Sequence[datetime], left: datetime | None, right: datetime | None) -> Gap | None:
    """Of these sorted times that which is farthest from both ends, None where all are of one shot with one of them. At
    most one end is None: nothing was chosen beyond. Of several the first."""
    begin = bisect_left(times, left + ONE_SHOT) if left else 0
    end = bisect_right(times, right - ONE_SHOT) if right else len(times)
    if begin >= end:
        return None
    if left and right:
        middle = bisect_left(times, left + (right - left) / 2, begin, end)
        near = [max(middle - 1, begin), min(middle, end - 1)]
    else:
        near = [begin if right else end - 1]

    def gap(at: int) -> Gap:
        apart = min(abs(times[at] - one) for one in (left, right) if one)
        return -apart, bisect_left(times, times[at]), left, right

    return min(map(gap, near), key=itemgetter(0, 1))


def cover(chosen: Sequence[Candidate]) -> Candidate:
    """The one that stands for all."""
    return max(chosen, key=lambda one: (one.score, -chosen.index(one)))
