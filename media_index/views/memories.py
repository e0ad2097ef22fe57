"""Memories: what was on this day in other years, journeys, and what is kept out of both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from media_index import plugins
from media_index.access import kept_out_or_404, member_id_of
from media_index.memories.keeping_out import (
    KeepingOutError,
    UnreadableError,
    keep_out,
    rows_of,
    show_again,
    told,
)
from media_index.memories.remembering import Memory, anything_on, memories, memory_of
from media_index.memories.spans import JOURNEY, Span
from media_index.models import Media
from media_index.search.filters.base import Scope
from media_index.search.query.ast import Condition
from media_index.views.leading import next_page
from media_index.views.search import address
from media_index.views.tiles import thumbnail_url, tiles

DISMISSED = "memories_dismissed"
"""In the session: the day on which the strip above the library was sent away."""
EXPECTED = "memories_expected"
"""In the session: a day, and whether there were memories on it."""
KEPT_OUT_BY = {"person": "person", "city": "place", "country": "place"}
"""The facets whose values can be kept out, and the filter that does."""
MOST_CHOICES = 8


@dataclass(frozen=True, slots=True)
class MemoryCard:
    """A memory as it is shown among others."""

    title: str
    days: str
    url: str
    src: str
    count: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be kept out, and the condition that says it."""

    title: str
    query: str


@require_GET
def memory_list(request: HttpRequest) -> HttpResponse:
    context = _remembered(request, "medium")
    return render(request, "media_index/memories.html", context)


@require_GET
def memories_strip(request: HttpRequest) -> HttpResponse:
    """A row of memories for the top of the library; nothing where there are none or it was sent away today."""
    today = timezone.localdate().isoformat()
    if request.session.get(DISMISSED) == today:
        return HttpResponse()
    context = _remembered(request, "small")
    if request.session.get(EXPECTED) != [today, bool(context["cards"])]:
        request.session[EXPECTED] = [today, bool(context["cards"])]
    if not context["cards"]:
        return HttpResponse()
    return render(request, "media_index/_memories_strip.html", context)


def strip_is_expected(request: HttpRequest) -> bool:
    """Whether :func:`memories_strip` is going to answer something, as far as is known without asking all of it: the
    library leaves room for it, so that nothing moves when it comes. Once a day it is looked whether there is a photo of
    this day in other years, and then what the strip said the last time counts."""
    today = timezone.localdate()
    if request.session.get(DISMISSED) == today.isoformat():
        return False
    known = request.session.get(EXPECTED)
    if not known or known[0] != today.isoformat():
        known = request.session[EXPECTED] = [today.isoformat(), anything_on(Scope.of(request.user), today)]
    return bool(known[1])


@require_POST
def memories_dismiss(request: HttpRequest) -> HttpResponse:
    """Until tomorrow the library begins without memories."""
    request.session[DISMISSED] = timezone.localdate().isoformat()
    if getattr(request, "htmx", False):
        return HttpResponse()
    return redirect("library")


@require_GET
def memory_detail(request: HttpRequest, key: str) -> HttpResponse:
    """The photos of one memory."""
    scope = Scope.of(request.user)
    span = _span(key)
    memory, unreadable = _found(scope, span)
    rows = scope.media.in_bulk(memory.media if memory else ())
    made = tiles(list(rows.values()), request.user, suffix=f"?{urlencode({'memory': key})}")
    shown = [made[pk] for pk in (memory.media if memory else ()) if pk in made]
    context = {
        "title": _title(memory.span if memory else span, memory, timezone.localdate()),
        "days": days_of(span),
        "tiles": shown,
        "first": shown[0].url if shown else "",
        "keep_out": reverse("memory-keep-out", args=[key]),
        "all": address(span.query),
        "unreadable": unreadable,
    }
    return render(request, "media_index/memory_detail.html", context)


@require_GET
def memory_keep_out(request: HttpRequest, key: str) -> HttpResponse:
    """What of a memory should not come again: a person, a place, or the days."""
    scope = Scope.of(request.user)
    span = _span(key)
    memory, unreadable = _found(scope, span)
    context = {
        "days": Choice(days_of(span), span.query),
        "choices": _choices(memory, scope) if memory else [],
        "back": reverse("memory-detail", args=[key]),
        "unreadable": unreadable,
    }
    return render(request, "media_index/memory_keep_out.html", context)


@require_http_methods(["GET", "POST"])
def kept_out(request: HttpRequest) -> HttpResponse:
    """All that the member keeps out, with a button to show it again; a POST keeps out what ``query`` says."""
    member_id, scope = member_id_of(request), Scope.of(request.user)
    wrong = ""
    if request.method == "POST":
        query = request.POST.get("query", "").replace("\0", "").strip()
        try:
            row = keep_out(member_id=member_id, query=query, scope=scope)
        except KeepingOutError as error:
            wrong = str(error)
        else:
            said = told([row], scope)[0].sentence
            messages.success(request, _("Kept out of your memories: %(what)s") % {"what": said})
            return redirect(next_page(request, reverse("kept-out")))
    context = {
        "rows": told(rows_of(member_id), scope),
        "wrong": wrong,
        "typed": request.POST.get("query", "") if wrong else "",
    }
    return render(request, "media_index/kept_out.html", context, status=400 if wrong else 200)


@require_POST
def kept_out_remove(request: HttpRequest, pk: int) -> HttpResponse:
    row = kept_out_or_404(request, pk)
    said = told([row], Scope.of(request.user))[0].sentence or row.query
    show_again(row)
    messages.success(request, _("Part of your memories again: %(what)s") % {"what": said})
    return redirect(next_page(request, reverse("kept-out")))


def _remembered(request: HttpRequest, size: str) -> dict[str, object]:
    """The memories of today as cards, or what keeps them from being shown."""
    scope, today = Scope.of(request.user), timezone.localdate()
    try:
        found = memories(scope, today)
    except UnreadableError as error:
        return {"cards": [], "unreadable": error.query}
    covers = scope.media.in_bulk([memory.cover for memory in found])
    return {
        "cards": [_card(memory, covers[memory.cover], size, today) for memory in found if memory.cover in covers],
        "unreadable": "",
    }


def _card(memory: Memory, cover: Media, size: str, today: date) -> MemoryCard:
    return MemoryCard(
        _title(memory.span, memory, today),
        days_of(memory.span),
        reverse("memory-detail", args=[memory.span.key]),
        thumbnail_url(cover, size),
        len(memory.media),
    )


def _title(span: Span, memory: Memory | None, today: date) -> str:
    if span.kind == JOURNEY:
        place = memory.place if memory else None
        return _("Journey: %(place)s") % {"place": place.name} if place else _("A journey")
    years = today.year - span.first.year
    if years < 1:
        return _("These days")
    return ngettext("%(years)s year ago", "%(years)s years ago", years) % {"years": years}


def days_of(span: Span) -> str:
    """The days of a span, with what both ends share said once: "19–25 November 2019"."""
    first, last = span.first, span.last
    whole = date_format(last, "DATE_FORMAT")
    if first == last:
        return whole
    if first.year != last.year:
        return f"{date_format(first, 'DATE_FORMAT')} – {whole}"
    if first.month != last.month:
        return f"{date_format(first, 'MONTH_DAY_FORMAT')} – {whole}"
    # Translators: as Django's date filter writes the first day in "19–25 November 2019".
    day_only = pgettext("first of several days of a month", "j")
    return f"{date_format(first, day_only)}–{whole}"


def _span(key: str) -> Span:
    try:
        return Span.parse(key)
    except ValueError:
        raise Http404 from None


def _found(scope: Scope, span: Span) -> tuple[Memory | None, str]:
    """The memory, if there is one, and the row that keeps all from being remembered."""
    try:
        return memory_of(scope, span), ""
    except UnreadableError as error:
        return None, error.query


def _choices(memory: Memory, scope: Scope) -> list[Choice]:
    """Who is in the photos of a memory, and where they were taken. As many statements as facets need."""
    media = Media.objects.filter(pk__in=memory.media)
    facets = [facet for make in plugins.resolved("facets") for facet in make(media, scope)]
    return [
        Choice(value.label, str(Condition(KEPT_OUT_BY[facet.key], value.value)))
        for facet in facets
        if facet.key in KEPT_OUT_BY
        for value in facet.values[:MOST_CHOICES]
        if '"' not in value.value
    ]
