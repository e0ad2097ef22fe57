"""Where a form leads to when it is done."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def next_page(request: HttpRequest, otherwise: str) -> str:
    """The page that the form names in ``next``, if it is one of ours."""
    return own_address(request, request.POST.get("next", "")) or otherwise


def own_address(request: HttpRequest, target: str) -> str:
    """The address, if it is a whole one of ours, beginning with a slash; "" for anything else. Django would take a word
    without one for the name of a page, and fail where there is none."""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if safe and target.startswith("/") else ""
