"""Addresses of the library."""

from __future__ import annotations

from django.urls import path, register_converter

from media_index import thumbnail_store
from media_index.views import (
    files,
    health,
    library,
    media,
    pictures,
    saved_searches,
    scrubbing,
    search,
    search_help,
    search_parts,
    sources,
    status,
    thumbs,
)


class HashConverter:
    """A BLAKE3 in hexadecimal."""

    regex = "[0-9a-f]{64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class SizeConverter(HashConverter):
    """A size of thumbnails."""

    regex = "|".join(thumbnail_store.SIZES)


class IdConverter:
    """A primary key. At most 18 digits, so that it fits the column whatever they are."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(HashConverter, "hash")
register_converter(SizeConverter, "size")
register_converter(IdConverter, "id")

urlpatterns = [
    path("", library.library, name="library"),
    path("other-files/", library.other_files, name="other-files"),
    path("progress/", library.progress, name="progress"),
    path("search/", search.search, name="search"),
    path("search/dates/", scrubbing.dates, name="search-dates"),
    path("search/feedback/<id:pk>/", thumbs.feedback, name="feedback"),
    path("search/improve/", thumbs.improve, name="improve"),
    path("search/improve/<id:pk>/take-back/", thumbs.feedback_take_back, name="feedback-take-back"),
    path("search/improve/delete/", thumbs.feedback_clear, name="feedback-clear"),
    path("search/picture/", pictures.picture, name="picture"),
    path("search/picture/<slug:token>/", pictures.picture_wait, name="picture-wait"),
    path("search/help/", search_help.search_help, name="search-help"),
    path("search/suggest/", search_parts.suggest, name="search-suggest"),
    path("search/facets/", search_parts.facets, name="search-facets"),
    path("search/saved/", saved_searches.saved_searches, name="saved-searches"),
    path("search/saved/add/", saved_searches.add, name="saved-search-add"),
    path("search/saved/<id:pk>/rename/", saved_searches.rename, name="saved-search-rename"),
    path("search/saved/<id:pk>/delete/", saved_searches.delete, name="saved-search-delete"),
    path("search/history/clear/", saved_searches.clear_history, name="search-history-clear"),
    path("search/history/keep/", saved_searches.keep_history, name="search-history-keep"),
    path("media/<id:pk>/", media.media_detail, name="media-detail"),
    path("media/<id:pk>/original/", files.original, name="original"),
    path("thumbnails/<hash:content_hash>/<size:size>/", files.thumbnail, name="thumbnail"),
    path("status/", status.status, name="status"),
    path("status/retry/", status.retry, name="retry"),
    path("status/pause/", status.pause, name="pause"),
    path("status/resume/", status.resume, name="resume"),
    path("sources/", sources.source_list, name="source-list"),
    path("sources/add/", sources.source_add, name="source-add"),
    path("sources/browse/", sources.source_browse, name="source-browse"),
    path("sources/<id:pk>/rescan/", sources.source_rescan, name="source-rescan"),
    path("sources/<id:pk>/remove/", sources.source_remove, name="source-remove"),
    path("health/", health.health, name="health"),
]
