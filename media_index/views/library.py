"""The library: all photos and videos by day, and the files beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseClientRefresh

from media_index import searches, selectors
from media_index.access import member_id_of
from media_index.models import Extraction, Media, Source
from media_index.reasons import explain
from media_index.search.filters.base import Scope
from media_index.views import timeline
from media_index.views.days import Wanted, by_day
from media_index.views.parts import page_or_part as page_or_part  # where other pages take it from
from media_index.views.tiles import file_names

if TYPE_CHECKING:
    from media_index.models.media import MediaQuerySet


def seen(request: HttpRequest) -> MediaQuerySet:
    """What the member may see. Its sources are asked for once, which is quicker than with each row."""
    return Media.objects.in_sources(Scope.of(request.user).source_ids or ())


@require_GET
def library(request: HttpRequest) -> HttpResponse:
    context = by_day(request, timeline.Listing.timeline(seen(request)))
    context["has_sources"] = bool(context["days"]) or Source.objects.visible_to(request.user).exists()
    context["dates"] = reverse("library-dates")
    return page_or_part(request, "media_index/library.html", "media_index/_timeline.html", context)


@require_GET
def other_files(request: HttpRequest) -> HttpResponse:
    wanted = Wanted.of(request)
    part = timeline.other_files(seen(request).filter(shelf=Media.Shelf.LIBRARY), wanted.after)
    ids = [media.pk for media in part.media]
    names = file_names(ids, request.user)
    failed = Extraction.objects.filter(media__in=ids, extractor="thumbnails").exclude(reason="")
    reasons = {media_id: explain(code) for media_id, code in failed.values_list("media_id", "reason")}
    context = {
        "files": [
            {"media": media, "name": names.get(media.pk, ""), "reason": reasons.get(media.pk)} for media in part.media
        ],
        "next": f"{reverse('other-files')}?after={part.next}" if part.next else "",
        "is_first": wanted.is_first,
    }
    return page_or_part(request, "media_index/other_files.html", "media_index/_other_files.html", context)


@require_GET
def progress(request: HttpRequest) -> HttpResponse:
    """How far indexing is, as a piece of the library that renews itself while there is work."""
    if request.GET.get("empty") and timeline.timeline(seen(request), size=1).media:
        return HttpResponseClientRefresh()
    now = selectors.progress(request.user)
    context = {
        "progress": now,
        "done": now.media - now.pending,
        "empty": request.GET.get("empty", ""),
        "is_new": not now.working and searches.is_new_to_search(member_id_of(request)),
    }
    return render(request, "media_index/_progress.html", context)
