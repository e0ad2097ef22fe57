"""Accounts in Django's admin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from people import admin_people  # noqa: F401 (registers persons, faces and decisions)
from people.models import Member

if TYPE_CHECKING:
    _UserAdmin = UserAdmin[Member]
else:
    _UserAdmin = UserAdmin


# Who may see what is told by sources, not by groups.
admin.site.unregister(Group)


@admin.register(Member)
class MemberAdmin(_UserAdmin):
    """Accounts are switched off, not deleted: deleting one would take their sources along, and name them on the way."""

    list_display = ("username", "first_name", "last_name", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_active")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Name"), {"fields": ("first_name", "last_name", "email")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Language, time and colours"), {"fields": ("language", "time_zone", "theme")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Member | None = None) -> bool:  # noqa: ARG002
        return False
