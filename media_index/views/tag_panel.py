"""The tags of one media: on its page, to add and to take off in place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from media_index.access import media_or_404
from media_index.library.completing import CompletedInput
from media_index.library.history import ChangeError
from media_index.library.tags import selectors, service
from media_index.library.tags.names import LONGEST_FIELD, TagNameError
from media_index.models import Change, Media
from media_index.plugins import Panel
from media_index.search.filters.base import Scope
from media_index.views.bulk import back, next_of, sentence, tell

ORDER = 18
TEMPLATE = "media_index/panels/_tags.html"
FIELD = CompletedInput("tag-suggest", several=True)


def panels(media: Media, member: object) -> list[Panel]:
    """Three statements."""
    return [Panel(TEMPLATE, _context(media, member), ORDER)]


def _context(media: Media, member: object, text: str = "", error: str = "") -> dict[str, Any]:
    # A tag on what is hidden or in the trash is known to who sees that.
    own = replace(Scope.late(member), media=Media.objects.filter(pk=media.pk))
    tree = selectors.known(own)
    by_file = set(media.media_tags.exclude(keyword="").values_list("tag_id", flat=True))
    shown = [
        {"tag": row, "path": tree.path(row.pk), "by_file": row.pk in by_file} for row in selectors.tags_of(media, tree)
    ]
    attributes = {"id": "tags-add", "maxlength": LONGEST_FIELD, "required": True}
    described = {"aria-invalid": "true", "aria-describedby": "tags-error"} if error else {}
    field = FIELD.render("tags", text, {**attributes, **described})
    return {"media": media, "tags": shown, "field": field, "error": error}


@require_POST
def media_tags(request: HttpRequest, pk: int) -> HttpResponse:
    """``add``: the tags of the field are put on it; ``remove``: the tag of that id is taken off."""
    media = media_or_404(request, pk)
    text = request.POST.get("tags", "").replace("\0", "")
    is_part = bool(getattr(request, "htmx", False))
    try:
        made = _changed(request, media, text)
    except (TagNameError, ChangeError) as error:
        told = str(error) if isinstance(error, TagNameError) else sentence(error)
        return _answer(request, media, text, told)
    if is_part:
        return _answer(request, media)
    tell(request, made)
    return back(request, media.get_absolute_url())


def _changed(request: HttpRequest, media: Media, text: str) -> Change | None:
    removed = request.POST.get("remove", "")
    if not removed:
        return service.tags_add(media_ids=[media.pk], text=text, member=request.user).change
    wanted = int(removed) if removed.isascii() and removed.isdigit() and len(removed) < 19 else 0
    there = media.media_tags.filter(tag=wanted).select_related("tag").first()
    if there is None:
        return None
    return service.tags_remove(media_ids=[media.pk], tag_ids=[wanted], names=there.tag.name, member=request.user).change


def _answer(request: HttpRequest, media: Media, text: str = "", error: str = "") -> HttpResponse:
    here = next_of(request, media.get_absolute_url())
    context = {**_context(media, request.user, text, error), "here": here}
    template = TEMPLATE if getattr(request, "htmx", False) else "media_index/media_tags.html"
    return render(request, template, context)
