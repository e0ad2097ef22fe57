"""What was changed in the library, and undoing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import F, Func, IntegerField, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from media_index.library.history import ChangeError, change_undo
from media_index.library.seeing import changes_visible_to
from media_index.models import Change, Media
from media_index.views.bulk import back, sentence

PAGE = 50
NOT_SHOWN = ("changes", "rows", "media", "albums")
"""Columns that may be long."""


@dataclass(frozen=True, slots=True)
class Line:
    """A change as it is listed: with the media that it is about, where that is one, and who did it if somebody else."""

    change: Change
    media: Media | None
    by: str


@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """What the member is told of, the last first; ``?before=ID`` goes on from there."""
    rows = told(request.user)
    before = request.GET.get("before", "")
    if before:
        rows = rows.filter(pk__lt=_whole(before))
    page = list(rows[: PAGE + 1])
    context = {
        "lines": lines_for(request.user, page[:PAGE]),
        "older": page[PAGE - 1].pk if len(page) > PAGE else None,
        "is_first": not before,
    }
    return render(request, "media_index/changes.html", context)


@require_POST
def change_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo it; 404 for who is not told of it."""
    found = changes_visible_to(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    try:
        change_undo(found, request.user)
    except ChangeError as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, _("Undone: %(summary)s.") % {"summary": found.summary})
    return back(request)


def told(member: Any) -> QuerySet[Change]:
    """The changes that the member is told of, as :func:`lines_for` wants them."""
    counted = Func(F("media"), function="cardinality", output_field=IntegerField())
    rows = changes_visible_to(member).annotate(count=counted, first=F("media__0"))
    return rows.select_related("member", "undone_by").defer(*NOT_SHOWN)


def lines_for(member: Any, page: list[Change]) -> list[Line]:
    """One statement for the media."""
    single = {one.pk: one.first for one in page if one.count == 1}  # type: ignore[attr-defined]
    media = Media.objects.visible_to(member).in_bulk(set(single.values())) if single else {}
    return [
        Line(
            one,
            media.get(single.get(one.pk, 0)),
            one.member.get_username() if one.member and one.member_id != member.pk else "",
        )
        for one in page
    ]


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404
    return int(text)
