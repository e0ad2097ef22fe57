"""What a member likes best. Each has their own."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Favourite(models.Model):
    """``by_file``: Google Takeout says so, and nobody did here; it goes when the file says so no more."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="favourites")
    media = models.ForeignKey("media_index.Media", on_delete=models.CASCADE, related_name="favourites")
    by_file = models.BooleanField(default=False, db_default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "media"], name="favourite_once")]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.media_id}"
