"""The state of the work of each extractor on each media."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from media_index.models.media import Media


class Extraction(models.Model):
    """One extractor, in one version, on one media.

    1. *waiting*: the lane before it has not yet made what it reads (the preview), or, with the reason ``offline``, all
       sources that hold the original are away.
    2. *pending*: to be done, newest file first.
    3. *running*: claimed, ``attempts`` already counted, so that a file that kills its worker is known by it. Only the
       holder of the extraction lock runs anything, so what it finds running when it starts was left by a dead one.
    4. *done*; *failed*: the file itself yields nothing, trying again would not help; *set_aside*: tried
       ``MAX_ATTEMPTS`` times in vain.
    """

    MAX_ATTEMPTS = 3

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for its preview")
        PENDING = "pending", _("To be done")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        SET_ASIDE = "set_aside", _("Set aside")

    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="extractions")
    extractor = models.CharField(max_length=60)
    version = models.CharField(max_length=250)
    lane = models.CharField(max_length=10)
    state = models.CharField(max_length=20, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=40, blank=True)
    detail = models.TextField(blank=True)
    newest = models.DateTimeField(help_text=_("The file's time, kept here so that newest first is an index scan."))
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["media", "extractor", "version"], name="extraction_unique_version"),
        ]
        indexes = [
            models.Index(fields=["lane", "-newest", "media"], name="extraction_todo", condition=Q(state="pending")),
            models.Index(
                fields=["state", "extractor"],
                name="extraction_unfinished",
                condition=~Q(state="done"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.extractor} of {self.media_id}: {self.state}"
