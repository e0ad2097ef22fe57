"""What stands around the results of a search: suggestions while somebody types, and facets."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from media_index.search.facets import Choice, divided
from media_index.search.filters.base import Scope
from media_index.search.query.parser import LONGEST
from media_index.search.suggesting import MOST, suggestions
from media_index.views.ideas import offered
from media_index.views.library import page_or_part
from media_index.views.search import address, query_of

SHOWN = 6
"""Values of a facet that are seen at once; the others unfold."""


@require_GET
@cache_control(private=True, max_age=5)
def suggest(request: HttpRequest) -> HttpResponse:
    """The options of the list under the search box, for ``q`` with the caret at ``at`` (at its end unless said)."""
    query = request.GET.get("q", "").replace("\0", " ")[:LONGEST]
    at = request.GET.get("at", str(len(query)))
    if not (at.isascii() and at.isdigit() and len(at) < 5):
        raise BadRequest(f"the caret stands at a number, not at {at!r}")
    scope = Scope.of(request.user)
    found = suggestions(query, int(at), scope)
    if not query.strip() and len(found) < MOST:
        found += offered(scope, but={one.query for one in found})[: MOST - len(found)]
    return render(request, "media_index/_suggestions.html", {"suggestions": found})


@require_GET
def facets(request: HttpRequest) -> HttpResponse:
    """How the results divide: a part of the page of results, or a page of its own."""
    query = query_of(request)
    found = divided(query, Scope.of(request.user))
    divisions = [
        {
            "title": division.title,
            "first": [_choice(choice, found.about) for choice in division.choices[:SHOWN]],
            "more": [_choice(choice, found.about) for choice in division.choices[SHOWN:]],
        }
        for division in found.divisions
    ]
    context = {"query": query, "divisions": divisions, "about": found.about, "best": found.best, "back": address(query)}
    return page_or_part(request, "media_index/search_facets.html", "media_index/_facets.html", context)


def _choice(choice: Choice, about: bool) -> dict[str, object]:
    return {"choice": choice, "count": _said(choice.count, about), "url": address(choice.query)}


def _said(count: int, about: bool) -> str:
    """An estimate has two digits that mean something: ``about 12,000``."""
    if about:
        count = round(count, min(0, 2 - len(str(count))))
    return f"{count:,}"
