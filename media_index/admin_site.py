"""Django's admin as a part of the portal: our sign-in page leads to it, and to others it does not exist."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from media_index.views.leading import own_address


class PortalAdminSite(AdminSite):
    site_header = _("scanpix administration")
    site_title = "scanpix"
    index_title = _("Tables")

    def has_permission(self, request: HttpRequest) -> bool:
        """404 for members who are no administrators; who is not signed in is sent to sign in."""
        if request.user.is_authenticated and not request.user.is_staff:
            raise Http404
        return super().has_permission(request)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without the address that leads from any row of any table to its page, whoever may see it."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    @method_decorator([never_cache, login_not_required])
    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:  # noqa: ARG002
        """Leads to the portal's own page."""
        target = own_address(request, request.GET.get("next", ""))
        if self.has_permission(request):
            return redirect(target or "admin:index")
        return redirect_to_login(target or request.path)
