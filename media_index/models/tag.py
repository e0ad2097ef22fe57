"""Words that people put to media, one below the other: travel / Portugal / Lisbon."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from media_index.models.annotation import LONGEST_KEYWORD


class Tag(models.Model):
    """One set of tags for the household. Siblings differ in their ``folded`` names (case and accents do not count).

    Whoever may see a media with it knows the tag, and who made it does.
    """

    name = models.CharField(max_length=100)
    folded = models.CharField(max_length=200, editable=False)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    colour = models.CharField(max_length=20, blank=True, help_text=_("Empty: none."))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["folded", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["parent", "folded"], name="tag_unique_sibling", nulls_distinct=False),
            models.CheckConstraint(condition=~models.Q(folded=""), name="tag_has_name"),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="tag_not_its_own_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MediaTag(models.Model):
    """A tag on a media. ``keyword``: what the file says that made it, with its levels; it goes when the file says so no
    more. Empty for what somebody put there."""

    media = models.ForeignKey("media_index.Media", on_delete=models.CASCADE, related_name="media_tags")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="media_tags")
    tagged_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    keyword = models.CharField(max_length=LONGEST_KEYWORD, blank=True, default="", db_default="", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["media", "tag"], name="media_tag_once")]

    def __str__(self) -> str:
        return f"{self.media_id}: {self.tag_id}"
