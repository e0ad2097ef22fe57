"""First searches, made of the photos' own content: a part of the search page, of the library and of the first start."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from media_index.search.filters.base import Scope
from media_index.search.ideas import Idea, ideas
from media_index.search.suggesting import Suggestion
from media_index.views.parts import page_or_part
from media_index.views.search import address
from media_index.views.tiles import thumbnail_url

KINDS: dict[str, str | Promise] = {
    "person": _("Who is in it"),
    "label": _("What it shows"),
    "city": _("Where it was"),
    "country": _("Where it was"),
    "year": _("When it was"),
}
"""What is said of an idea by the facet that it comes from."""


@dataclass(frozen=True, slots=True)
class Card:
    """An idea as it is shown: its query, that in plain words, what it is about, and one picture that it finds."""

    query: str
    words: str
    about: str | Promise
    url: str
    src: str


def cards(member: object) -> list[Card]:
    return [_card(one) for one in ideas(Scope.of(member))]


def _card(idea: Idea) -> Card:
    # Led through the box, so that what was chosen stands among the recent searches.
    url = address(idea.query, typed=1)
    return Card(idea.query, plain(idea.query), KINDS[idea.key], url, thumbnail_url(idea.media, "small"))


def plain(query: str) -> str:
    """The query as a person says it: of a single filter its value only, of a town without its country."""
    key, colon, value = query.partition(":")
    if not colon or key not in KINDS:
        return query
    return value.strip('"').partition(", ")[0] if key == "city" else value.strip('"')


def offered(scope: Scope, *, but: Container[str]) -> list[Suggestion]:
    """Ideas as suggestions for a box in which nothing stands, without those queries."""
    return [
        Suggestion(plain(one.query), str(KINDS[one.key]), "search", one.query, len(one.query), whole=True)
        for one in ideas(scope)
        if one.query not in but
    ]


@require_GET
def search_ideas(request: HttpRequest) -> HttpResponse:
    context = {"cards": cards(request.user), "is_first": request.GET.get("first") == "1"}
    return page_or_part(request, "media_index/search_ideas.html", "media_index/_ideas.html", context)
