"""The albums that one media is in: on its page, to add to another and to take out in place."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from media_index.access import album_or_404, media_or_404
from media_index.library.albums import selectors, service
from media_index.library.albums.rights import may_add, may_take_out
from media_index.library.history import ChangeError
from media_index.models import Change, Media
from media_index.plugins import Panel
from media_index.search.filters.base import Scope
from media_index.views.bulk import back, next_of, sentence, tell

ORDER = 19
TEMPLATE = "media_index/panels/_albums.html"


def panels(media: Media, member: object) -> list[Panel]:
    """Two statements."""
    return [Panel(TEMPLATE, _context(media, member), ORDER)]


def _context(media: Media, member: Any, error: str = "") -> dict[str, Any]:
    scope = Scope.late(member)
    rows = selectors.holding(scope, media)
    there = {row.album_id for row in rows}
    return {
        "media": media,
        "rows": [{"album": row.album, "may_remove": may_take_out(row.album, row, member)} for row in rows],
        "others": [album for album in selectors.taking(scope, member) if album.pk not in there],
        "longest": service.LONGEST_TITLE,
        "error": error,
    }


@require_POST
def media_albums(request: HttpRequest, pk: int) -> HttpResponse:
    """``album``: put into that one, or into a new one called ``title``; ``remove``: taken out of that one."""
    media = media_or_404(request, pk)
    error = ""
    made: Change | None = None
    try:
        made = _changed(request, media)
    except ChangeError as problem:
        error = sentence(problem)
    if getattr(request, "htmx", False) or error:
        template = TEMPLATE if getattr(request, "htmx", False) else "media_index/media_albums.html"
        here = next_of(request, media.get_absolute_url())
        return render(request, template, {**_context(media, request.user, error), "here": here})
    tell(request, made)
    return back(request, media.get_absolute_url())


def _changed(request: HttpRequest, media: Media) -> Change | None:
    if "remove" in request.POST:
        album = album_or_404(request, _number(request.POST["remove"]))
        return service.album_remove(album=album, media_ids=[media.pk], member=request.user).change
    wanted = request.POST.get("album", "")
    if not wanted:
        about = service.About(request.POST.get("title", ""))
        return service.album_create(about=about, owner=request.user, media_ids=[media.pk])[1].change
    album = album_or_404(request, _number(wanted))
    if not may_add(album, request.user):
        raise Http404
    return service.album_add(album=album, media_ids=[media.pk], member=request.user).change


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404
    return int(text)
