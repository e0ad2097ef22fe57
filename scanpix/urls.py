"""All addresses of the portal."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("people.urls")),
    path("", include("media_index.urls")),
]

handler400 = "scanpix.refusals.bad_request"
handler500 = "scanpix.errors.server_error"
