"""A picture that somebody brings to search with: never a media, and gone within the hour."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField

from media_index.models.derived import Encoder

SAMPLE_LIFE = timedelta(minutes=45)
"""Long enough to look through the results, and with the clean-up each ten minutes gone within the hour."""


class SampleQuerySet(models.QuerySet["Sample"]):
    def of(self, member_id: int | None, now: datetime | None = None) -> SampleQuerySet:
        """Those of a member that are still there; nobody has none."""
        if member_id is None:
            return self.none()
        return self.filter(member_id=member_id, created_at__gt=(now or timezone.now()) - SAMPLE_LIFE)

    def expired(self, now: datetime | None = None) -> SampleQuerySet:
        return self.filter(created_at__lte=(now or timezone.now()) - SAMPLE_LIFE)


class Sample(models.Model):
    """1. *waiting*: its file lies in the data folder (:mod:`media_index.samples`) until the ml worker looks at it.
    2. *ready*: ``vector`` is what a media's would be by ``encoder``; the file is gone, ``thumbnail`` is a tiny WebP.
    3. *failed*: ``reason`` is a code of :mod:`media_index.reasons`; the file is gone.

    Whoever is not its ``member`` is told that there is none.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    token = models.CharField(max_length=32, unique=True)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=40, blank=True)
    encoder = models.ForeignKey(Encoder, null=True, on_delete=models.CASCADE, related_name="+")
    vector = HalfVectorField(null=True)
    thumbnail = models.BinaryField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects = SampleQuerySet.as_manager()

    def __str__(self) -> str:
        return self.token[:8]
