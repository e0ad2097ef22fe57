"""The places of things in a row that somebody orders by hand. Pure.

Each has a number, and the row is in the order of these. To move one, it gets a number between those of its new
neighbours; only where there is none left all are numbered anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

STEP = 1.0
"""Between two that were numbered one after the other. Halved again and again it leaves room for some 50 moves to one
and the same place (a double has 52 bits behind the point) before all are numbered anew."""
SMALLEST_GAP = 1e-9
"""Nearer to each other than that, rows are numbered anew."""

Place = tuple[int, float]
"""An id, and its number."""


def numbered(ids: Sequence[int], first: float = STEP) -> dict[int, float]:
    """The ids in this order, one step apart."""
    return {pk: first + STEP * at for at, pk in enumerate(ids)}


def behind(row: Sequence[Place]) -> float:
    """A number behind all of them."""
    return max((number for _, number in row), default=0.0) + STEP


def moved(row: Sequence[Place], pks: Sequence[int], before: int | None) -> dict[int, float]:
    """What numbers change so that ``pks``, in this order, stand right before ``before``, or at the end.

    ``row`` is in its order. An id that is not in it is new and is put there as well; ``before`` may not be one of
    ``pks``.
    """
    wanted = set(pks)
    others = [(pk, number) for pk, number in row if pk not in wanted]
    at = next((place for place, (pk, _) in enumerate(others) if pk == before), len(others))
    low = others[at - 1][1] if at else None
    high = others[at][1] if at < len(others) else None
    made = _between(low, high, len(pks))
    if _is_apart((low, *made, high)):
        there = dict(row)
        return {pk: number for pk, number in zip(pks, made, strict=True) if there.get(pk) != number}
    order = [pk for pk, _ in others]
    order[at:at] = pks
    return numbered(order)


def _between(low: float | None, high: float | None, count: int) -> list[float]:
    if low is None:
        return [(high if high is not None else STEP * (count + 1)) - STEP * (count - at) for at in range(count)]
    if high is None:
        return [low + STEP * (at + 1) for at in range(count)]
    return [low + (high - low) * (at + 1) / (count + 1) for at in range(count)]


def _is_apart(numbers: Sequence[float | None]) -> bool:
    there = [number for number in numbers if number is not None]
    return all(later - earlier > SMALLEST_GAP for earlier, later in pairwise(there))
