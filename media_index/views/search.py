"""Search: a query, what was understood of it, and what it found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from media_index import plugins
from media_index.models import Media
from media_index.search.engine import Found, Hit
from media_index.search.engine import search as find
from media_index.search.filters import Scope
from media_index.views.library import page_or_part
from media_index.views.tiles import Match, Tile, tiles

PART = 100
MOST = 500
"""Beyond that nobody looks on; a better query helps more."""


def query_of(request: HttpRequest) -> str:
    """What was asked for. A NUL character is in no text, and PostgreSQL refuses it."""
    return request.GET.get("q", "").replace("\0", "").strip()


def address(query: str, **more: object) -> str:
    return f"{reverse('search')}?{urlencode({'q': query, **more})}"


def _start(request: HttpRequest) -> int:
    text = request.GET.get("from", "0")
    if not (text.isascii() and text.isdigit() and int(text) < MOST):
        raise BadRequest(f"results begin at a number from 0 to {MOST - 1}, not at {text!r}")
    return int(text)


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    query = query_of(request)
    start = _start(request)
    context: dict[str, Any] = {"query": query, "examples": [item.example for item in plugins.filters().values()][:6]}
    if query:
        context.update(_results(request, query, start))
    return page_or_part(request, "media_index/search.html", "media_index/_results.html", context)


def _results(request: HttpRequest, query: str, start: int) -> dict[str, Any]:
    end = min(start + PART, MOST)
    found = find(query, Scope.of(request.user), limit=end)
    shows_nearest = request.GET.get("nearest") == "1"
    hits = found.hits + (found.nearest if shows_nearest else ())
    # Without script the link for more leads to a page of all results so far, so the first ones are shown as well.
    first = start if getattr(request, "htmx", False) else 0
    is_full = len(hits) == end
    more = {"nearest": 1} if shows_nearest else {}
    return {
        "found": found,
        "tiles": _tiles(request, found, hits[first:]),
        "chips": [
            {
                "chip": chip,
                "without": address(chip.without) if chip.without else reverse("library"),
                "undo": address(chip.undo) if chip.undo else "",
            }
            for chip in found.understood
        ],
        "next": address(query, **{"from": end}, **more) if is_full and end < MOST else "",
        "nearest": address(query, nearest=1) if found.nearest and not shows_nearest else "",
        "is_first": first == 0,
        "nothing_matches": bool(found.nearest) and not found.hits,
        "cut_off": is_full and end == MOST,
        "most": MOST,
    }


def _tiles(request: HttpRequest, found: Found, hits: Sequence[Hit]) -> list[Tile]:
    """The tiles of the hits in their order. A media that went away since it was found is left out.

    A tile tells of the chips, which hold for all of them, only where it has nothing of its own to say.
    """
    rows = Media.objects.visible_to(request.user).in_bulk([hit.media_id for hit in hits])
    common = {chip.sentence for chip in found.understood}
    matches = {
        hit.media_id: Match(tuple(one for one in hit.why if one not in common) or hit.why, hit.moment) for hit in hits
    }
    made = tiles(list(rows.values()), request.user, matches, f"?{urlencode({'q': found.query})}")
    return [made[hit.media_id] for hit in hits if hit.media_id in made]
