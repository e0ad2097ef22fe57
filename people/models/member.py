"""An account of the household."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Member(AbstractUser):
    """One of the family, with an account of their own. ``is_staff`` makes an administrator of the portal."""

    class Theme(models.TextChoices):
        SYSTEM = "", _("As the device has it")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    language = models.CharField(
        _("language"), max_length=16, blank=True, default="", help_text=_("Empty: as the browser asks for.")
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, default="", help_text=_("Empty: that of this installation.")
    )
    theme = models.CharField(_("colours"), max_length=5, blank=True, default=Theme.SYSTEM, choices=Theme.choices)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")

    def __str__(self) -> str:
        return self.get_full_name() or self.username
