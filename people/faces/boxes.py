"""Boxes of faces, compared. Pure. A box is left, top, width and height in fractions (0 to 1) of the upright picture."""

from __future__ import annotations

from collections.abc import Sequence

from media_index.telling import gettext

Box = tuple[float, float, float, float]

SAME_FACE = 0.4
"""Overlap (intersection over union) from which two boxes mean one face: two detectors draw the box of one face with
0.5 to 0.9, neighbours in a group photo stay below 0.2."""


def overlap(one: Box, other: Box) -> float:
    """Intersection over union, 0 to 1."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    common = width * height
    return common / (one[2] * one[3] + other[2] * other[3] - common)


def pairs(known: Sequence[Box], found: Sequence[Box], *, least: float = SAME_FACE) -> dict[int, int]:
    """Which box of ``found`` is which of ``known``: positions in the two, the best overlaps first, each once."""
    overlaps = [(overlap(box, other), old, new) for old, box in enumerate(known) for new, other in enumerate(found)]
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for share, old, new in sorted(overlaps, key=lambda row: (-row[0], row[1], row[2])):
        if share >= least and new not in matched and old not in taken:
            matched[new] = old
            taken.add(old)
    return matched


def inside(box: Box) -> Box:
    """The part of a box that lies in the picture. :class:`ValueError` where nothing of it does."""
    left, top = max(box[0], 0.0), max(box[1], 0.0)
    right, bottom = min(box[0] + box[2], 1.0), min(box[1] + box[3], 1.0)
    if not (right > left and bottom > top):
        raise ValueError(gettext("the box lies outside of the picture or is empty"))
    return (left, top, right - left, bottom - top)
