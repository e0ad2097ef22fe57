"""Near-identical shots of a result as one stack. Pure.

A burst, a photo and its copy in another size, the three tries at one group picture: whoever searches wants to see it
once. Two hits are one scene where their vectors are nearly equal *and* they were taken within minutes of each other, or
have exactly the same size in pixels; the vector alone would join this year's Christmas tree with last year's. What lies
on one stack of the library is one in any case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

SAME_SHOT = 0.95
"""Cosine from which on two pictures that were taken one after the other are two takes: 87 % of second takes reach it,
and 8 % of the pairs of unlike photos that are the hardest to tell apart (research/search/shots.py)."""
SAME_COPY = 0.98
"""The same where nobody knows that they were taken one after the other: none of those hardest pairs reaches it, and 55
% of second takes."""
NEAR_IN_TIME = timedelta(minutes=2)
"""Posing again takes no longer; the next scene of a party may."""

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """What is known of a hit: its vector ``(d,)`` of length 1, when it was taken (wall time), in pixels its width and
    height, and the stack of the library that it lies on."""

    vector: Vectors
    taken_at: datetime
    size: tuple[int, int] | None = None
    stack: int | None = None


def stacks(ranked: Sequence[int], shots: Mapping[int, Shot]) -> dict[int, tuple[int, ...]]:
    """The hits of ``ranked`` (ids, best first) by the best of each stack, in their order; most stacks are of one.

    Each joins the first stack whose best it goes with, so that a chain of small changes does not join what differs. A
    hit without a shot (no vector yet) stays by itself. Quadratic in the number of hits: 500 take some milliseconds.
    """
    known = [one for one in ranked if one in shots]
    cosines = _cosines([shots[one].vector for one in known])
    place = {one: at for at, one in enumerate(known)}
    found: dict[int, list[int]] = {}
    for one in ranked:
        leader = None
        if one in place:
            row = cosines[place[one]]
            leader = next(
                (top for top in found if top in place and _one_scene(shots[top], shots[one], row[place[top]])), None
            )
        if leader is None:
            found[one] = [one]
        else:
            found[leader].append(one)
    return {leader: tuple(members) for leader, members in found.items()}


def _cosines(vectors: Sequence[Vectors]) -> Vectors:
    if not vectors:
        return np.empty((0, 0), np.float32)
    rows = np.stack(vectors)
    product: Vectors = rows @ rows.T
    return product


def _one_scene(one: Shot, other: Shot, cosine: float) -> bool:
    if one.stack is not None and one.stack == other.stack:
        return True
    if cosine < SAME_SHOT:
        return False
    if abs(one.taken_at - other.taken_at) <= NEAR_IN_TIME:
        return True
    return cosine >= SAME_COPY and one.size is not None and one.size == other.size
