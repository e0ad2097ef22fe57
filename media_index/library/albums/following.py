"""Smart albums: what their search finds for the one who looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.exceptions import EmptyResultSet
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from media_index.models import Album, Media
from media_index.search.engine import search
from media_index.search.filters.base import Scope
from media_index.search.understanding import Understood, understood

MOST_BY_WORDS = 500
"""What words find, the best first: as many as the page of results shows."""
MOST_BY_FILTERS = 20_000
"""What filters keep: ids that are read at once for one page."""
_open: ContextVar[tuple[int, ...]] = ContextVar("albums that are being followed", default=())
"""An album may ask for another one by ``album:``; a ring of them finds nothing."""

ORDERS: dict[str, tuple[object, ...]] = {
    Album.Order.OLDEST: ("taken_at", "pk"),
    Album.Order.NEWEST: ("-taken_at", "-pk"),
    Album.Order.TITLE: (Lower("title"), "taken_at", "pk"),
    Album.Order.RATING: (F("rating").desc(nulls_last=True), "taken_at", "pk"),
}
"""By hand it has no order: what is best comes first where words rank, else the newest."""


def followed(album: Album, scope: Scope) -> list[int]:
    """The ids of what it holds, in its order. Raises :class:`ValueError` for a ring of albums."""
    with _following(album):
        asked = understood(album.query, scope)
        if asked.tree.root is None:
            return []
        best = _ranked(asked) if asked.ranks else None
        try:
            return _ordered(album, _kept(asked, best), best)
        except EmptyResultSet:
            return []


def holds(album: Album, scope: Scope) -> Q:
    """What it holds, as a condition."""
    with _following(album):
        asked = understood(album.query, scope)
        if asked.tree.root is None:
            return Q(pk__in=())
        return Q(pk__in=_ranked(asked) if asked.ranks else _kept(asked, None).order_by().values("pk"))


def _ranked(asked: Understood) -> list[int]:
    hits = search(asked.tree.source, asked.scope, limit=MOST_BY_WORDS).hits
    return list(dict.fromkeys(hit.media_id for hit in hits))


def _kept(asked: Understood, best: list[int] | None) -> QuerySet[Media]:
    """Whatever its search looks into, an album holds nothing that is hidden or in the trash."""
    found = asked.media if best is None else asked.scope.media.filter(pk__in=best)
    return found.filter(shelf__in=(Media.Shelf.LIBRARY, Media.Shelf.ARCHIVE))


def _ordered(album: Album, kept: QuerySet[Media], best: list[int] | None) -> list[int]:
    order = ORDERS.get(album.order)
    if order is None and best is not None:
        there = set(kept.order_by().values_list("pk", flat=True))
        return [pk for pk in best if pk in there]
    by = order or ORDERS[Album.Order.NEWEST]
    return list(kept.order_by(*by).values_list("pk", flat=True)[:MOST_BY_FILTERS])  # type: ignore[arg-type]


@contextmanager
def _following(album: Album) -> Iterator[None]:
    around = _open.get()
    if album.pk in around:
        raise ValueError(_("is an album that asks for itself: change its search"))
    token = _open.set((*around, album.pk))
    try:
        yield
    finally:
        _open.reset(token)
