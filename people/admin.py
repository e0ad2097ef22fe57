"""Accounts in Django's admin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from people import admin_people  # noqa: F401 (registers persons, faces and decisions)
from people.models import Member

if TYPE_CHECKING:
    _UserAdmin = UserAdmin[Member]
else:
    _UserAdmin = UserAdmin


@admin.register(Member)
class MemberAdmin(_UserAdmin):
    """Accounts are switched off, not deleted: deleting one would take their sources along, and name them on the way."""

    list_display = ("username", "first_name", "last_name", "is_staff", "is_active", "last_login")

    def has_delete_permission(self, request: HttpRequest, obj: Member | None = None) -> bool:  # noqa: ARG002
        return False
