"""The page of one photo, video or file."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from media_index import plugins
from media_index.access import media_or_404
from media_index.feedback_service import opened_record
from media_index.models import Label, Media
from media_index.search.answers import Found
from media_index.search.engine import search as find
from media_index.search.filters.base import Scope
from media_index.search.likeness import of_media
from media_index.views import timeline
from media_index.views.search import MOST, address, query_of
from media_index.views.thumbs import shown, thumbs_of
from media_index.views.tiles import (
    ALT_LABELS,
    ALT_SCORE,
    LARGE,
    PREVIEW,
    describe,
    file_names,
    placeholder_uri,
    srcset,
    thumbnail_url,
)

SMALL_PICTURE = 1000
"""A picture whose longest side has fewer pixels than this is shown at twice its size, others never enlarged."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The large view of a photo. ``width`` and ``height`` are those of its box in CSS pixels, before it is fitted."""

    src: str
    srcset: str
    placeholder: str
    alt: str
    width: int
    height: int


@require_GET
def media_detail(request: HttpRequest, pk: int) -> HttpResponse:
    media = media_or_404(request, pk)
    query = query_of(request)
    found = find(query, Scope.of(request.user), limit=MOST) if query else None
    newer, older = _neighbours(request, media, found)
    result = shown(found, media.pk) if found else None
    if result and request.user.pk is not None and request.method == "GET":
        opened_record(member_id=request.user.pk, shown=result)
    suffix = f"?{urlencode({'q': query})}" if query else ""
    context = {
        "media": media,
        "name": file_names([media.pk], request.user).get(media.pk, ""),
        "stage": _stage(media) if media.has_preview else None,
        "is_video": media.kind == Media.Kind.VIDEO,
        "previous": newer.get_absolute_url() + suffix if newer else "",
        "next": older.get_absolute_url() + suffix if older else "",
        "next_picture": thumbnail_url(older, "large") if older and older.has_preview else "",
        "back": address(query) if query else reverse("library"),
        "query": query,
        "thumbs": thumbs_of(found, result) if found and result else None,
        "like": address(of_media(media)) if media.has_preview else "",
        "panels": _panels(request, media),
    }
    return render(request, "media_index/media_detail.html", context)


def _panels(request: HttpRequest, media: Media) -> list[SafeString]:
    return [render_to_string(panel.template, panel.context, request) for panel in plugins.panels(media, request.user)]


def _neighbours(request: HttpRequest, media: Media, found: Found | None) -> tuple[Media | None, Media | None]:
    """The media before and after this one in the search it was found by, else in the timeline."""
    visible = Media.objects.visible_to(request.user)
    ids = [hit.media_id for hit in found.hits] if found else []
    if media.pk not in ids:
        return timeline.neighbours(visible, media)
    at = ids.index(media.pk)
    rows = visible.in_bulk([*ids[max(at - 1, 0) : at], *ids[at + 1 : at + 2]])
    before = rows.get(ids[at - 1]) if at else None
    return before, rows.get(ids[at + 1]) if at + 1 < len(ids) else None


def _stage(media: Media) -> Stage:
    names = Label.objects.filter(media=media, score__gte=ALT_SCORE).values_list("name", flat=True)[:ALT_LABELS]
    width, height = media.width or LARGE, media.height or LARGE
    scale = 2 if max(width, height) < SMALL_PICTURE else 1
    return Stage(
        src=thumbnail_url(media, "large"),
        srcset=srcset(media, {"large": LARGE, "preview": PREVIEW}),
        placeholder=placeholder_uri(media),
        alt=describe(media, list(names)),
        width=width * scale,
        height=height * scale,
    )
