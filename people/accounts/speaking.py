"""In which language, and by which clock, the portal speaks to the one who asks.

A member's own choice comes first; else the language that the browser asks for, and the zone of the installation. Wall
times of photos have no zone and are never moved.
"""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from people.models import Member
from scanpix.runtime.timezone import is_zone


class LanguageAndTimeMiddleware:
    """Stands behind Django's middleware that tells who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        member = request.user if isinstance(request.user, Member) else None
        chosen = language_of(member)
        language = chosen or translation.get_language_from_request(request)
        with translation.override(language), timezone.override(zone_of(member)):
            response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/"):  # pictures are the same for everybody
            response.headers.setdefault("Content-Language", language)
            if not chosen:
                patch_vary_headers(response, ("Accept-Language",))
        return response


def language_of(member: Member | None) -> str:
    """The language that a member has chosen, or "" where the browser is to say. One that there is not any more counts
    as none."""
    chosen = member.language if member else ""
    return chosen if chosen in dict(settings.LANGUAGES) else ""


def zone_of(member: Member | None) -> ZoneInfo:
    """The member's zone, or that of the installation where none is chosen or this machine does not know it."""
    chosen = member.time_zone if member else ""
    return ZoneInfo(chosen if chosen and is_zone(chosen) else settings.TIME_ZONE)
