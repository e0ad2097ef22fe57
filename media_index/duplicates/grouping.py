"""From pairs that look alike to groups. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

ALIKE = 64
"""In so many bits of 256 copies may differ: no pair of 1,266,436 pairs of different photos is nearer than 73, and of
the copies that were cut by 5 % seven in eight are within it (research/duplicates/measure.py, docs/duplicates.md)."""
EXACT = 24
"""Within so many bits a copy was resized or recompressed, turned or given other colours, and hardly ever cut (of those
cut by 2 % three quarters are within it, by 5 % none). What is done for all copies at once is done within this."""

Pair = tuple[int, int]


def pair(one: int, other: int) -> Pair:
    """The lower id first."""
    return (one, other) if one < other else (other, one)


def groups(near: Iterable[tuple[int, int, int]], different: Collection[Pair]) -> list[tuple[int, ...]]:
    """The groups that pairs ``(one, other, distance)`` make, each ascending, in the order of their lowest ids.

    The nearest pairs join first, and two groups never join where any of the one and any of the other were said to be
    different: so what somebody told apart stays apart, whatever lies between.
    """
    told: dict[int, set[int]] = {}
    for one, other in different:
        told.setdefault(one, set()).add(other)
        told.setdefault(other, set()).add(one)
    of: dict[int, set[int]] = {}
    for one, other, _distance in sorted(near, key=lambda row: (row[2], row[0], row[1])):
        left, right = of.setdefault(one, {one}), of.setdefault(other, {other})
        if left is right or any(told.get(each, set()) & right for each in left):
            continue
        small, large = sorted((left, right), key=len)
        large |= small
        for each in small:
            of[each] = large
    unique = {id(members): members for members in of.values() if len(members) > 1}
    return sorted(tuple(sorted(members)) for members in unique.values())
