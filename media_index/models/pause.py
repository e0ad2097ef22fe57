"""That somebody has paused indexing."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Pause(models.Model):
    """While its one row is there, nothing is looked for or indexed by itself."""

    ONE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONE)
    since = models.DateTimeField(auto_now_add=True)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    """Who paused it; None from the command line, or when the account is gone."""

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="pause_is_one")]

    def __str__(self) -> str:
        return f"paused since {self.since:%Y-%m-%d %H:%M}"
