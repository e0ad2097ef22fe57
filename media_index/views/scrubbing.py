"""The strip of years and months above results, as a piece of its own: counting must not hold up the pictures."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from media_index.search.filters.base import Scope
from media_index.search.scrubber import Span, scrubber
from media_index.views.library import page_or_part
from media_index.views.search import address, query_of


@dataclass(frozen=True, slots=True)
class Pick:
    """A span with the address that it leads to."""

    span: Span
    url: str
    months: tuple[Pick, ...] = ()


@require_safe
def dates(request: HttpRequest) -> HttpResponse:
    query = query_of(request)
    found = scrubber(query, Scope.of(request.user)) if query else None
    context = {
        "query": query,
        "scrubber": found,
        "years": [_pick(span) for span in found.years] if found else [],
        "all_dates": address(found.all_dates) if found and found.all_dates else "",
        "back": address(query),
    }
    return page_or_part(request, "media_index/dates.html", "media_index/_scrubber.html", context)


def _pick(span: Span) -> Pick:
    return Pick(span, address(span.query), tuple(_pick(month) for month in span.months))
