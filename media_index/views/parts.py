"""One address, two answers: a whole page, or the part of it that a script asks for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def wants_part(request: HttpRequest) -> bool:
    """Does a script ask for a piece of a page? Not where the browser goes back and wants the page anew."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.history_restore_request


def page_or_part(request: HttpRequest, page: str, part: str, context: dict[str, Any]) -> HttpResponse:
    """The whole page, or for htmx the part of it that it asked for."""
    is_part = wants_part(request)
    response = render(request, part if is_part else page, {**context, "is_part": is_part})
    # A browser that goes back must not take the part for the page.
    patch_vary_headers(response, ["HX-Request"])
    return response
