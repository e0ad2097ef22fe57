"""The pages beside the timeline: archive, hidden, trash, favourites, recently added. Each is days in an order."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from media_index.access import member_id_of
from media_index.models import Favourite, Media
from media_index.views.days import by_day
from media_index.views.keyset import ADDED
from media_index.views.library import seen
from media_index.views.parts import page_or_part
from media_index.views.timeline import Listing


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a page says of itself: its title, an icon, what it is for, and where it is empty how something gets here.

    ``suffix`` tells the viewer what a media was found in; ``shelf`` which actions fit a selection.
    """

    title: str | Promise
    icon: str
    about: str | Promise
    empty: str | Promise
    suffix: str
    shelf: str = Media.Shelf.LIBRARY


ARCHIVE = Shelf(
    _("Archive"),
    "archive",
    _("Out of the timeline and out of memories. Search, albums and people still show these."),
    _("Select photos in the library and choose “Archive” to have them out of the way, and still find them."),
    "?shelf=archive",
    Media.Shelf.ARCHIVE,
)
HIDDEN = Shelf(
    _("Hidden"),
    "eye-off",
    _("Only this page shows these, to everyone who could see them before."),
    _("Select photos in the library and choose “Hide” to have them shown nowhere but here."),
    "?shelf=hidden",
    Media.Shelf.HIDDEN,
)
TRASH = Shelf(
    _("Trash"),
    "trash",
    _("Shown nowhere else. Originals stay on your disk; nothing is deleted. Select what you want back and restore it."),
    _("What you put into the trash lies here until you restore it. Originals stay on your disk; nothing is deleted."),
    "?shelf=trash",
    Media.Shelf.TRASH,
)
FAVOURITES = Shelf(
    _("Favourites"),
    "heart",
    _("What you like best. Everybody in the household has their own."),
    _("Open a photo you love and press its heart, or select some in the library. Only you see your favourites."),
    "?favourites=1",
)
RECENT = Shelf(
    _("Recently added"),
    "recent",
    _("By the day on which they came into the library, whenever they were taken."),
    _("New photos show up here as soon as they are found in a folder of yours."),
    "?recent=1",
)


@require_GET
def archive(request: HttpRequest) -> HttpResponse:
    return _on_shelf(request, ARCHIVE)


@require_GET
def hidden(request: HttpRequest) -> HttpResponse:
    return _on_shelf(request, HIDDEN)


@require_GET
def trash(request: HttpRequest) -> HttpResponse:
    return _on_shelf(request, TRASH)


@require_GET
def favourites(request: HttpRequest) -> HttpResponse:
    own = Favourite.objects.filter(media=OuterRef("pk"), member_id=member_id_of(request))
    return _page(request, FAVOURITES, Listing((seen(request).found().filter(Exists(own)),)))


@require_GET
def recent(request: HttpRequest) -> HttpResponse:
    shown = seen(request).in_timeline().filter(Q(has_preview=True) | Q(kind=Media.Kind.VIDEO))
    return _page(request, RECENT, Listing((shown,), ADDED))


def _on_shelf(request: HttpRequest, shelf: Shelf) -> HttpResponse:
    """Files that are no pictures as well: what cannot be seen here could not be taken back."""
    return _page(request, shelf, Listing((seen(request).filter(shelf=shelf.shelf),)))


def _page(request: HttpRequest, shelf: Shelf, listing: Listing) -> HttpResponse:
    context = {**by_day(request, listing, shelf.suffix), "page": shelf, "shelf": shelf.shelf}
    return page_or_part(request, "media_index/shelf.html", "media_index/_timeline.html", context)
