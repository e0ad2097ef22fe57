"""A sign-in that failed, kept for as long as it counts."""

from __future__ import annotations

from django.db import models


class WrongSignIn(models.Model):
    """One wrong password. The account is kept as a digest: people type their password where their name belongs."""

    account = models.CharField(max_length=64)
    address = models.CharField(max_length=43)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "at"], name="wrong_sign_in_account"),
            models.Index(fields=["address", "at"], name="wrong_sign_in_address"),
        ]

    def __str__(self) -> str:
        return f"{self.address}, {self.at:%Y-%m-%d %H:%M}"
