"""Django's admin with the portal's own site. Apart from the site itself: this is imported before any model may be."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    default_site = "media_index.admin_site.PortalAdminSite"
