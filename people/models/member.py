"""An account of the household."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.utils.translation import gettext_lazy as _


class Member(AbstractUser):
    """One of the family, with an account of their own. ``is_staff`` makes an administrator of the portal."""

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")

    def __str__(self) -> str:
        return self.get_full_name() or self.username
