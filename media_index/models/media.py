"""One content, wherever its files lie, and what a file tells of itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from media_index.models.fields import WallTimeField
from media_index.models.place import Place
from media_index.models.source import Location, Source


class HasFile(Exists):
    """The part of a filter that says that a media has a file where the one who asks may look. By its name a search
    tells it from what was typed (:mod:`media_index.search.vectors.ahead`)."""


class MediaQuerySet(models.QuerySet["Media"]):
    def visible_to(self, member: object) -> MediaQuerySet:
        """The media with a file in a source that ``member`` may see: the one answer to who sees what."""
        return self.in_sources(Source.objects.visible_to(member).values("pk"))

    def in_sources(self, sources: Iterable[int] | QuerySet[Any, Any]) -> MediaQuerySet:
        """The media with a file in one of these sources: their ids, or a query for them. Ids are quicker where many
        media are looked through, as the sources are not asked for each."""
        here = Location.objects.filter(media=OuterRef("pk"), gone_at__isnull=True, source__in=sources)
        return self.filter(HasFile(here))

    def present(self) -> MediaQuerySet:
        """The media with a file anywhere, for whoever may see all of them (commands of this machine)."""
        return self.filter(HasFile(Location.objects.filter(media=OuterRef("pk"), gone_at__isnull=True)))

    def found(self) -> MediaQuerySet:
        """What searches, people and albums show: neither hidden nor in the trash."""
        return self.filter(shelf__in=FOUND)

    def in_timeline(self) -> MediaQuerySet:
        """What the library shows by day: of each stack the one on top."""
        return self.filter(shelf=Media.Shelf.LIBRARY, below=False)

    def newest_first(self) -> MediaQuerySet:
        return self.order_by("-taken_at", "-pk")


class Media(models.Model):
    """A content, known by the BLAKE3 of its bytes. Moved, renamed, copied: the same media, another location."""

    class Kind(models.TextChoices):
        IMAGE = "image", _("Photo")
        VIDEO = "video", _("Video")
        OTHER = "other", _("File")

    class TakenFrom(models.TextChoices):
        EXIF_OFFSET = "exif_offset", _("Camera, with its time zone")
        EXIF = "exif", _("Camera, time zone not told")
        XMP = "xmp", _("Notes of a program in the file (XMP)")
        PNG = "png", _("Text in the file (PNG)")
        GPS = "gps", _("GPS clock")
        SIDECAR = "sidecar", _("File beside it (Google Takeout)")
        FILENAME = "filename", _("File name")
        FILE = "file", _("Time of the file")
        PERSON = "person", _("Somebody said so")

    class Shelf(models.TextChoices):
        """Where people put it. Only the page of its shelf and ``in:`` show what is hidden or in the trash."""

        LIBRARY = "library", _("Library")
        ARCHIVE = "archive", _("Archive")
        HIDDEN = "hidden", _("Hidden")
        TRASH = "trash", _("Trash")

    content_hash = models.CharField(max_length=64, unique=True, help_text=_("BLAKE3, in hexadecimal."))
    size = models.BigIntegerField(help_text=_("In bytes."))
    kind = models.CharField(max_length=10, choices=Kind.choices)
    mime = models.CharField(max_length=100)
    width = models.PositiveIntegerField(null=True, help_text=_("Upright, in pixels."))
    height = models.PositiveIntegerField(null=True, help_text=_("Upright, in pixels."))
    frames = models.PositiveIntegerField(default=1)
    duration = models.FloatField(null=True, help_text=_("Of a video, in seconds."))
    taken_at = WallTimeField(help_text=_("Local wall time."))
    taken_offset = models.SmallIntegerField(null=True, help_text=_("Minutes east of UTC, if known."))
    taken_from = models.CharField(max_length=20, choices=TakenFrom.choices, default=TakenFrom.FILE)
    placeholder = models.BinaryField(null=True, help_text=_("A tiny WebP, shown until the picture is there."))
    has_preview = models.BooleanField(default=False)
    added_at = models.DateTimeField(auto_now_add=True)
    shelf = models.CharField(max_length=10, choices=Shelf.choices, default=Shelf.LIBRARY, db_default="library")
    title = models.CharField(max_length=200, blank=True, default="", db_default="")
    caption = models.TextField(blank=True, default="", db_default="")
    rating = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("1 to 5."))
    stack = models.ForeignKey("media_index.Stack", null=True, on_delete=models.SET_NULL, related_name="media")
    below = models.BooleanField(default=False, db_default=False, help_text=_("Lies below the one on top of its stack."))
    lost_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text=_("When it was noticed that no file of it is known, not even one that went."),
    )

    objects = MediaQuerySet.as_manager()

    class Meta:
        verbose_name = _("media")
        verbose_name_plural = _("media")
        indexes = [
            models.Index(
                fields=["-taken_at", "-id"],
                name="media_timeline",
                condition=Q(has_preview=True, shelf="library", below=False),
            ),
            models.Index(
                fields=["-taken_at", "-id"],
                name="media_timeline_videos",
                condition=Q(kind="video", has_preview=False, shelf="library", below=False),
            ),
            models.Index(fields=["shelf", "-taken_at", "-id"], name="media_shelf", condition=~Q(shelf="library")),
            models.Index(fields=["-added_at", "-id"], name="media_recent"),
            models.Index(fields=["rating"], name="media_rating", condition=Q(rating__isnull=False)),
            models.Index(fields=["kind", "-taken_at", "-id"], name="media_kind_timeline"),
            models.Index(fields=["-taken_at", "-id"], name="media_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__range=(1, 5)), name="media_rating_1_to_5"
            ),
            models.CheckConstraint(condition=Q(below=False) | Q(stack__isnull=False), name="media_below_in_stack"),
            models.UniqueConstraint(fields=["stack"], condition=Q(below=False), name="media_one_on_top"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.content_hash[:8]}"

    def get_absolute_url(self) -> str:
        return reverse("media-detail", args=[self.pk])

    @property
    def captured(self) -> Capture | None:
        """What the camera told, if it did; read once for a row of media."""
        return getattr(self, "capture", None)


FOUND = (Media.Shelf.LIBRARY, Media.Shelf.ARCHIVE)
NOT_FOUND = (Media.Shelf.HIDDEN, Media.Shelf.TRASH)
"""The other shelves: what only their own pages show."""


class Capture(models.Model):
    """How a photo was taken: what the camera wrote into the file."""

    media = models.OneToOneField(Media, primary_key=True, on_delete=models.CASCADE, related_name="capture")
    camera_make = models.CharField(max_length=100, blank=True)
    camera_model = models.CharField(max_length=100, blank=True)
    lens = models.CharField(max_length=150, blank=True)
    iso = models.PositiveIntegerField(null=True)
    aperture = models.FloatField(null=True, help_text=_("f-number"))
    exposure = models.FloatField(null=True, help_text=_("In seconds."))
    focal_length = models.FloatField(null=True, help_text=_("In millimetres."))
    focal_length_35 = models.FloatField(null=True, help_text=_("In millimetres, as on 35 mm film."))
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    altitude = models.FloatField(null=True, help_text=_("In metres above the sea."))
    place = models.ForeignKey(Place, null=True, on_delete=models.SET_NULL, related_name="captures")

    class Meta:
        indexes = [models.Index(fields=["camera_model"], name="capture_camera")]

    def __str__(self) -> str:
        return f"{self.camera_make} {self.camera_model}".strip() or "-"
