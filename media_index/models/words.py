"""The words that stand in names of files and folders, so that mistyped ones can be told."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models


class FileWord(models.Model):
    """A word of some path, folded, of letters alone. A trigger writes it with the file and nothing takes it away:
    whether there is still a file with it, and who may know of it, is asked of the files.

    Two processes may note one word twice; a unique index would have them wait for each other's scans.
    """

    text = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["text"], name="file_word"),
            GinIndex(fields=["text"], name="file_word_trigrams", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.text
