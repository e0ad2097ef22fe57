"""First searches for somebody who has never searched: made of what the photos themselves hold.

1. The facets of all that may be seen are counted (:mod:`media_index.search.facets`: an even sample of a large library).
2. Of each kind few of the commonest values are taken, and two of them together.
3. Each is asked as it would be typed. What finds nothing, or only what no earlier one has a picture of, is left out.

So each idea finds something. They are kept for a while, by who asks and the very sources that they may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice

from django.core.cache import cache

from media_index import plugins
from media_index.memories.keeping_out import UnreadableError, rows_of, without
from media_index.models import Media
from media_index.search.engine import search
from media_index.search.facets import Facet, FacetValue, counted_all
from media_index.search.filters.base import Scope
from media_index.search.query.ast import Condition
from media_index.search.suggesting import WORDS_ONLY
from media_index.search.understanding import reader

MOST = 8
"""Ideas at once: two rows of four on a desk, four of two on a phone."""
MOST_ASKED = 14
"""Searches that are tried for them: so many times the statements of one search."""
KINDS = (("person", 2), ("label", 3), ("city", 1), ("country", 1), ("year", 1))
"""How many of each facet at first; what is missing then is filled up with more of the first of them."""
LEAST_PHOTOS = 2
"""What only one photo shows is no idea of what is in a library."""
PICTURES = 12
"""Hits that are looked through for a picture that no idea before has."""
KEPT_SECONDS = 600
KEPT_WHILE_FEW_SECONDS = 20
"""As long as a library is read for the first time, more is found every few seconds."""


@dataclass(frozen=True, slots=True)
class Idea:
    """A search by its ``query``, the key of the facet that it comes from, and one of the ``media`` that it finds."""

    query: str
    key: str
    media: Media


Kept = tuple[str, str, int]


def ideas(scope: Scope) -> list[Idea]:
    """At most :data:`MOST`, nothing of what the member keeps out among them. A constant number of statements; three
    where they are kept."""
    rows = rows_of(scope.member_id)
    try:
        scope = without(scope, rows)
    except UnreadableError:
        return []  # as for memories: better none than one that hurts
    key = _key(scope, [row.query for row in rows])
    kept: list[Kept] | None = cache.get(key)
    if kept is None:
        kept = list(_made(scope))
        cache.set(key, kept, KEPT_SECONDS if len(kept) == MOST else KEPT_WHILE_FEW_SECONDS)
    media = scope.media.in_bulk([media_id for _query, _key, media_id in kept])
    return [Idea(query, name, media[pk]) for query, name, pk in kept if pk in media]


def _key(scope: Scope, kept_out: Sequence[str]) -> str:
    sources = scope.source_ids
    if sources is None:
        sources = tuple(scope.sources.order_by("pk").values_list("pk", flat=True))
    told = blake2b(repr((scope.member_id, sources, kept_out)).encode(), digest_size=16).hexdigest()
    return f"ideas:{told}"


def _made(scope: Scope) -> Iterator[Kept]:
    return islice(_that_find(islice(_candidates(scope), MOST_ASKED), scope), MOST)


def _that_find(candidates: Iterable[tuple[str, str]], scope: Scope) -> Iterator[Kept]:
    """Those of the candidates that find a photo which no candidate before has taken."""
    taken: set[int] = set()
    for query, key in candidates:
        hits = [hit.media_id for hit in search(query, scope, limit=PICTURES).hits]
        with_picture = set(scope.media.filter(pk__in=hits, has_preview=True).values_list("pk", flat=True))
        fresh = next((pk for pk in hits if pk in with_picture and pk not in taken), None)
        if fresh is not None:
            taken.add(fresh)
            yield query, key, fresh


def _candidates(scope: Scope) -> Iterator[tuple[str, str]]:
    """Queries with the keys that they come from, each once."""
    write = _Writer(scope)
    values = _values(scope)
    seen: set[str] = set()
    for query, key in _in_turn(values, write):
        if query not in seen:
            seen.add(query)
            yield query, key


def _in_turn(values: dict[str, Sequence[FacetValue]], write: _Writer) -> Iterator[tuple[str, str]]:
    for key, most in KINDS:
        yield from ((write(key, one), key) for one in values.get(key, ())[:most])
    labels, years = values.get("label", ()), values.get("year", ())
    if labels and years:
        yield f"{write('label', labels[0])} {write('year', years[0])}", "label"
    for key, most in KINDS:
        yield from ((write(key, one), key) for one in values.get(key, ())[most:])


def _values(scope: Scope) -> dict[str, Sequence[FacetValue]]:
    """By the keys of the facets, the commonest first, without what all photos or hardly any have."""
    counted = counted_all(scope)
    if not counted.ids:
        return {}
    facets: Iterator[Facet] = (one for make in plugins.resolved("facets") for one in make(counted.media, scope))
    wanted = {key for key, _most in KINDS}
    return {
        facet.key: sorted(
            (one for one in facet.values if LEAST_PHOTOS <= one.count < len(counted.ids) and '"' not in one.value),
            key=lambda one: -one.count,
        )
        for facet in facets
        if facet.key in wanted
    }


class _Writer:
    """Writes a value of a facet as somebody would type it, where that is read as what it stands for."""

    def __init__(self, scope: Scope) -> None:
        self._read, _ = reader(scope)

    def __call__(self, key: str, one: FacetValue) -> str:
        if key in WORDS_ONLY:
            return one.label
        condition, read = Condition(key, one.value), self._read(one.label)
        # A year by itself is read as the span of time that it is.
        is_so = read.conditions == (condition,) or (key == "year" and len(read.conditions) == 1 and not read.text)
        return one.label if is_so else str(condition)
