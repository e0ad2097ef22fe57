"""Search by tags: the filter, the names that free text may mean, the facet, and words that rank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from media_index.library.tags import selectors
from media_index.models import Media, MediaTag
from media_index.search.facets import Facet, FacetValue
from media_index.search.filters import spoken
from media_index.search.filters.base import Filter, Scope, says
from media_index.search.query import values
from media_index.search.words.texts import TextSource
from media_index.search.words.wording import Wording

TAG = "tag"
MOST_IN_FACET = 30


def _tag(value: str, scope: Scope) -> Q:
    """Any of a list; each includes what lies below it. Of several tags of one name any is meant."""
    tree = selectors.known(scope)
    found: set[int] = set()
    for part in values.parts(value, "|") or (value,):
        # What is no name of a tag says so itself, in words of its own.
        called = tree.called(part)
        if not called:
            raise ValueError(gettext("knows no tag called “%(name)s”") % {"name": part})
        found |= tree.below(called)
    return selectors.with_any(found)


FILTERS = (
    Filter(
        TAG,
        "tag:travel/Portugal",
        _("A tag, and all that lies below it."),
        _tag,
        says(_("tagged %(what)s"), spoken.alternatives),
        group=_("Tags and albums"),
    ),
)


def _tagged(scope: Scope) -> Q:  # noqa: ARG001 (what facts are called with)
    return Q(Exists(MediaTag.objects.filter(media=OuterRef("pk"))))


FACTS = {TAG: _tagged}
"""What may follow ``has:``."""


def vocabulary(scope: Scope) -> Iterator[tuple[str, str, str]]:
    """Each tag by its name and, of those that lie below another, by its path. One statement."""
    tree = selectors.known(scope)
    for row in tree:
        value = tree.value(row.pk)
        yield row.name, TAG, row.name
        if row.parent_id is not None:
            yield tree.path(row.pk), TAG, value


def facets(media: QuerySet[Media], scope: Scope) -> Iterator[Facet]:
    """The tags of a result with all that lies below them, the most frequent first; two statements."""
    tree = selectors.known(scope)
    found: defaultdict[int, set[int]] = defaultdict(set)
    rows = MediaTag.objects.filter(media__in=media.order_by().values("pk")).order_by()
    for tag_id, media_id in rows.values_list("tag_id", "media_id"):
        if tag_id in tree:
            for pk in (tag_id, *(row.pk for row in tree.above(tag_id))):
                found[pk].add(media_id)
    most = sorted(found, key=lambda pk: (-len(found[pk]), tree.path(pk).casefold()))[:MOST_IN_FACET]
    shown = tuple(FacetValue(tree.value(pk), tree.path(pk), len(found[pk])) for pk in most)
    yield Facet(TAG, gettext("Tags"), shown, 35)


def _rows(scope: Scope) -> QuerySet[Any, tuple[int, str]]:
    tagged = MediaTag.objects.filter(media__in=scope.media.order_by().values("pk"))
    return tagged.order_by().values_list("media_id", "tag__name")


def _said(name: str, wordings: Sequence[Wording]) -> str:  # noqa: ARG001 (what texts are told by)
    return gettext("tag: %(name)s") % {"name": name}


TEXTS = (TextSource(TAG, _rows, _said),)
