"""What pictures look like at a glance, which of them look alike, and which of these people said are different."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from pgvector.django import BitField, HnswIndex

from media_index.duplicates.hashing import BITS
from media_index.models.media import Media


class Fingerprint(models.Model):
    """The perceptual hash of a picture (:mod:`media_index.duplicates.hashing`).

    ``compared``: those that look like it are in :class:`Alike`, and it was looked whether it lies on a stack.
    ``looked``: after that, by its vector, whether it is part of another one or holds it.
    """

    media = models.OneToOneField(Media, primary_key=True, on_delete=models.CASCADE, related_name="fingerprint")
    bits = BitField(length=BITS)
    flat = models.BooleanField(default=False)
    compared = models.BooleanField(default=False)
    looked = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            HnswIndex(
                fields=["bits"], name="fingerprint_near", m=16, ef_construction=64, opclasses=["bit_hamming_ops"]
            ),
            models.Index(fields=["media"], name="fingerprint_todo", condition=Q(compared=False)),
            models.Index(fields=["media"], name="fingerprint_unlooked", condition=Q(looked=False, flat=False)),
        ]

    def __str__(self) -> str:
        return f"{self.media_id}"


class Alike(models.Model):
    """Two pictures that look alike, the lower id first, and in how many bits of the hash they differ."""

    one = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="+")
    distance = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name_plural = "alike"
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="alike_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="alike_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} {self.other_id}"


class Different(models.Model):
    """Two media of which somebody said that they do not belong together, the lower id first. The machine never stacks
    them and never shows them as copies."""

    one = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "different"
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="different_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="different_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} {self.other_id}"
