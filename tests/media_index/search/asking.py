"""Photos to search among, and what a query finds or says of itself."""

from __future__ import annotations

from media_index.models import Capture, Media, Source
from media_index.search.engine import search
from media_index.search.filters.base import Scope
from tests.factories import LocationFactory, MediaFactory


def photo(source: Source, name: str, **values: object) -> Media:
    return LocationFactory(source=source, path=name, media=MediaFactory(**values)).media


def captured(source: Source, name: str, **values: object) -> Media:
    return Capture.objects.create(media=photo(source, name), **values).media


def found(query: str) -> set[str]:
    """The paths of what is found; the query must be read without a problem."""
    answer = search(query, Scope.everything())
    assert answer.problems == ()
    paths = Media.objects.filter(pk__in=[hit.media_id for hit in answer.hits]).values_list("locations__path", flat=True)
    return set(paths)


def problem(query: str) -> str:
    (one,) = search(query, Scope.everything()).problems
    return one.message
