"""Search by albums: the filter, the names that free text may mean, and the facet."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from media_index.library.albums import following, selectors
from media_index.models import AlbumItem, Media
from media_index.search.facets import Facet, FacetValue
from media_index.search.filters import spoken
from media_index.search.filters.base import Filter, Scope, either, says

ALBUM = "album"
MOST_IN_FACET = 12


def _album(value: str, scope: Scope) -> Q:
    return either(value, lambda part: _one(part, scope))


def _one(title: str, scope: Scope) -> Q:
    found = selectors.called(scope, title)
    if not found:
        raise ValueError(gettext("knows no album called “%(title)s”") % {"title": title})
    by_hand = [album.pk for album in found if not album.query]
    smart = (following.holds(album, scope) for album in found if album.query)
    return Q(selectors.with_any(by_hand), *smart, _connector=Q.OR)


FILTERS = (
    Filter(
        ALBUM,
        'album:"Summer 24"',
        _("What is in an album, by its title."),
        _album,
        says(_("in the album %(what)s"), spoken.alternatives),
        group=_("Tags and albums"),
    ),
)


def _in_some(scope: Scope) -> Q:
    known = AlbumItem.objects.filter(media=OuterRef("pk"), album__in=selectors.albums(scope).order_by().values("pk"))
    return Q(Exists(known))


FACTS = {ALBUM: _in_some}
"""What may follow ``has:``: in an album that one may open, and that is no smart one."""


def vocabulary(scope: Scope) -> Iterator[tuple[str, str, str]]:
    """One statement."""
    for title in selectors.albums(scope).order_by("pk").values_list("title", flat=True):
        # A query cannot write a quotation mark; what stands before it finds the album as well.
        yield title, ALBUM, title.partition('"')[0].strip() or title


def facets(media: QuerySet[Media], scope: Scope) -> Iterator[Facet]:
    """The albums that the media of a result are in, the most frequent first; one statement."""
    rows = AlbumItem.objects.filter(media__in=media.order_by().values("pk"))
    there = rows.filter(album__in=selectors.albums(scope).order_by().values("pk")).order_by()
    counts = there.values_list("album__title").annotate(count=Count("media", distinct=True))
    most = counts.order_by("-count", "album__title")[:MOST_IN_FACET]
    yield Facet(ALBUM, gettext("Albums"), tuple(FacetValue(title, title, count) for title, count in most), 36)
