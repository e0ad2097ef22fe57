"""The page of one photo, video or file: the large view, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from media_index import plugins
from media_index.access import media_or_404
from media_index.feedback_service import opened_record
from media_index.formats import DECODABLE
from media_index.models import Media
from media_index.search.likeness import of_media
from media_index.views.search import address
from media_index.views.sequence import Sequence, sequence_of
from media_index.views.slides import COUNT, Slide, slide_of
from media_index.views.thumbs import shown, thumbs_of
from media_index.views.tiles import PREVIEW, placeholder_uri, thumbnail_url

SHOWN = ("capture__place__city", "capture__place__region", "capture__place__country", "edited", "stack")
"""What several panels tell of a media, read with it."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What the page leads to before or after it. ``picture`` is fetched ahead."""

    url: str
    picture: str

    @classmethod
    def of(cls, found: tuple[Media, ...], sequence: Sequence) -> Neighbour | None:
        if not found:
            return None
        picture = thumbnail_url(found[0], "large") if found[0].has_preview else ""
        return cls(found[0].get_absolute_url() + sequence.suffix, picture)


@require_GET
def media_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a media. It works without script; the viewer takes it up from there."""
    media = media_or_404(request, pk, *SHOWN)
    sequence = sequence_of(request)
    near = sequence.order.near(media, 1)
    slide = slide_of(media, request.user)
    context = {
        **_about(request, slide, sequence),
        "document": slide.document(sequence.suffix),
        "blur": placeholder_uri(media),
        "previous": Neighbour.of(near.before, sequence),
        "next": Neighbour.of(near.after, sequence),
        "suffix": sequence.suffix,
        "back": sequence.back,
        "back_title": sequence.back_title,
        "is_shown": media.has_preview or slide.is_video,
        "count": COUNT,
    }
    _note_opened(request, media, sequence)
    return render(request, "media_index/media_detail.html", context)


@require_GET
@cache_control(private=True, no_cache=True)
def about(request: HttpRequest, pk: int) -> HttpResponse:
    """What is known of a media, as a piece of its page, for whoever leafs on to it."""
    media = media_or_404(request, pk, *SHOWN)
    context = _about(request, slide_of(media, request.user), sequence_of(request))
    return render(request, "media_index/_about.html", context)


def _about(request: HttpRequest, slide: Slide, sequence: Sequence) -> dict[str, Any]:
    media, found = slide.media, sequence.found
    result = shown(found, media.pk) if found else None
    can_copy = media.kind == Media.Kind.IMAGE and media.mime in DECODABLE
    here = media.get_absolute_url() + sequence.suffix
    return {
        "media": media,
        "slide": slide,
        "name": slide.name,
        "query": sequence.query,
        "here": here,
        "thumbs": thumbs_of(found, result) if found and result else None,
        "like": address(of_media(media)) if media.has_preview else "",
        "can_copy": can_copy,
        "is_large": max(media.width or 0, media.height or 0) > PREVIEW,
        "panels": _panels(request, media, here),
    }


def _panels(request: HttpRequest, media: Media, here: str) -> list[SafeString]:
    """Each is told where it stands as well: ``here`` is the page, whatever address the piece of it was asked from."""
    return [
        render_to_string(panel.template, {"here": here, **panel.context}, request)
        for panel in plugins.panels(media, request.user)
    ]


def _note_opened(request: HttpRequest, media: Media, sequence: Sequence) -> None:
    """That somebody opened a result of a search; what they leaf through from there was not chosen."""
    result = shown(sequence.found, media.pk) if sequence.found else None
    if result and request.user.pk is not None:
        opened_record(member_id=request.user.pk, shown=result)
