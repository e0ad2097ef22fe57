"""The colours of a picture."""

from __future__ import annotations

from django.db import models

from media_index.models.media import Media


class Palette(models.Model):
    """That the colours of a picture are known, and whether there are none: black, white and what lies between."""

    media = models.OneToOneField(Media, primary_key=True, on_delete=models.CASCADE, related_name="palette")
    monochrome = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["media"], name="palette_monochrome", condition=models.Q(monochrome=True))]

    def __str__(self) -> str:
        return f"palette of {self.media_id}"


class Colour(models.Model):
    """A colour that fills a part of a picture: its everyday name, its share of the picture (0 to 1), and its mean in
    OKLab (:mod:`media_index.colours.oklab`)."""

    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="colours")
    name = models.CharField(max_length=10)
    share = models.FloatField()
    lightness = models.FloatField()
    green_red = models.FloatField()
    blue_yellow = models.FloatField()

    class Meta:
        ordering = ["-share"]
        constraints = [models.UniqueConstraint(fields=["media", "name"], name="colour_unique_name")]
        indexes = [models.Index(fields=["name", "-share", "media"], name="colour_name_share")]

    def __str__(self) -> str:
        return f"{self.name} {self.share:.2f}"
