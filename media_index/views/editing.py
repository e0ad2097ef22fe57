"""Editing one media on its page: the panel, and what its form sends."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from media_index.access import media_or_404
from media_index.library.actions import offered
from media_index.library.edit_form import EditForm
from media_index.library.edits import media_edit
from media_index.library.history import ChangeError
from media_index.models import Media
from media_index.plugins import Panel
from media_index.views.bulk import back, sentence, tell
from media_index.views.changes import Line, lines_for, told
from media_index.views.leading import next_page

SHELF_ACTIONS = ("archive", "hide", "trash", "restore")
CHANGES_SHOWN = 20


def panels(media: Media, member: object) -> list[Panel]:
    """Marks and what people said, at the top; what was changed of it, at the end."""
    made = [Panel("media_index/panels/_marks.html", marks(media), order=1)]
    made.append(Panel("media_index/panels/_edit.html", {"media": media, "form": EditForm.of(media)}, order=15))
    changed = history(media, member)
    if changed:
        made.append(Panel("media_index/panels/_changes.html", {"lines": changed}, order=95))
    return made


def marks(media: Media) -> dict[str, Any]:
    """What the buttons show: its stars, and where it may be put."""
    return {
        "media": media,
        "stars": [(stars, media.rating is not None and stars <= media.rating) for stars in range(1, 6)],
        "shelves": [one for one in offered(media.shelf) if one.key in SHELF_ACTIONS],
        "on_shelf": media.shelf != Media.Shelf.LIBRARY,
    }


def history(media: Media, member: Any) -> list[Line]:
    """What the member may know of what was changed of it, the last first."""
    return lines_for(member, list(told(member).filter(media__contains=[media.pk])[:CHANGES_SHOWN]))


@require_http_methods(["GET", "POST"])
def media_edit_view(request: HttpRequest, pk: int) -> HttpResponse:
    """The form on a page of its own, and what it sends from wherever it stands."""
    media = media_or_404(request, pk)
    form = EditForm.of(media, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            tell(request, media_edit(media=media, edits=form.edits(), member=request.user))
        except ChangeError as error:
            form.add_error(None, sentence(error))
        else:
            return back(request, media.get_absolute_url())
    context = {"media": media, "form": form, "next": next_page(request, media.get_absolute_url())}
    template = "media_index/_edit_form.html" if getattr(request, "htmx", False) else "media_index/edit.html"
    return render(request, template, context)
