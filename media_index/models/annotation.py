"""What people wrote into a file with other programs."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from media_index.models.media import Media

LONGEST_KEYWORD = 810
"""Characters of a keyword with its levels: eight of a hundred, and the slashes between them."""


class Annotation(models.Model):
    """The file's own title, caption, rating and keywords (levels between slashes), as they were read last.

    The media and its tags show them where nobody has decided otherwise (:mod:`media_index.library.annotations`).
    ``settled`` are keywords that are people's business by now: somebody took the tag away, or had put it there
    themselves. ``favourite``: Google Takeout says that whoever took it along liked it best.
    """

    media = models.OneToOneField(Media, primary_key=True, on_delete=models.CASCADE, related_name="annotation")
    title = models.CharField(max_length=200, blank=True)
    caption = models.TextField(blank=True)
    rating = models.PositiveSmallIntegerField(null=True)
    keywords = ArrayField(models.CharField(max_length=LONGEST_KEYWORD), default=list)
    settled = ArrayField(models.CharField(max_length=LONGEST_KEYWORD), default=list)
    favourite = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rating__isnull=True) | models.Q(rating__range=(1, 5)),
                name="annotation_rating_1_to_5",
            )
        ]

    def __str__(self) -> str:
        return f"{self.media_id}: {self.title}"
