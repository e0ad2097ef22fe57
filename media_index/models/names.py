"""That the names which free text may mean have changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class NamesVersion(models.Model):
    """Its one row counts the changes to names, so that every process knows when what it keeps of them is old.

    A table and not the cache: it counts for processes on other hosts as well, and a restore brings it along.
    """

    ONE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONE)
    version = models.BigIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="names_version_is_one")]

    def __str__(self) -> str:
        return f"version {self.version} of the names"
