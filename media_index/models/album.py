"""Albums: media and notes that somebody put in an order, or whatever a search finds."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AlbumQuerySet(models.QuerySet["Album"]):
    def visible_to(self, member: object) -> AlbumQuerySet:
        """The albums that ``member`` may open: the household's and their own. What is in one they see as elsewhere."""
        member_id = getattr(member, "pk", None)
        if member_id is None or not getattr(member, "is_active", False):
            return self.none()
        return self.filter(Q(visibility=Album.Visibility.HOUSEHOLD) | Q(owner_id=member_id))


class Album(models.Model):
    """With a ``query`` it is a smart album, which holds what that finds, and has no items."""

    class Visibility(models.TextChoices):
        HOUSEHOLD = "household", _("Everyone in the household")
        PRIVATE = "private", _("Only its owner")

    class Order(models.TextChoices):
        MANUAL = "manual", _("By hand")
        OLDEST = "oldest", _("Oldest first")
        NEWEST = "newest", _("Newest first")
        TITLE = "title", _("By title")
        RATING = "rating", _("Best rated first")

    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="albums")
    visibility = models.CharField(max_length=20, choices=Visibility.choices, default=Visibility.HOUSEHOLD)
    cover = models.ForeignKey("media_index.Media", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    query = models.TextField(blank=True)
    order = models.CharField(max_length=10, choices=Order.choices, default=Order.OLDEST)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = AlbumQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class AlbumItem(models.Model):
    """A media of an album, or a note between them. ``position`` orders the items, and notes in every order stay before
    the item that follows them."""

    album = models.ForeignKey(Album, on_delete=models.CASCADE, related_name="items")
    media = models.ForeignKey("media_index.Media", null=True, on_delete=models.CASCADE, related_name="album_items")
    note = models.TextField(blank=True)
    position = models.FloatField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "pk"]
        indexes = [models.Index(fields=["album", "position", "id"], name="album_item_order")]
        constraints = [
            models.UniqueConstraint(fields=["album", "media"], name="album_item_once"),
            models.CheckConstraint(
                condition=(Q(media__isnull=False) & Q(note="")) | (Q(media__isnull=True) & ~Q(note="")),
                name="album_item_media_or_note",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.album_id}: {self.media_id or self.note[:40]}"
