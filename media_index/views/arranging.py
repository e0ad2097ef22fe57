"""How the results of a search are laid out: best or newest first, near-identical shots stacked or not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from media_index.models import Media
from media_index.search.answers import Found, Hit
from media_index.search.engine import search as find
from media_index.search.filters.base import Scope

NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What the address says: ``?sort=newest``, ``?stack=off``. Anything else is as if it said nothing."""

    newest: bool = False
    stacked: bool = True

    @classmethod
    def of(cls, request: HttpRequest) -> Arrangement:
        return cls(request.GET.get("sort") == NEWEST, request.GET.get("stack") != "off")

    @property
    def parameters(self) -> dict[str, Any]:
        """For the addresses that go on from here."""
        return {**({"sort": NEWEST} if self.newest else {}), **({} if self.stacked else {"stack": "off"})}

    def found(self, query: str, scope: Scope, *, limit: int, most: int) -> Found:
        """The answer, its first ``limit`` hits in this order. The newest of the ``most`` best is not among the first
        ``limit``, so that order asks for all of them, and one statement for when they were taken."""
        if not self.newest:
            return find(query, scope, limit=limit)
        every = find(query, scope, limit=most)
        hits = _by_date(every.hits)[:limit]
        return replace(every, hits=hits, nearest=_by_date(every.nearest)[: limit - len(hits)])


def arranging(query: str, found: Found, arrangement: Arrangement) -> dict[str, Any]:
    """What the page offers: the two orders where the results have one of their own, and the strip of dates."""
    ranked = bool(found.encoder_key) and len(found.hits) > 1
    best, newest = replace(arrangement, newest=False), replace(arrangement, newest=True)
    return {
        "sorts": [
            {"name": gettext("Best first"), "url": _address(query, best), "pressed": not arrangement.newest},
            {"name": gettext("Newest first"), "url": _address(query, newest), "pressed": arrangement.newest},
        ]
        if ranked
        else [],
        "restack": "" if arrangement.stacked else _address(query, replace(arrangement, stacked=True)),
        "dates": f"{reverse('search-dates')}?{urlencode({'q': query})}",
    }


def _address(query: str, arrangement: Arrangement) -> str:
    return f"{reverse('search')}?{urlencode({'q': query, **arrangement.parameters})}"


def _by_date(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    if not hits:
        return hits
    taken = dict(Media.objects.filter(pk__in=[hit.media_id for hit in hits]).values_list("pk", "taken_at"))
    there = [hit for hit in hits if hit.media_id in taken]
    return tuple(sorted(there, key=lambda hit: (taken[hit.media_id], hit.media_id), reverse=True))
