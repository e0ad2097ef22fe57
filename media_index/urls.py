"""Addresses of the library."""

from __future__ import annotations

from django.urls import path, register_converter

from media_index import thumbnail_store
from media_index.views import (
    album_order,
    album_panel,
    albums,
    browsing,
    bulk,
    changes,
    copies,
    duplicates,
    editing,
    files,
    health,
    ideas,
    library,
    maps,
    media,
    memories,
    months,
    patterns,
    pictures,
    saved_searches,
    scrubbing,
    search,
    search_help,
    search_parts,
    shelves,
    slides,
    sources,
    stacks,
    status,
    tag_panel,
    tags,
    thumbs,
    welcome,
    zipping,
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


class FolderConverter:
    """A path below a source: whatever a file system takes, line breaks as well."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FolderConverter, "folder")
register_converter(HashConverter, "hash")
register_converter(SizeConverter, "size")
register_converter(IdConverter, "id")

urlpatterns = [
    path("", library.library, name="library"),
    path("dates/", months.library_dates, name="library-dates"),
    path("recent/", shelves.recent, name="recent"),
    path("favourites/", shelves.favourites, name="favourites"),
    path("archive/", shelves.archive, name="archive"),
    path("hidden/", shelves.hidden, name="hidden"),
    path("trash/", shelves.trash, name="trash"),
    path("other-files/", library.other_files, name="other-files"),
    path("welcome/", welcome.welcome, name="welcome"),
    path("patterns/", patterns.patterns, name="patterns"),
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
    path("search/ideas/", ideas.search_ideas, name="search-ideas"),
    path("search/facets/", search_parts.facets, name="search-facets"),
    path("search/saved/", saved_searches.saved_searches, name="saved-searches"),
    path("search/saved/add/", saved_searches.add, name="saved-search-add"),
    path("search/saved/<id:pk>/rename/", saved_searches.rename, name="saved-search-rename"),
    path("search/saved/<id:pk>/delete/", saved_searches.delete, name="saved-search-delete"),
    path("search/history/clear/", saved_searches.clear_history, name="search-history-clear"),
    path("search/history/keep/", saved_searches.keep_history, name="search-history-keep"),
    path("media/<id:pk>/", media.media_detail, name="media-detail"),
    path("media/<id:pk>/about/", media.about, name="media-about"),
    path("media/<id:pk>/slides/", slides.slides, name="media-slides"),
    path("media/<id:pk>/copy/<slug:size>/", copies.copy, name="copy"),
    path("media/<id:pk>/edit/", editing.media_edit_view, name="media-edit"),
    path("media/<id:pk>/original/", files.original, name="original"),
    path("thumbnails/<hash:content_hash>/<size:size>/", files.thumbnail, name="thumbnail"),
    path("bulk/", bulk.bulk, name="bulk"),
    path("zip/", zipping.zip_file, name="zip"),
    path("changes/", changes.changes, name="changes"),
    path("changes/<id:pk>/undo/", changes.change_take_back, name="change-undo"),
    path("folders/", browsing.folder_list, name="folder-list"),
    path("folders/<id:pk>/", browsing.folder_detail, name="folder-detail"),
    path("folders/<id:pk>/<folder:path>/", browsing.folder_detail, name="folder-inside"),
    path("duplicates/", duplicates.duplicates, name="duplicates"),
    path("duplicates/decide/", duplicates.duplicates_decide, name="duplicates-decide"),
    path("duplicates/all/", duplicates.duplicates_all, name="duplicates-all"),
    path("media/<id:pk>/stack/", stacks.media_stack, name="media-stack"),
    path("map/", maps.photo_map, name="map"),
    path("map/clusters/", maps.map_clusters, name="map-clusters"),
    path("map/names/", maps.map_names, name="map-names"),
    path("map/photos/", maps.map_photos, name="map-photos"),
    path("tags/", tags.tag_list, name="tag-list"),
    path("tags/suggest/", tags.tag_suggest, name="tag-suggest"),
    path("tags/<id:pk>/", tags.tag_detail, name="tag-detail"),
    path("tags/<id:pk>/edit/", tags.tag_edit, name="tag-edit"),
    path("tags/<id:pk>/delete/", tags.tag_delete, name="tag-delete"),
    path("media/<id:pk>/tags/", tag_panel.media_tags, name="media-tags"),
    path("albums/", albums.album_list, name="album-list"),
    path("albums/add/", albums.album_add, name="album-add"),
    path("albums/<id:pk>/", albums.album_detail, name="album-detail"),
    path("albums/<id:pk>/edit/", albums.album_edit, name="album-edit"),
    path("albums/<id:pk>/zip/", albums.album_zip, name="album-zip"),
    path("albums/<id:pk>/card/", albums.album_card, name="album-card"),
    path("albums/<id:pk>/arrange/", album_order.album_arrange, name="album-arrange"),
    path("albums/<id:pk>/move/", album_order.album_move, name="album-move"),
    path("albums/<id:pk>/note/", album_order.album_note, name="album-note"),
    path("albums/<id:pk>/cover/", album_order.album_cover, name="album-cover"),
    path("albums/<id:pk>/delete/", albums.album_delete, name="album-delete"),
    path("media/<id:pk>/albums/", album_panel.media_albums, name="media-albums"),
    path("memories/", memories.memory_list, name="memories"),
    path("memories/strip/", memories.memories_strip, name="memories-strip"),
    path("memories/dismiss/", memories.memories_dismiss, name="memories-dismiss"),
    path("memories/kept-out/", memories.kept_out, name="kept-out"),
    path("memories/kept-out/<id:pk>/remove/", memories.kept_out_remove, name="kept-out-remove"),
    path("memories/<slug:key>/", memories.memory_detail, name="memory-detail"),
    path("memories/<slug:key>/keep-out/", memories.memory_keep_out, name="memory-keep-out"),
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
