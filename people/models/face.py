"""Faces in pictures, and the vectors by which they are compared."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField


class Engine(models.Model):
    """A version of a face engine whose vectors are kept. The active one groups and proposes; others may be built beside
    it, and take its place when they are complete."""

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

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="face_engine_unique_name_version"),
            models.UniqueConstraint(fields=["state"], condition=Q(state="active"), name="face_engine_one_active"),
        ]

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"


class Cluster(models.Model):
    """A group of faces that grouping takes for one person. Its id stays while most of its faces do."""

    hidden = models.BooleanField(default=False, help_text=_("Nobody the family wants to name: not asked about again."))
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"group {self.pk}"


class Face(models.Model):
    """A face in a photo. Its box is in fractions (0 to 1) of the upright picture.

    1. ``person`` is who it shows: *confirmed* by somebody, else as grouping takes it. A confirmed face is never moved
       by a machine. Two faces of one photo are never one person, but for one marked as ``mirrored`` (a mirror, a
       collage, a picture in the picture).
    2. ``state`` is *dismissed* where somebody said that it is no face: kept, so that it does not come back; *unseen*
       where only an engine sees it that is not (or no more) the active one.
    3. ``placed`` is False until grouping has looked at it.
    """

    class Origin(models.TextChoices):
        DETECTED = "detected", _("Found")
        DRAWN = "drawn", _("Drawn by hand")
        TOLD = "told", _("Named in the file")

    class State(models.TextChoices):
        FACE = "face", _("A face")
        DISMISSED = "dismissed", _("Not a face")
        UNSEEN = "unseen", _("Seen only by an engine that is not in use")

    media = models.ForeignKey("media_index.Media", on_delete=models.CASCADE, related_name="faces")
    left = models.FloatField()
    top = models.FloatField()
    width = models.FloatField()
    height = models.FloatField()
    quality = models.FloatField(default=0, help_text=_("How far its vector can be trusted, 0 to 1."))
    score = models.FloatField(default=1, help_text=_("How sure the detector is that it is a face, 0 to 1."))
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.DETECTED)
    state = models.CharField(max_length=10, choices=State.choices, default=State.FACE)
    mirrored = models.BooleanField(default=False)
    cluster = models.ForeignKey(Cluster, null=True, blank=True, on_delete=models.SET_NULL, related_name="faces")
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="faces")
    confirmed = models.BooleanField(default=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    placed = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["media", "person"],
                condition=Q(mirrored=False, state="face", person__isnull=False),
                name="face_person_once_in_a_photo",
            ),
            models.CheckConstraint(
                condition=Q(confirmed=False) | Q(person__isnull=False), name="face_confirmed_is_somebody"
            ),
            models.CheckConstraint(
                condition=Q(state="face") | Q(person__isnull=True, cluster__isnull=True),
                name="face_that_is_none_is_nobody",
            ),
            models.CheckConstraint(
                condition=Q(left__gte=0, top__gte=0, width__gt=0, height__gt=0, left__lte=1, top__lte=1),
                name="face_box_in_the_picture",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "media"], name="face_person", condition=Q(person__isnull=False)),
            models.Index(
                fields=["person", "-confirmed", "-quality", "id"],
                name="face_cover",
                condition=Q(person__isnull=False, state="face"),
            ),
            models.Index(fields=["id"], name="face_to_place", condition=Q(placed=False, state="face")),
        ]

    def __str__(self) -> str:
        return f"face {self.pk}"

    @property
    def box(self) -> tuple[float, float, float, float]:
        return (self.left, self.top, self.width, self.height)


class FaceVector(models.Model):
    """The vector of a face by one engine, of length 1. The column has no fixed dimension, so that engines live side by
    side; each has a partial index of its own (:mod:`people.faces.vector_index`).

    ``neighbours`` are the ids of the nearest faces by this engine, nearest first, and ``likeness`` their similarities
    (inner product, -1 to 1); None while they have not been looked up.
    """

    face = models.ForeignKey(Face, on_delete=models.CASCADE, related_name="vectors")
    engine = models.ForeignKey(Engine, on_delete=models.CASCADE, related_name="vectors", db_index=False)
    vector = HalfVectorField()
    quality = models.FloatField()
    neighbours = ArrayField(models.BigIntegerField(), null=True, editable=False)
    likeness = ArrayField(models.FloatField(), default=list, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["face", "engine"], name="facevector_unique_engine")]

    def __str__(self) -> str:
        return f"{self.face_id}/{self.engine_id}"


class FaceCount(models.Model):
    """How many faces a media shows. A row that is there also says that it was looked through."""

    media = models.OneToOneField(
        "media_index.Media", primary_key=True, on_delete=models.CASCADE, related_name="face_count"
    )
    faces = models.PositiveIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"{self.faces} faces in {self.media_id}"
