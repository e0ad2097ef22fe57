"""The panel of the photo page that names the place and shows it on a map."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from media_index.memories.keeping_out import keeps_out
from media_index.models import Capture, Media
from media_index.plugins import Panel
from media_index.views.search import address

AROUND_ZOOM = 13
"""The map that the panel leads to: some streets."""


@dataclass(frozen=True, slots=True)
class PlaceLink:
    """A place, and the address of the search for all photos of it."""

    name: str
    url: str


def panels(media: Media, member: object) -> list[Panel]:
    """The town with what it lies in, from the inside out, and the point; nothing where neither is known. One statement
    where the place is read already."""
    capture = media.captured
    if capture is None or (capture.place is None and capture.latitude is None):
        return []
    place = capture.place
    keep_out = f"place:#{place.pk}" if place else ""
    context = {
        "places": [PlaceLink(one.said, address(f'{one.kind}:"{one.name}"')) for one in place.levels()] if place else [],
        "at": _point(capture),
        "around": _around(capture),
        "keep_out": keep_out,
        "is_kept_out": bool(keep_out) and keeps_out(getattr(member, "pk", None), keep_out),
        "here": media.get_absolute_url(),
    }
    return [Panel("media_index/panels/_places.html", context, order=15)]


def _point(capture: Capture) -> str:
    if capture.latitude is None or capture.longitude is None:
        return ""
    return f"{capture.latitude:.5f},{capture.longitude:.5f}"


def _around(capture: Capture) -> str:
    point = _point(capture)
    return f"{reverse('map')}?{urlencode({'at': f'{point},{AROUND_ZOOM}'})}" if point else ""
