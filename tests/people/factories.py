"""Faces, persons and engines for tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from media_index.models import Media
from people.faces.vector_index import ensure_index
from people.models import Engine, Face, FaceCount, FaceVector, Person
from tests.factories import MediaFactory

DIMENSIONS = 8


def engine(name: str = "plain", *, active: bool = True) -> Engine:
    """The row of an engine with its index."""
    state = Engine.State.ACTIVE if active else Engine.State.BUILDING
    row, _ = Engine.objects.get_or_create(name=name, version="1", defaults={"dimensions": DIMENSIONS, "state": state})
    ensure_index(row)
    return row


def like(who: int, away: float = 0.0, seed: int = 0) -> np.ndarray:
    """A unit vector near the axis ``who``; ``away`` is how far it leans into another direction."""
    vector = np.zeros(DIMENSIONS)
    vector[who] = 1.0
    noise = np.random.default_rng(seed).normal(size=DIMENSIONS)
    vector = vector + away * noise / np.linalg.norm(noise)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def face(
    media: Media | None = None, *, vector: Sequence[float] | np.ndarray | None = None, left: float = 0.1, **values: Any
) -> Face:
    """A face in a photo; with a ``vector`` also that of the plain engine."""
    media = media or MediaFactory()
    values = {"top": 0.1, "width": 0.2, "height": 0.2, "quality": 0.9, **values}
    made = Face.objects.create(media=media, left=left, **values)
    if vector is not None:
        FaceVector.objects.create(face=made, engine=engine(), vector=vector, quality=made.quality)
    FaceCount.objects.update_or_create(
        media=media, defaults={"faces": media.faces.filter(state=Face.State.FACE).count()}
    )
    return made


def person(name: str = "Anna", **values: Any) -> Person:
    return Person.objects.create(name=name, **values)
