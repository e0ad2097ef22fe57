"""What comes before and after a media: in the search, album, folder or shelf it was opened from, else in the library.

An address of a media says where it was found (``?q=dog``, ``?album=3``, ``?folder=7``, ``?shelf=archive``,
``?memory=day-…``, ``?favourites=1``, ``?recent=1``), and nothing else has to know.
"""

from __future__ import annotations

from collections.abc import Sequence as Several
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any, Protocol
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from media_index.access import member_id_of
from media_index.folder_tree import media_in
from media_index.library.albums.order import album_media_ids
from media_index.memories.keeping_out import UnreadableError
from media_index.memories.remembering import memory_of
from media_index.memories.spans import Span
from media_index.models import Album, Favourite, Folder, Media
from media_index.models.media import MediaQuerySet
from media_index.search.answers import Found
from media_index.search.filters.base import Scope
from media_index.views.arranging import Arrangement
from media_index.views.browsing import url_of_folder
from media_index.views.search import MOST, address, query_of

MARKS = ("favourites", "recent")
FLAGGED = {"favourites": _("Back to the favourites"), "recent": _("Back to what was added last")}
SHELVES: dict[str, str | Promise] = {
    Media.Shelf.ARCHIVE: _("Back to the archive"),
    Media.Shelf.HIDDEN: _("Back to what is hidden"),
    Media.Shelf.TRASH: _("Back to the trash"),
}


@dataclass(frozen=True, slots=True)
class Near:
    """What lies around a media, the nearest ones first on either side."""

    before: tuple[Media, ...]
    after: tuple[Media, ...]


class Order(Protocol):
    """An order of media. It asks the same number of statements for however many there are."""

    def near(self, media: Media, count: int, *, before: bool = True, after: bool = True) -> Near: ...


@dataclass(frozen=True, slots=True)
class ByTime:
    """The newest first by ``field``, then by number. Several ``streams`` are read one by one, so that each comes from
    its index, and merged. A media that is in none of them has its place all the same: one that was just archived."""

    streams: tuple[MediaQuerySet, ...]
    field: str = "taken_at"

    def near(self, media: Media, count: int, *, before: bool = True, after: bool = True) -> Near:
        return Near(
            self._side(media, count, newer=True) if before else (),
            self._side(media, count, newer=False) if after else (),
        )

    def _side(self, media: Media, count: int, *, newer: bool) -> tuple[Media, ...]:
        way, sign = ("gt", "") if newer else ("lt", "-")
        moment = getattr(media, self.field)
        # The outer bound is what an index can use; the inner one settles what has the same moment.
        beyond = Q(**{f"{self.field}__{way}e": moment}) & (
            Q(**{f"{self.field}__{way}": moment}) | Q(**{f"pk__{way}": media.pk})
        )
        rows = [one.filter(beyond).order_by(f"{sign}{self.field}", f"{sign}pk")[:count] for one in self.streams]
        return tuple(islice(merge(*rows, key=self._place, reverse=not newer), count))

    def _place(self, media: Media) -> tuple[Any, int]:
        return getattr(media, self.field), media.pk


@dataclass(frozen=True, slots=True)
class Listed:
    """The media of these ids in their order, those that may be seen. A media that is not among them is where ``beyond``
    has it."""

    visible: MediaQuerySet
    ids: Several[int]
    beyond: Order

    def near(self, media: Media, count: int, *, before: bool = True, after: bool = True) -> Near:
        if media.pk not in self.ids:
            return self.beyond.near(media, count, before=before, after=after)
        at = self.ids.index(media.pk)
        left = self.ids[max(at - count, 0) : at][::-1] if before else ()
        right = self.ids[at + 1 : at + 1 + count] if after else ()
        rows = self.visible.in_bulk([*left, *right])
        return Near(tuple(rows[pk] for pk in left if pk in rows), tuple(rows[pk] for pk in right if pk in rows))


@dataclass(frozen=True, slots=True)
class Sequence:
    """``parameters`` say it in addresses; ``back`` is the page of all of it, with what leads there in words; ``found``
    the answer where it is a search."""

    order: Order
    back: str
    back_title: str | Promise
    parameters: tuple[tuple[str, str], ...] = ()
    found: Found | None = None

    @property
    def suffix(self) -> str:
        """For the addresses of media in it."""
        return f"?{urlencode(self.parameters)}" if self.parameters else ""

    @property
    def query(self) -> str:
        return self.found.query if self.found else ""


def sequence_of(request: HttpRequest) -> Sequence:
    """What the address of a request says. 404 for an album or a folder that the member may not see, and for whatever
    there is not."""
    visible = Media.objects.visible_to(request.user)
    timeline = ByTime(_pictures(visible.in_timeline()))
    if query := query_of(request):
        return _search(request, query, timeline)
    if key := request.GET.get("memory", ""):
        return _memory(request, key, timeline)
    for name, make in (("album", _album), ("folder", _folder)):
        if value := request.GET.get(name, ""):
            return make(request, _number(value), timeline)
    if shelf := request.GET.get("shelf", ""):
        return _shelf(shelf, visible)
    for name in MARKS:
        if request.GET.get(name):
            return _marked(request, name, visible)
    return Sequence(timeline, reverse("library"), _("Back to the library"))


def _pictures(media: MediaQuerySet) -> tuple[MediaQuerySet, ...]:
    """What grids show: all that has a preview, and videos without one."""
    return media.filter(has_preview=True), media.filter(kind=Media.Kind.VIDEO, has_preview=False)


def _number(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 18):
        raise Http404
    return int(value)


def _search(request: HttpRequest, query: str, timeline: Order) -> Sequence:
    arrangement = Arrangement.of(request)
    found = arrangement.found(query, Scope.of(request.user), limit=MOST, most=MOST)
    more = {name: str(value) for name, value in arrangement.parameters.items()}
    order = Listed(
        Media.objects.visible_to(request.user), [hit.media_id for hit in found.hits + found.nearest], timeline
    )
    return Sequence(order, address(query, **more), _("Back to the results"), (("q", query), *more.items()), found)


def _album(request: HttpRequest, pk: int, timeline: Order) -> Sequence:
    album = Album.objects.visible_to(request.user).filter(pk=pk).first()
    if album is None:
        raise Http404
    order = Listed(Media.objects.visible_to(request.user), album_media_ids(album, Scope.of(request.user)), timeline)
    return Sequence(order, reverse("album-detail", args=[pk]), _("Back to the album"), (("album", str(pk)),))


def _folder(request: HttpRequest, pk: int, timeline: Order) -> Sequence:  # noqa: ARG001  (the shape of both)
    folder = Folder.objects.filter(pk=pk, source__in=Scope.of(request.user).sources).select_related("source").first()
    if folder is None:
        raise Http404
    order = ByTime((media_in(folder),))
    return Sequence(order, url_of_folder(folder), _("Back to the folder"), (("folder", str(pk)),))


def _memory(request: HttpRequest, key: str, timeline: Order) -> Sequence:
    """The photos of a memory and no others: what is kept out does not come by leafing on either."""
    scope = Scope.of(request.user)
    try:
        memory = memory_of(scope, Span.parse(key))
    except (ValueError, UnreadableError):
        raise Http404 from None
    order = Listed(Media.objects.visible_to(request.user), memory.media if memory else (), timeline)
    return Sequence(order, reverse("memory-detail", args=[key]), _("Back to the memory"), (("memory", key),))


def _shelf(shelf: str, visible: MediaQuerySet) -> Sequence:
    if shelf not in SHELVES:
        raise Http404
    order = ByTime((visible.filter(shelf=shelf),))
    return Sequence(order, reverse(shelf), SHELVES[shelf], (("shelf", shelf),))


def _marked(request: HttpRequest, name: str, visible: MediaQuerySet) -> Sequence:
    if name == "recent":
        pictures = Q(has_preview=True) | Q(kind=Media.Kind.VIDEO)
        order = ByTime((visible.in_timeline().filter(pictures),), "added_at")
    else:
        own = Favourite.objects.filter(media=OuterRef("pk"), member_id=member_id_of(request))
        order = ByTime((visible.found().filter(Exists(own)),))
    return Sequence(order, reverse(name), FLAGGED[name], ((name, "1"),))
