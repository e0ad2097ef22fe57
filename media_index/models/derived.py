"""What models make of a file: vectors and labels."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField

from media_index.models.media import Media


class Encoder(models.Model):
    """A version of an encoder whose vectors are kept. Search uses the active one; others may be built beside it.

    ``dimensions`` is the length of its stored vectors. One that is ``automatic`` becomes active by itself when its
    vectors are complete. One that is *previous* and has no ``activated_at`` was removed: its row only tells that it is
    not to be built again by itself.
    """

    class State(models.TextChoices):
        BUILDING = "building", _("Being built")
        ACTIVE = "active", _("Active")
        PREVIOUS = "previous", _("Kept for going back")

    id = models.SmallAutoField(primary_key=True)
    name = models.CharField(max_length=200)
    version = models.CharField(max_length=40)
    dimensions = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.BUILDING)
    created_at = models.DateTimeField(auto_now_add=True)
    activated_at = models.DateTimeField(null=True)
    automatic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="encoder_unique_name_version"),
            models.UniqueConstraint(fields=["state"], condition=Q(state="active"), name="encoder_one_active"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """Its name with its version, as the registry of encoders takes it."""
        return f"{self.name}@{self.version}"

    @property
    def extractor_version(self) -> str:
        """How the extractor of these vectors names its version in the state of work."""
        return self.key


class Embedding(models.Model):
    """The vector of a media, or of a moment of a video (``moment``, in seconds), by one encoder: of length 1, and one
    more number behind it where the encoder is calibrated (:mod:`media_index.search.vectors.calibration`).

    The column has no fixed dimension, so that encoders live side by side; each has a partial index of its own
    (:mod:`media_index.search.vectors.vector_index`).
    """

    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="embeddings")
    encoder = models.ForeignKey(Encoder, on_delete=models.CASCADE, related_name="embeddings", db_index=False)
    moment = models.FloatField(null=True)
    vector = HalfVectorField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["media", "encoder", "moment"], nulls_distinct=False, name="embedding_unique_moment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.media_id}/{self.encoder_id}"


class Label(models.Model):
    """A thing that a classifier sees in a media, and how sure it is (0 to 1)."""

    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="labels")
    name = models.CharField(max_length=100)
    score = models.FloatField()

    class Meta:
        ordering = ["-score"]
        constraints = [models.UniqueConstraint(fields=["media", "name"], name="label_unique_name")]
        indexes = [models.Index(fields=["name", "-score"], name="label_name_score")]

    def __str__(self) -> str:
        return self.name
