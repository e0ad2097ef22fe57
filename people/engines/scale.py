"""One scale of likeness for all engines.

Limits of grouping and suggesting are said once (:mod:`people.faces.clustering`, :mod:`people.faces.matching`), as inner
products of the default engine's vectors. An engine for which less alike faces are of one person already brings its
vectors to that scale: one more number, the same in all of them, makes all more alike by one factor.
"""

from __future__ import annotations

import numpy as np

from people.engines.base import Vector
from people.faces.clustering import ALIKE_TOGETHER


def to_common_scale(vectors: Vector, alike: float) -> Vector:
    """Unit rows ``(n, d)`` as unit rows ``(n, d + 1)``, of which two have :data:`ALIKE_TOGETHER` for a likeness where
    the given ones have ``alike``; the order of likenesses stays.

    ``alike`` is the mean likeness of two groups of faces from which on they are of one person, by the engine's own
    measurement. :class:`ValueError` if it is above that of the common scale, or -1 and below.
    """
    if not -1 < alike <= ALIKE_TOGETHER:
        raise ValueError(f"alike is {alike}, it must be above -1 and at most {ALIKE_TOGETHER}")
    kept = (1 - ALIKE_TOGETHER) / (1 - alike)
    same = np.full((len(vectors), 1), np.sqrt(1 - kept))
    return np.hstack([vectors * np.sqrt(kept), same]).astype(np.float32)
