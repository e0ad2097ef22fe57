"""What a member does not want to be shown unasked: some photos hurt."""

from __future__ import annotations

from django.conf import settings
from django.db import models

LONGEST = 300
"""Characters of a condition: it is part of an index, whose rows hold 2,700 bytes."""


class KeptOut(models.Model):
    """``query`` is a search without words, such as ``person:#12``, ``place:#7`` or ``taken:2020-03-01..2020-03-20``:
    whatever meets it is left out of the member's memories and suggestions. Persons and places stand in it by number, so
    that it goes on meaning them whatever they are called."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="kept_out")
    query = models.CharField(max_length=LONGEST)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["member", "query"], name="kept_out_once")]

    def __str__(self) -> str:
        return self.query
