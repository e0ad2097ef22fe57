"""Search: a query, what was understood of it, and what it found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from media_index import searches
from media_index.access import member_id_of, takes_access_tokens
from media_index.models import Media, RecentSearch, SavedSearch
from media_index.search.answers import Offer
from media_index.search.engine import Found, Hit
from media_index.search.filters.base import Scope
from media_index.search.meaning import meant
from media_index.search.offers import MOST_COUNTED
from media_index.views.arranging import Arrangement, arranging
from media_index.views.library import page_or_part
from media_index.views.results import dressed
from media_index.views.search_json import search_json, wants_json
from media_index.views.tiles import Match, Tile, tiles

PART = 100
MOST = 500
"""Beyond that nobody looks on; a better query helps more."""
RECENT_SHOWN = 8
EXAMPLES = ("videos of dogs", "last summer", "christmas 2019", "vertical photos", "type:video", "year:2019..2021")
"""How to begin: plain words first, and what filters look like."""
TYPED = "typed"
"""The field of the search box that tells that somebody sent it off."""


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


@takes_access_tokens
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    query = query_of(request)
    if wants_json(request):
        return search_json(request, query)
    if request.GET.get(TYPED) == "1":
        # Only what is sent off from the box is remembered; the address that is led to can be loaded again and shared.
        searches.search_remember(member_id=member_id_of(request), query=query)
        return redirect(address(query))
    start = _start(request)
    context: dict[str, Any] = {"query": query}
    context.update(_results(request, query, start) if query else _start_page(request))
    return page_or_part(request, "media_index/search.html", "media_index/_results.html", context)


def _start_page(request: HttpRequest) -> dict[str, Any]:
    """What is there before anything was asked for."""
    member = member_id_of(request)
    saved = SavedSearch.objects.filter(member_id=member).order_by("name").values_list("name", "query")
    recent = RecentSearch.objects.filter(member_id=member).order_by("-used_at").values_list("query", flat=True)
    return {
        "examples": EXAMPLES,
        "saved": [{"name": name, "url": address(query)} for name, query in saved],
        "recent": [{"name": query, "url": address(query)} for query in recent[:RECENT_SHOWN]],
    }


def _results(request: HttpRequest, query: str, start: int) -> dict[str, Any]:
    end = min(start + PART, MOST)
    arrangement = Arrangement.of(request)
    found = arrangement.found(query, Scope.of(request.user), limit=end, most=MOST)
    shows_nearest = request.GET.get("nearest") == "1"
    hits = found.hits + (found.nearest if shows_nearest else ())
    # Without script the link for more leads to a page of all results so far, so the first ones are shown as well.
    first = start if getattr(request, "htmx", False) else 0
    is_full = len(hits) == end
    more = {**arrangement.parameters, **({"nearest": 1} if shows_nearest else {})}
    return {
        "found": found,
        "tiles": _tiles(request, found, hits[first:], first, arrangement),
        "arranging": arranging(query, found, arrangement),
        "chips": [
            {
                "chip": chip,
                "without": address(chip.without) if chip.without else reverse("library"),
                "undo": address(chip.undo) if chip.undo else "",
            }
            for chip in found.understood
        ],
        "meant": _meant(query, Scope.of(request.user)) if first == 0 else None,
        "next": address(query, **{"from": end}, **more) if is_full and end < MOST else "",
        "nearest": address(query, nearest=1) if found.nearest and not shows_nearest else "",
        "is_first": first == 0,
        "nothing_matches": bool(found.nearest) and not found.hits,
        "offers": [_offer(one) for one in found.offers],
        "cut_off": is_full and end == MOST,
        "facets": f"{reverse('search-facets')}?{urlencode({'q': query})}",
        "name_longest": searches.LONGEST_NAME,
        "most": MOST,
    }


def _offer(offer: Offer) -> dict[str, object]:
    """A chip to take away, with how many are found then."""
    url = address(offer.chip.without) if offer.chip.without else reverse("library")
    return {
        "sentence": offer.chip.sentence,
        "url": url,
        "count": offer.count,
        "is_many": offer.count >= MOST_COUNTED,
    }


def _meant(query: str, scope: Scope) -> dict[str, str] | None:
    """A name that was mistyped, put right."""
    better = meant(query, scope)
    return {"query": better, "url": address(better)} if better else None


def _tiles(request: HttpRequest, found: Found, hits: Sequence[Hit], first: int, arrangement: Arrangement) -> list[Tile]:
    """The tiles of the hits in their order, ``first`` hits behind the best; those of one stack side by side. A media
    that went away since it was found is left out.

    A tile tells of the chips, which hold for all of them, only where it has nothing of its own to say.
    """
    rows = Media.objects.visible_to(request.user).in_bulk([hit.media_id for hit in hits])
    common = {chip.sentence for chip in found.understood}
    matches = {
        hit.media_id: Match(tuple(one for one in hit.why if one not in common) or hit.why, hit.moment) for hit in hits
    }
    suffix = f"?{urlencode({'q': found.query, **arrangement.parameters})}"
    made = tiles(list(rows.values()), request.user, matches, suffix)
    unstacked = address(found.query, **arrangement.parameters, stack="off") if arrangement.stacked else ""
    return dressed(made, found, hits, first=first, unstacked=unstacked)
