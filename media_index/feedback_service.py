"""What members say of results, written down: votes, taken back as easily, and what was opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from media_index.encoders.base import EncoderError, Vectors
from media_index.models import Encoder, Feedback, Media, Opened
from media_index.search.asking import Asker
from media_index.search.filters.base import Scope
from media_index.search.understanding import understood
from media_index.search.votes import text_part

KEPT_OPENED = 5000
"""Of each member, the latest: a few hundred bytes each, and more than anybody opens in a year."""
SAME_VISIT = timedelta(minutes=10)
"""Opened again within this, as by a reload or on the way back, a result counts once."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A result as it was shown: for which query, at which rank (from 1), with which score of which encoder."""

    query: str
    canonical: str
    media_id: int
    moment: float | None
    encoder_key: str
    score: float
    probability: float | None
    rank: int


def vote_set(*, member_id: int, shown: Shown, media: Media, vote: int, scope: Scope) -> None:
    """Note a vote, 1 or -1, in the place of an earlier one; 0 takes it back. ``media`` is one the member may see."""
    key: dict[str, Any] = {"member_id": member_id, "canonical": shown.canonical, "media": media, "moment": shown.moment}
    if not vote:
        Feedback.objects.filter(**key).delete()
        return
    vector = _text_vector(shown, scope)
    Feedback.objects.update_or_create(
        **key,
        defaults={
            "query": shown.query,
            "vote": vote,
            "encoder_key": shown.encoder_key,
            "text_vector": vector,
            "score": shown.score,
            "probability": shown.probability,
            "rank": shown.rank,
        },
    )


def _text_vector(shown: Shown, scope: Scope) -> Vectors | None:
    """The vector of a query's words by the encoder that found the result; None without words, or if it is gone."""
    encoder = Encoder.objects.filter(state=Encoder.State.ACTIVE).first()
    if encoder is None or encoder.key != shown.encoder_key:
        return None
    tree = understood(shown.query, scope).tree
    if not tree.text:
        return None
    try:
        asked = Asker(encoder).ask(tree)
    except EncoderError:
        return None
    return text_part(asked.vector)


def opened_record(*, member_id: int, shown: Shown) -> None:
    """Note that a result was opened. The oldest of too many go."""
    since = timezone.now() - SAME_VISIT
    mine = Opened.objects.filter(member_id=member_id)
    if mine.filter(canonical=shown.canonical, media_id=shown.media_id, at__gt=since).exists():
        return
    Opened.objects.create(
        member_id=member_id,
        query=shown.query,
        canonical=shown.canonical,
        media_id=shown.media_id,
        encoder_key=shown.encoder_key,
        score=shown.score,
        probability=shown.probability,
        rank=shown.rank,
    )
    beyond = mine.order_by("-at", "-pk").values("pk")[KEPT_OPENED : KEPT_OPENED + 100]
    Opened.objects.filter(pk__in=list(beyond.values_list("pk", flat=True))).delete()


@transaction.atomic
def feedback_delete(member_id: int) -> None:
    """Forget all that a member has said and opened."""
    Feedback.objects.filter(member=member_id).delete()
    Opened.objects.filter(member=member_id).delete()
