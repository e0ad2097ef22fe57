"""The first start after the first folder: what was found, as it comes in, and what can be searched for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from media_index import selectors
from media_index.extractors.base import Lane
from media_index.models import Media, Source
from media_index.views.ideas import cards
from media_index.views.parts import page_or_part
from media_index.views.tiles import tiles

SHOWN = 12
"""Pictures that came in last: two rows on a desk, three on a phone."""


@require_GET
def welcome(request: HttpRequest) -> HttpResponse:
    """Renews itself while there is work; then it says what is next, and stays as it is."""
    now = selectors.progress(request.user)
    left = {lane.name: lane.todo for lane in now.lanes}
    seen = Media.objects.visible_to(request.user).in_timeline().filter(has_preview=True)
    latest = list(seen.order_by("-pk")[:SHOWN])
    made = tiles(latest, request.user)
    context = {
        "progress": now,
        "has_sources": Source.objects.visible_to(request.user).exists(),
        "shown": now.media - left[str(Lane.CHEAP)],
        "understood": now.media - now.pending,
        "tiles": [made[media.pk] for media in latest],
        "cards": cards(request.user) if latest else [],
    }
    return page_or_part(request, "media_index/welcome.html", "media_index/_welcome.html", context)
