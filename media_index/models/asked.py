"""What members searched for, and what they keep of it. Each row is its member's own."""

from __future__ import annotations

from django.conf import settings
from django.db import models

LONGEST = 300
"""Characters of a query that is remembered: it is part of an index, whose rows hold 2,700 bytes."""


class SavedSearch(models.Model):
    """A query with a name that its member gave it."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=100)
    query = models.CharField(max_length=1000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["member", "name"], name="saved_search_unique_name")]
        verbose_name_plural = "saved searches"

    def __str__(self) -> str:
        return self.name


class RecentSearch(models.Model):
    """A query that a member sent off, how often, and when for the last time."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recent_searches")
    query = models.CharField(max_length=LONGEST)
    used_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-used_at"]
        constraints = [models.UniqueConstraint(fields=["member", "query"], name="recent_search_unique_query")]
        indexes = [models.Index(fields=["member", "-used_at"], name="recent_search_newest")]
        verbose_name_plural = "recent searches"

    def __str__(self) -> str:
        return self.query


class SearchHistory(models.Model):
    """Whether a member wants their searches remembered; without a row they are."""

    member = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="search_history"
    )
    is_kept = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "search histories"

    def __str__(self) -> str:
        return "kept" if self.is_kept else "not kept"
