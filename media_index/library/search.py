"""Search by what people said of media: stars, favourites, titles, descriptions, and the shelf on which it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext_lazy as _

from media_index.models import Favourite, Media
from media_index.search.facets import Facet, FacetValue
from media_index.search.filters import ranges, spoken
from media_index.search.filters.base import Filter, Scope, either, says
from media_index.search.filters.camera import within
from media_index.search.filters.content import NOBODY
from media_index.search.filters.shelves import IN, shelf_of
from media_index.search.words.texts import TextSource
from media_index.search.words.wording import Wording

YES, NO = ("yes", "true", "1"), ("no", "false", "0")
UNRATED = "none"
ON_SHELF = {
    Media.Shelf.LIBRARY: _("in the library"),
    Media.Shelf.ARCHIVE: _("in the archive"),
    Media.Shelf.HIDDEN: _("among the hidden ones"),
    Media.Shelf.TRASH: _("in the trash"),
}


def liked_by(member_id: int | None) -> Q:
    """The favourites of this member; nobody's are none."""
    return Q(Exists(Favourite.objects.filter(media=OuterRef("pk"), member_id=member_id or NOBODY)))


def _favorite(value: str, scope: Scope) -> Q:
    word = value.strip().lower()
    if word not in YES + NO:
        raise ValueError(gettext("wants yes or no"))
    liked = liked_by(scope.member_id)
    return liked if word in YES else ~liked


def _said_favorite(value: str) -> str:
    return gettext("favourites") if value.strip().lower() in YES else gettext("no favourites")


def _rating(value: str, scope: Scope) -> Q:  # noqa: ARG001 (what filters are called with)
    wants = gettext("wants stars or a range, like 5, 4.. or none")

    def one(part: str) -> Q:
        if part.strip().lower() in {UNRATED, "0"}:
            return Q(rating__isnull=True)
        # One without stars is in no range, and in the opposite of each.
        return Q(rating__isnull=False) & within("rating", ranges.numbers(part, wants, whole=True))

    return either(value, one)


def _said_rating(value: str) -> str:
    return spoken.alternatives(value, _stars)


def _stars(part: str) -> str:
    if part.strip().lower() in {UNRATED, "0"}:
        return gettext("no stars")
    number = spoken.range_of(part)
    return ngettext("%(number)s star", "%(number)s stars", 1 if number == "1" else 2) % {"number": number}


def _title(value: str, scope: Scope) -> Q:  # noqa: ARG001 (what filters are called with)
    return either(value, lambda part: Q(title__icontains=part))


def _caption(value: str, scope: Scope) -> Q:  # noqa: ARG001 (what filters are called with)
    return either(value, lambda part: Q(caption__icontains=part))


def _in(value: str, scope: Scope) -> Q:  # noqa: ARG001 (what filters are called with)
    return either(value, lambda part: Q(shelf=shelf_of(part)))


def _said_in(value: str) -> str:
    return spoken.alternatives(value, lambda part: str(ON_SHELF[Media.Shelf(shelf_of(part))]))


def _as_told(value: str) -> str:
    return spoken.alternatives(value)


GROUP = _("What you said of it")
FILTERS = (
    Filter("rating", "rating:4..", _("Stars: 1 to 5, a range, or none."), _rating, _said_rating, group=GROUP),
    Filter(
        "favorite", "favorite:yes", _("Your own favourites."), _favorite, _said_favorite, group=GROUP,
        values=("yes", "no"),
    ),
    Filter(
        "title", "title:harbour", _("Part of the title."), _title, says(_("title with %(what)s"), _as_told),
        group=GROUP,
    ),
    Filter(
        "caption", 'caption:"first steps"', _("Part of the description."), _caption,
        says(_("description with %(what)s"), _as_told), group=GROUP,
    ),
    Filter(
        IN, "in:archive",
        _("Where it stands: library, archive, hidden or trash. The last two are searched only so."),
        _in, _said_in, group=GROUP, values=tuple(Media.Shelf.values),
    ),
)  # fmt: skip


FACTS = {
    gettext_noop("title"): lambda scope: ~Q(title=""),  # noqa: ARG005 (what facts are called with)
    gettext_noop("caption"): lambda scope: ~Q(caption=""),  # noqa: ARG005
    gettext_noop("rating"): lambda scope: Q(rating__isnull=False),  # noqa: ARG005
}
"""What may follow ``has:``."""


def facets(media: QuerySet[Media], scope: Scope) -> Iterator[Facet]:
    """Stars, the most first, and favourites; two statements."""
    rated = media.filter(rating__isnull=False).order_by().values_list("rating").annotate(count=Count("pk"))
    stars = [FacetValue(str(rating), _stars(str(rating)), count) for rating, count in rated.order_by("-rating")]
    yield Facet("rating", gettext("Stars"), tuple(stars), 45)
    liked = media.filter(liked_by(scope.member_id)).order_by().count()
    yes = (FacetValue("yes", gettext("Your favourites"), liked),) if liked else ()
    yield Facet("favorite", gettext("Favourites"), yes, 46)


def _titles(scope: Scope) -> QuerySet[Any, tuple[int, str]]:
    return scope.media.exclude(title="").order_by().values_list("pk", "title")


def _captions(scope: Scope) -> QuerySet[Any, tuple[int, str]]:
    return scope.media.exclude(caption="").order_by().values_list("pk", "caption")


def _said_title(title: str, wordings: Sequence[Wording]) -> str:  # noqa: ARG001 (what texts are told by)
    return gettext("title: %(title)s") % {"title": title}


SHOWN_OF_CAPTION = 80
"""Characters of a description that a result shows."""


def _said_caption(caption: str, wordings: Sequence[Wording]) -> str:
    """The line with the word, or the first."""
    lines = [line for line in caption.splitlines() if line.strip()] or [""]
    line = next((line for line in lines if any(one.share_in(line) for one in wordings)), lines[0])
    short = line if len(line) <= SHOWN_OF_CAPTION else f"{line[:SHOWN_OF_CAPTION].rsplit(' ', 1)[0]} …"
    return gettext("description: %(text)s") % {"text": short}


TEXTS = (TextSource("title", _titles, _said_title), TextSource("caption", _captions, _said_caption))
