"""The stacks of an answer: the hits' vectors, times and sizes from the tables."""

from __future__ import annotations

from collections.abc import Sequence

from media_index.encoders.base import EncoderError
from media_index.models import Embedding, Encoder
from media_index.search.answers import Found, Hit
from media_index.search.stacking import Shot, stacks
from media_index.search.vectors.bare import bare


def stacks_of(found: Found, hits: Sequence[Hit]) -> dict[int, tuple[int, ...]]:
    """The ids of some of an answer's hits by the best of each stack (:func:`media_index.search.stacking.stacks`).

    One statement, by the vectors that the answer was found with, else the active encoder's. A moment of a video is no
    shot: videos stand alone.
    """
    ranked = list(dict.fromkeys(hit.media_id for hit in hits))
    return stacks(ranked, _shots(ranked, found.encoder_key)) if len(ranked) > 1 else {one: (one,) for one in ranked}


def _shots(ids: Sequence[int], encoder_key: str) -> dict[int, Shot]:
    rows = Embedding.objects.filter(media__in=ids, moment__isnull=True)
    name, _, version = encoder_key.rpartition("@")
    rows = (
        rows.filter(encoder__name=name, encoder__version=version)
        if encoder_key
        else rows.filter(encoder__state=Encoder.State.ACTIVE)
    )
    found = list(
        rows.values_list(
            "media_id",
            "vector",
            "media__taken_at",
            "media__width",
            "media__height",
            "media__stack",
            "encoder__name",
            "encoder__version",
        )
    )
    if not found:
        return {}
    try:
        vectors = bare((row[1] for row in found), f"{found[0][6]}@{found[0][7]}")
    except EncoderError:
        return {}  # of an encoder that went with an upgrade: nobody can compare them
    return {
        media_id: Shot(vector, taken_at, (width, height) if width and height else None, stack)
        for (media_id, _, taken_at, width, height, stack, *_), vector in zip(found, vectors, strict=True)
    }
