"""What pages and search ask of albums: all within the scope of who asks."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, OuterRef, Q, QuerySet, Subquery

from media_index.kept_counts import kept_counts
from media_index.models import Album, AlbumItem, Media
from media_index.search.filters.base import Scope
from media_index.search.query.lexer import fold

NONE = 0
"""Asked for where no cover was chosen, so that the number of statements does not depend on it."""


@dataclass(frozen=True, slots=True)
class AlbumCard:
    """An album in a list. ``count`` media of the scope are in it, taken from ``first`` to ``latest``; of a smart album
    nobody has counted (None). ``cover`` is one that the viewer may see."""

    album: Album
    count: int | None
    cover: Media | None
    first: datetime | None = None
    latest: datetime | None = None


def albums(scope: Scope) -> QuerySet[Album]:
    """Those of the household, and the member's own."""
    if scope.member_id is None:
        return Album.objects.all()
    return Album.objects.filter(Q(visibility=Album.Visibility.HOUSEHOLD) | Q(owner=scope.member_id))


def items(scope: Scope) -> QuerySet[AlbumItem]:
    """The media in albums, not the notes."""
    return AlbumItem.objects.filter(scope.holding(), media__isnull=False)


def cards(scope: Scope) -> list[AlbumCard]:
    """All albums that the member may open: empty and smart ones first, then that with the latest photo. Five statements
    at most."""
    found = list(albums(scope).select_related("owner"))
    counts = kept_counts("albums", scope, lambda: _counted(scope))
    shown = covers(scope, found)
    made = [_card(album, counts.get(album.pk), shown.get(album.pk)) for album in found]
    return sorted(made, key=lambda card: (-_when(card), fold(card.album.title), card.album.pk))


def _counted(scope: Scope) -> dict[int, tuple[int, datetime, datetime]]:
    """Of each album with a media of the scope, also of those that the member may not open, as others with the same
    sources ask for them as well: how many, and when the first and the latest were taken."""
    told = items(scope).order_by().values_list("album")
    dated = told.annotate(n=Count("pk"), first=Min("media__taken_at"), latest=Max("media__taken_at"))
    return {pk: (n, first, latest) for pk, n, first, latest in dated}


def _card(album: Album, told: tuple[int, datetime, datetime] | None, cover: Media | None) -> AlbumCard:
    if album.query:
        return AlbumCard(album, None, cover)
    return AlbumCard(album, told[0], cover, told[1], told[2]) if told else AlbumCard(album, 0, cover)


def _when(card: AlbumCard) -> float:
    """Days since the beginning of the calendar, so that any date a camera may write has its place."""
    return card.latest.toordinal() if card.latest else float("inf")


def covers(scope: Scope, found: Iterable[Album]) -> dict[int, Media]:
    """For each album the chosen cover if it may be seen, else the first of its media that has a picture. Two
    statements, the first of which goes down each album only until it meets one."""
    chosen = {album.pk: album.cover_id for album in found if album.cover_id is not None}
    own = items(scope).filter(album=OuterRef("pk"), media__has_preview=True).order_by("position", "pk")
    asked = Album.objects.filter(pk__in=[album.pk for album in found]).order_by()
    first = asked.annotate(first=Subquery(own.values("media")[:1])).values_list("pk", "first")
    wanted = {pk: media_id or NONE for pk, media_id in first}
    seen = scope.media.filter(has_preview=True).in_bulk({*wanted.values(), *chosen.values()} or {NONE})
    wanted.update({pk: cover for pk, cover in chosen.items() if cover in seen})
    return {pk: seen[media_id] for pk, media_id in wanted.items() if media_id in seen}


def called(scope: Scope, title: str) -> list[Album]:
    """The albums of this title, without regard to case and accents; where there is none, those that begin so. One
    statement."""
    wanted = " ".join(fold(title).split())
    known = [(" ".join(fold(album.title).split()), album) for album in albums(scope).order_by("pk")]
    exact = [album for name, album in known if name == wanted]
    return exact or [album for name, album in known if wanted and name.startswith(f"{wanted} ")]


def with_any(album_ids: Collection[int]) -> Q:
    """Media in any of these albums, smart ones not asked."""
    return Q(pk__in=AlbumItem.objects.filter(album__in=album_ids, media__isnull=False).values("media"))


def holding(scope: Scope, media: Media) -> list[AlbumItem]:
    """The items of albums that hold a media. One statement."""
    rows = AlbumItem.objects.filter(media=media, album__in=albums(scope).values("pk")).select_related("album")
    return sorted(rows, key=lambda item: (fold(item.album.title), item.album_id))


def taking(scope: Scope, member: Any) -> list[Album]:
    """The albums that somebody may add to, by title. One statement."""
    own = Q(owner=member) | Q(visibility=Album.Visibility.HOUSEHOLD)
    return sorted(albums(scope).filter(own, query=""), key=lambda album: (fold(album.title), album.pk))
