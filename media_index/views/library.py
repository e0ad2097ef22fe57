"""The library: all photos and videos by day, and the files beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseClientRefresh

from media_index import selectors
from media_index.models import Extraction, Media, Source
from media_index.reasons import explain
from media_index.views import timeline
from media_index.views.tiles import Tile, file_names, tiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from media_index.models.media import MediaQuerySet

FEW = 3.2
"""A day whose pictures are together no wider than this, as a multiple of their height, shares a row with its
neighbours. That much still fits a phone's screen (390 CSS pixels) in the rows of static/css/grid.css."""


def _after(request: HttpRequest) -> timeline.Key | None:
    text = request.GET.get("after", "")
    return timeline.Key.parse(text) if text else None


def _visible(request: HttpRequest) -> MediaQuerySet:
    return Media.objects.visible_to(request.user)


def page_or_part(request: HttpRequest, page: str, part: str, context: dict[str, Any]) -> HttpResponse:
    """The whole page, or for htmx the part of it that it asked for."""
    wants_part = bool(getattr(request, "htmx", False))
    response = render(request, part if wants_part else page, {**context, "is_part": wants_part})
    # One address, two answers: a browser that goes back must not take the part for the page.
    patch_vary_headers(response, ["HX-Request"])
    return response


def _day(day: timeline.Day, shown: Sequence[Tile]) -> dict[str, object]:
    few = sum(tile.ratio for tile in shown) <= FEW
    return {"date": day.date, "continues": day.continues, "few": few, "tiles": shown}


@require_GET
def library(request: HttpRequest) -> HttpResponse:
    after = _after(request)
    part = timeline.timeline(_visible(request), after)
    made = tiles(part.media, request.user)
    context = {
        "days": [_day(day, [made[media.pk] for media in day.items]) for day in timeline.days(part.media, after)],
        "next": f"{reverse('library')}?after={part.next}" if part.next else "",
        "is_first": after is None,
        "has_sources": bool(part.media) or Source.objects.visible_to(request.user).exists(),
    }
    return page_or_part(request, "media_index/library.html", "media_index/_timeline.html", context)


@require_GET
def other_files(request: HttpRequest) -> HttpResponse:
    after = _after(request)
    part = timeline.other_files(_visible(request), after)
    ids = [media.pk for media in part.media]
    names = file_names(ids, request.user)
    failed = Extraction.objects.filter(media__in=ids, extractor="thumbnails").exclude(reason="")
    reasons = {media_id: explain(code) for media_id, code in failed.values_list("media_id", "reason")}
    context = {
        "files": [
            {"media": media, "name": names.get(media.pk, ""), "reason": reasons.get(media.pk)} for media in part.media
        ],
        "next": f"{reverse('other-files')}?after={part.next}" if part.next else "",
        "is_first": after is None,
    }
    return page_or_part(request, "media_index/other_files.html", "media_index/_other_files.html", context)


@require_GET
def progress(request: HttpRequest) -> HttpResponse:
    """How far indexing is, as a piece of the library that renews itself while there is work."""
    if request.GET.get("empty") and timeline.timeline(_visible(request), size=1).media:
        return HttpResponseClientRefresh()
    now = selectors.progress()
    context = {"progress": now, "done": now.media - now.pending, "empty": request.GET.get("empty", "")}
    return render(request, "media_index/_progress.html", context)
