"""An album put in order by hand: photos moved, notes between them, the cover."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from media_index.access import album_or_404, managed_album_or_404
from media_index.library.albums import service
from media_index.library.albums.order import entries
from media_index.library.albums.rights import may_add, may_manage, may_take_out
from media_index.library.history import ChangeError
from media_index.models import Album, AlbumItem, Change
from media_index.search.filters.base import Scope
from media_index.views.albums import PART, blocks, start_of
from media_index.views.bulk import sentence, tell
from media_index.views.parts import page_or_part


@require_GET
def album_arrange(request: HttpRequest, pk: int) -> HttpResponse:
    """Each photo and note with what moves it; by script they can be dragged as well. 404 for a smart album."""
    album = managed_album_or_404(request, pk)
    if album.query:
        raise Http404
    found = entries(album, Scope.of(request.user))
    start = start_of(request, len(found))
    shown = blocks(request, album, found[start : start + PART])
    places = {entry.item_id: place for place, entry in enumerate(found, start=1)}
    context = {
        "album": album,
        "blocks": [{**block, "place": places[block["item"]]} for block in shown],
        "count": len(found),
        "next": f"{request.path}?from={start + PART}" if len(found) > start + PART else "",
        "following": found[start + PART].item_id if len(found) > start + PART else "",
        "is_first": start == 0,
        "start": start,
        "is_by_hand": album.order == Album.Order.MANUAL,
        "longest_note": service.LONGEST_NOTE,
    }
    return page_or_part(request, "media_index/album_arrange.html", "media_index/_album_arrange_part.html", context)


@require_POST
def album_move(request: HttpRequest, pk: int) -> HttpResponse:
    """``item`` goes to ``place`` (from 1), or one ``way``: earlier, later. From script before the item ``before``, or
    with an empty one to the end; that is answered with nothing."""
    album = managed_album_or_404(request, pk)
    shown = [entry.item_id for entry in entries(album, Scope.of(request.user))]
    item = _number(request.POST.get("item", ""))
    if album.query or item not in shown:
        raise Http404
    if "before" in request.POST:
        before = _number(request.POST["before"])
        try:
            service.items_move(album=album, item_ids=[item], before=before, member=request.user)
        except ChangeError as error:
            return HttpResponse(sentence(error), status=409, content_type="text/plain; charset=utf-8")
        return HttpResponse(status=204)

    def act() -> Change | None:
        before = _before(request, shown, item)
        return service.items_move(album=album, item_ids=[item], before=before, member=request.user).change

    return _answer(request, album, act, item)


def _before(request: HttpRequest, shown: list[int], item: int) -> int | None:
    """What the item stands before afterwards, among those that the member sees."""
    at = shown.index(item)
    place = _number(request.POST.get("place", ""))
    way = request.POST.get("way", "")
    to = {"earlier": at - 1, "later": at + 1, "place": (place or 0) - 1}.get(way)
    if to is None or (way == "place" and place is None):
        raise ChangeError(_("give a place as a number, from 1 to %(last)s") % {"last": len(shown)})
    others = [pk for pk in shown if pk != item]
    to = min(max(to, 0), len(others))
    return others[to] if to < len(others) else None


@require_POST
def album_note(request: HttpRequest, pk: int) -> HttpResponse:
    """``text`` as a note before the item ``before`` (or at the end), or in place of that of the note ``item``; no text
    takes that away."""
    album = album_or_404(request, pk)
    text = request.POST.get("text", "")
    wanted = _number(request.POST.get("item", ""))
    if wanted is None:
        if not may_add(album, request.user):
            raise Http404
        before = _number(request.POST.get("before", ""))

        def add() -> Change | None:
            return service.note_add(album=album, text=text, before=before, member=request.user)[1].change

        return _answer(request, album, add, before)
    note = AlbumItem.objects.filter(album=album, pk=wanted, media=None).select_related("album").first()
    if note is None or not may_take_out(album, note, request.user):
        raise Http404
    return _answer(
        request, album, lambda: service.note_change(note=note, text=text, member=request.user).change, wanted
    )


@require_POST
def album_cover(request: HttpRequest, pk: int) -> HttpResponse:
    """``media`` is the cover from now on; none: the first photo."""
    album = managed_album_or_404(request, pk)
    wanted = _number(request.POST.get("media", ""))
    if wanted is not None and not Scope.of(request.user).media.filter(pk=wanted).exists():
        raise Http404
    return _answer(
        request, album, lambda: service.album_cover(album=album, media_id=wanted, member=request.user).change, None
    )


def _answer(request: HttpRequest, album: Album, act: Callable[[], Change | None], item: int | None) -> HttpResponse:
    """Do it and go back to where it was asked for, at the item if that is still there."""
    try:
        tell(request, act())
    except ChangeError as error:
        messages.error(request, sentence(error))
    if request.POST.get("back") == "album" or not may_manage(album, request.user):
        return redirect("album-detail", album.pk)
    start = request.POST.get("from", "")
    place = f"?from={start}" if start.isascii() and start.isdigit() else ""
    return redirect(f"{reverse('album-arrange', args=[album.pk])}{place}{f'#i{item}' if item else ''}")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
