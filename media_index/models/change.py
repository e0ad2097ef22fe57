"""What people changed, and what a file said before somebody said otherwise."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from media_index.models.fields import WallTimeField
from media_index.models.media import Media
from media_index.models.place import Place


class Change(models.Model):
    """What somebody changed of media, tags, albums and stacks, so that it can be undone
    (:mod:`media_index.library.history`).

    ``changes`` holds what was before and after, ``rows`` names what of which rows, so that a later change of the same
    is found; ``media`` and ``albums`` are what it is about, and ``is_private`` says that it concerns its member alone:
    so it is told who may see it.
    """

    class Kind(models.TextChoices):
        FAVOURITE = "favourite", _("Favourites")
        RATING = "rating", _("Rating")
        SHELF = "shelf", _("Moved")
        TITLE = "title", _("Title")
        CAPTION = "caption", _("Description")
        DATE = "date", _("Date")
        PLACE = "place", _("Place")
        EDIT = "edit", _("Edited")
        TAG = "tag", _("Tags")
        ALBUM = "album", _("Album")
        STACK = "stack", _("Stack")
        KEPT_OUT = "kept_out", _("Kept out of memories")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    summary = models.CharField(max_length=300)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    changes = models.JSONField(default=list, editable=False)
    rows = ArrayField(models.CharField(max_length=80), default=list, editable=False)
    media = ArrayField(models.BigIntegerField(), default=list, editable=False)
    albums = ArrayField(models.BigIntegerField(), default=list, editable=False)
    is_private = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, editable=False)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-pk"]
        indexes = [
            GinIndex(fields=["rows"], name="change_rows"),
            GinIndex(fields=["media"], name="change_media"),
            models.Index(fields=["undone_at"], name="change_undone", condition=models.Q(undone_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.summary


class Edited(models.Model):
    """Where people's word stands over the file's. The row stays where they take it back; the file's own word is kept
    beside it, and brought up to date when the file is read again.

    ``taken``: the date and offset of the media are somebody's. ``place``: so is the place, which is kept here as well,
    as what a file tells goes when its content changes; without a latitude they said that it has none.
    """

    media = models.OneToOneField(Media, primary_key=True, on_delete=models.CASCADE, related_name="edited")
    taken = models.BooleanField(default=False)
    place = models.BooleanField(default=False)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    named = models.ForeignKey(Place, null=True, on_delete=models.SET_NULL, related_name="+")
    file_taken_at = WallTimeField(null=True)
    file_taken_offset = models.SmallIntegerField(null=True)
    file_taken_from = models.CharField(max_length=20, blank=True)
    file_latitude = models.FloatField(null=True)
    file_longitude = models.FloatField(null=True)
    file_altitude = models.FloatField(null=True)
    file_named = models.ForeignKey(Place, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name_plural = "edited"

    def __str__(self) -> str:
        return f"{self.media_id}"
