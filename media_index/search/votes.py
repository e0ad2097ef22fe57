"""The votes that bear on a query: those on the same one, and those on queries whose words mean nearly the same."""

from __future__ import annotations

import numpy as np

from media_index.encoders.base import Vectors
from media_index.encoders.catalog import BUNDLED, CONSE
from media_index.models import Feedback
from media_index.search.feedback import Votes
from media_index.search.query.ast import Query

LIKE = {BUNDLED: 0.82, CONSE: 0.82}
"""Cosine of two texts from which on they ask for the same, for encoders whose text side is MiniLM: "dog" and "dogs"
reach 0.824, "dog" and "puppy" 0.804; of captions one in ten of the same photo, and one in fifteen of the most alike
other one (research/search/thumbs.py). Those of others are spread otherwise: with them only the same query counts."""
MOST_VOTES = 1000
"""The latest ones of a member that are compared: some milliseconds."""


def canonical(tree: Query) -> str:
    """What makes two queries the same: their trees, in capitals or not."""
    return str(tree).casefold()


def votes_of(member_id: int | None, query: str, encoder_key: str = "", text: Vectors | None = None) -> Votes:
    """A member's votes that bear on a query, given as :func:`canonical` text, with the vector of its words by an
    encoder (``NAME@VERSION``), if it has any. One statement; none where nobody asks."""
    if member_id is None:
        return Votes()
    words = None if text is None else text_part(text)
    threshold = LIKE.get(encoder_key.partition("@")[0]) if words is not None else None
    rows = Feedback.objects.filter(member=member_id).order_by("-created_at", "-pk")
    if threshold is None:
        rows = rows.filter(canonical=query)
    same: dict[int, int] = {}
    like: dict[int, int] = {}
    given = rows.values_list("canonical", "media_id", "vote", "encoder_key", "text_vector")[:MOST_VOTES]
    for said_for, media_id, vote, key, vector in given:
        if said_for == query:
            same.setdefault(media_id, vote)
        elif key == encoder_key and vector is not None and words is not None and threshold is not None:
            cosine = float(np.dot(np.asarray(vector, np.float32), words))
            if cosine >= threshold:
                like.setdefault(media_id, vote)
    return Votes(same, {media_id: vote for media_id, vote in like.items() if media_id not in same})


def text_part(asked: Vectors) -> Vectors:
    """What a text is searched with, at length 1 without the weight of the background behind it.

    That weight is negative and no part of the unit vector before it, so it is told by the length.
    """
    length = float(np.linalg.norm(asked[:-1]))
    # The first numbers alone have length 1 exactly where a last one was added.
    return np.append(asked[:-1], np.float32(0)) if abs(length - 1) < 1e-3 else asked
