"""Albums: all of them, one of them, and what is changed of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from media_index.access import album_or_404, managed_album_or_404
from media_index.library.albums import selectors, service
from media_index.library.albums.order import Entry, album_media_ids, entries
from media_index.library.albums.rights import may_add, may_manage
from media_index.library.albums.service import About
from media_index.library.history import ChangeError
from media_index.models import Album, Media
from media_index.search.filters.base import Scope
from media_index.search.query.parser import LONGEST
from media_index.views.bulk import sentence, tell
from media_index.views.parts import page_or_part
from media_index.views.search import address
from media_index.views.tiles import thumbnail_url, tiles
from media_index.views.zipping import zip_answer

PART = 100
"""Photos and notes that one request fetches."""
FOLLOW, NOW = "follow", "now"
MOST_NOW = 5_000
"""What a search finds now, that is put into an album."""


class AlbumForm(forms.Form):
    """What is told of an album. ``query``: of a smart one."""

    title = forms.CharField(label=_("Title"), max_length=service.LONGEST_TITLE)
    description = forms.CharField(
        label=_("Description"),
        max_length=service.LONGEST_DESCRIPTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    visibility = forms.ChoiceField(
        label=_("Who may see it"),
        choices=[
            (Album.Visibility.HOUSEHOLD, _("Everyone in the household")),
            (Album.Visibility.PRIVATE, _("Only me")),
        ],
        initial=Album.Visibility.HOUSEHOLD,
        widget=forms.RadioSelect,
        help_text=_(
            "In an album of the household everyone sees the photos that they may see anyway, and may add some."
        ),
    )
    order = forms.ChoiceField(
        label=_("Order"), choices=Album.Order.choices, initial=Album.Order.OLDEST, widget=forms.RadioSelect
    )
    how = forms.ChoiceField(
        label=_("What is in it"),
        choices=[
            (FOLLOW, _("Whatever the search finds, now and later")),
            (NOW, _("The photos that it finds now, to add to and to order by hand")),
        ],
        initial=FOLLOW,
        widget=forms.RadioSelect,
    )
    query = forms.CharField(
        label=_("Search"),
        max_length=LONGEST,
        help_text=_("As you type it into the search box. The album follows it: new photos come in by themselves."),
    )

    def __init__(self, *args: Any, smart: bool, new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not smart:
            del self.fields["query"]
        if not (smart and new):
            del self.fields["how"]
        if smart:
            choices = [(Album.Order.MANUAL.value, _("As the search has it")), *Album.Order.choices[1:]]
            self.fields["order"].choices = choices  # type: ignore[attr-defined]

    def about(self) -> About:
        values = self.cleaned_data
        names = ("title", "description", "visibility", "order")
        follows = values.get("how", FOLLOW) == FOLLOW
        return About(query=values.get("query", "") if follows else "", **{name: values[name] for name in names})


@require_GET
def album_list(request: HttpRequest) -> HttpResponse:
    """All albums that the member may open."""
    cards = selectors.cards(Scope.of(request.user))
    shown = [{"card": card, "src": thumbnail_url(card.cover, "small") if card.cover else ""} for card in cards]
    return render(request, "media_index/album_list.html", {"cards": shown})


@require_http_methods(["GET", "POST"])
def album_add(request: HttpRequest) -> HttpResponse:
    """A new album: an empty one, or with ``q`` one made of a search."""
    query = (request.POST.get("query") or request.GET.get("q", "")).replace("\0", "").strip()[:LONGEST]
    initial = {"title": query[: service.LONGEST_TITLE], "query": query, "order": Album.Order.OLDEST}
    if query:
        initial["order"] = Album.Order.NEWEST
    form = AlbumForm(request.POST or None, initial=initial, smart=bool(query), new=True)
    if request.method == "POST" and form.is_valid():
        try:
            album, record = service.album_create(
                about=form.about(), owner=request.user, media_ids=_found_now(request, form)
            )
        except ChangeError as error:
            form.add_error(None, sentence(error))
        else:
            tell(request, record.change)
            return redirect("album-detail", album.pk)
    return render(request, "media_index/album_edit.html", {"form": form, "back": address(query) if query else ""})


def _found_now(request: HttpRequest, form: AlbumForm) -> list[int]:
    if form.cleaned_data.get("how") != NOW:
        return []
    asked = Album(query=form.cleaned_data["query"], order=form.cleaned_data["order"])
    found = album_media_ids(asked, Scope.of(request.user))
    if len(found) > MOST_NOW:
        text = gettext("the search finds %(count)s photos, and %(most)s can be taken at once: narrow it down")
        raise ChangeError(text % {"count": len(found), "most": MOST_NOW})
    return found


@require_GET
def album_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The photos of an album with the notes between them, part by part."""
    album = album_or_404(request, pk)
    scope = Scope.of(request.user)
    found = entries(album, scope)
    start = start_of(request, len(found))
    first = next((entry.media_id for entry in found if entry.media_id), None)
    cover = selectors.covers(scope, [album]).get(pk) if start == 0 else None
    shown = found[start : start + PART]
    context = {
        "album": album,
        "cover": thumbnail_url(cover, "large") if cover else "",
        "blocks": blocks(request, album, shown),
        "count": sum(entry.media_id is not None for entry in found),
        "next": f"{request.path}?from={start + PART}" if len(found) > start + PART else "",
        "is_first": start == 0,
        "slideshow": f"{reverse('media-detail', args=[first])}?album={pk}&slideshow=1" if first else "",
        "may_manage": may_manage(album, request.user),
        "may_add": may_add(album, request.user),
        "search": address(album.query) if album.query else "",
    }
    return page_or_part(request, "media_index/album_detail.html", "media_index/_album_part.html", context)


def start_of(request: HttpRequest, count: int) -> int:
    text = request.GET.get("from", "0")
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise BadRequest(f"a part of an album begins at a number, not at {text!r}")
    return min(int(text), max(count, 1))


def blocks(request: HttpRequest, album: Album, shown: list[Entry]) -> list[dict[str, Any]]:
    """Tiles and notes, in their order. A media that went since it was listed is left out."""
    ids = [entry.media_id for entry in shown if entry.media_id is not None]
    rows = Media.objects.visible_to(request.user).in_bulk(ids)
    made = tiles(list(rows.values()), request.user, suffix=f"?album={album.pk}")
    return [
        {"item": entry.item_id, "tile": made.get(entry.media_id or 0), "note": entry.note}
        for entry in shown
        if entry.media_id is None or entry.media_id in made
    ]


@require_http_methods(["GET", "POST"])
def album_edit(request: HttpRequest, pk: int) -> HttpResponse:
    album = managed_album_or_404(request, pk)
    names = ("title", "description", "visibility", "order", "query")
    initial = {name: getattr(album, name) for name in names}
    form = AlbumForm(request.POST or None, initial=initial, smart=bool(album.query), new=False)
    if request.method == "POST" and form.is_valid():
        try:
            record = service.album_edit(album=album, about=form.about(), member=request.user)
        except ChangeError as error:
            form.add_error(None, sentence(error))
        else:
            tell(request, record.change)
            return redirect("album-detail", pk)
    return render(request, "media_index/album_edit.html", {"form": form, "album": album})


@require_POST
def album_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """The photos stay."""
    album = managed_album_or_404(request, pk)
    try:
        tell(request, service.album_delete(album=album, member=request.user).change)
    except ChangeError as error:
        messages.error(request, sentence(error))
    return redirect("album-list")


@require_POST
def album_zip(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The originals of what the member sees in it."""
    album = album_or_404(request, pk)
    seen = album_media_ids(album, Scope.of(request.user))
    if not seen:
        messages.info(request, gettext("There is nothing in this album yet."))
        return redirect("album-detail", pk)
    return zip_answer(request, seen)


@require_GET
def album_card(request: HttpRequest, pk: int) -> HttpResponse:
    """Picture and count of a smart album, which only its search can tell: a part of the list of albums."""
    album = album_or_404(request, pk)
    scope = Scope.of(request.user)
    ids = album_media_ids(album, scope)
    first = scope.media.filter(pk__in=ids[:PART], has_preview=True).in_bulk()
    cover = selectors.covers(scope, [album]).get(pk) or next((first[one] for one in ids if one in first), None)
    context = {"album": album, "src": thumbnail_url(cover, "small") if cover else "", "count": len(ids)}
    return render(request, "media_index/_album_card.html", context)
