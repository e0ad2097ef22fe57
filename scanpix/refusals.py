"""Pages for requests that are refused before any view sees them, each with what to do about it."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

LONGEST_NAME = 253
"""Of a host name (RFC 1035, 2.3.4); what is longer is none and not worth showing."""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400. A host that scanpix does not answer to is told of by a page without links, as they would lead nowhere."""
    if not isinstance(exception, DisallowedHost):
        return HttpResponse(render_to_string("400.html", request=request), status=400)
    # Neither the request's own methods for its host, which raise, nor its session, which no middleware has read yet.
    asked = str(request.META.get("HTTP_HOST", ""))[:LONGEST_NAME]
    context = {"asked": asked, "scheme": request.scheme, "portal_url": settings.PORTAL_URL}
    return HttpResponse(render_to_string("400_host.html", context), status=400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """403 for a form without its token. Without encryption a browser keeps no cookie that wants it, so none works."""
    portal = settings.PORTAL_URL if settings.CSRF_COOKIE_SECURE and not request.is_secure() else None
    return render(request, "403_csrf.html", {"portal_url": portal}, status=403)
