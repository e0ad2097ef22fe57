"""Saved searches and the history of searches: a member's own, and nobody else's."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from media_index import searches
from media_index.access import member_id_of, saved_search_or_404
from media_index.models import RecentSearch, SavedSearch
from media_index.search.query.parser import LONGEST
from media_index.views.search import address

SHOWN = 50
"""Recent searches on the page."""


@require_GET
def saved_searches(request: HttpRequest) -> HttpResponse:
    member = member_id_of(request)
    recent = RecentSearch.objects.filter(member_id=member).order_by("-used_at")
    context = {
        "saved": [
            {"search": one, "url": address(one.query)}
            for one in SavedSearch.objects.filter(member_id=member).order_by("name")
        ],
        "recent": [{"query": query, "url": address(query)} for query in recent.values_list("query", flat=True)[:SHOWN]],
        "is_kept": searches.history_is_kept(member),
        "longest": searches.LONGEST_NAME,
    }
    return render(request, "media_index/saved_searches.html", context)


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    query = request.POST.get("query", "").replace("\0", "").strip()[:LONGEST]
    name = _name(request) or query[: searches.LONGEST_NAME]
    if not query:
        messages.error(request, gettext("There is nothing to save yet: search for something first."))
        return redirect("search")
    try:
        searches.saved_search_add(member_id=member_id_of(request), name=name, query=query)
        messages.success(request, gettext("Saved as “%(name)s”.") % {"name": name})
    except searches.NameTakenError as error:
        messages.error(request, _sentence(error))
    return redirect(address(query))


@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    found, name = saved_search_or_404(request, pk), _name(request)
    if not name:
        messages.error(request, gettext("A saved search needs a name."))
    else:
        try:
            searches.saved_search_rename(search=found, name=name)
            messages.success(request, gettext("It is now called “%(name)s”.") % {"name": name})
        except searches.NameTakenError as error:
            messages.error(request, _sentence(error))
    return redirect("saved-searches")


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    found = saved_search_or_404(request, pk)
    found.delete()
    messages.success(request, gettext("“%(found)s” is deleted.") % {"found": found.name})
    return redirect("saved-searches")


@require_POST
def clear_history(request: HttpRequest) -> HttpResponse:
    searches.history_clear(member_id=member_id_of(request))
    messages.success(request, gettext("Your recent searches are forgotten."))
    return redirect("saved-searches")


@require_POST
def keep_history(request: HttpRequest) -> HttpResponse:
    is_kept = request.POST.get("keep") == "1"
    searches.history_keep(member_id=member_id_of(request), is_kept=is_kept)
    messages.success(
        request,
        gettext("Searches are remembered from now on.") if is_kept else gettext("Searches are no longer remembered."),
    )
    return redirect("saved-searches")


def _name(request: HttpRequest) -> str:
    text = " ".join(request.POST.get("name", "").replace("\0", "").split())
    return text[: searches.LONGEST_NAME].strip()


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
