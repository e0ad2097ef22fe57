"""What members say of search results, and which ones they open: kept to learn from, and their own to take back."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField

from media_index.models.media import Media


class Feedback(models.Model):
    """A member's vote on a media for a query: 1 "this is what I meant", -1 "it is not".

    ``query`` is what was typed, ``canonical`` its tree as text, by which queries are the same. ``text_vector`` is that
    of its words by ``encoder_key`` (``NAME@VERSION``), of length 1, None for a query without words. ``score``,
    ``probability`` and ``rank`` (from 1) are those of the media as they were shown.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    query = models.TextField()
    canonical = models.TextField()
    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="+")
    moment = models.FloatField(null=True, help_text=_("In seconds of a video."))
    vote = models.SmallIntegerField()
    encoder_key = models.CharField(max_length=250, blank=True)
    text_vector = HalfVectorField(null=True)
    score = models.FloatField()
    probability = models.FloatField(null=True)
    rank = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "canonical", "media", "moment"],
                nulls_distinct=False,
                name="feedback_one_vote",
            ),
            models.CheckConstraint(condition=Q(vote__in=(-1, 1)), name="feedback_up_or_down"),
        ]
        indexes = [models.Index(fields=["member", "-created_at"], name="feedback_latest")]

    def __str__(self) -> str:
        return f"{'this' if self.vote > 0 else 'not this'}: {self.query}"


class Opened(models.Model):
    """A result that a member opened: which one of which query, at what rank (from 1) and score."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    query = models.TextField()
    canonical = models.TextField()
    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="+")
    encoder_key = models.CharField(max_length=250, blank=True)
    score = models.FloatField()
    probability = models.FloatField(null=True)
    rank = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["member", "-at"], name="opened_latest")]

    def __str__(self) -> str:
        return f"{self.query}: {self.rank}"
