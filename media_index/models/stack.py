"""Files that are one picture to people: shown as one, the others below it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Stack(models.Model):
    """Media that lie on each other (``Media.stack``). The one on top is that which is not ``below``."""

    class Kind(models.TextChoices):
        RAW = "raw", _("Raw and developed")
        BURST = "burst", _("Burst")
        COPIES = "copies", _("Copies")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Nobody: the machine did."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
