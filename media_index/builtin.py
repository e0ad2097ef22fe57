"""What the index itself brings, registered by the same hooks as anybody's plug-in. Dotted paths only."""

from __future__ import annotations

from media_index.plugins import Clock, ExtractorHook, Plugin

PLUGIN = Plugin(
    name="media_index",
    extractors=(
        ExtractorHook("exif", "media_index.extractors.exif.build", "media_index.storing.store_exif"),
        ExtractorHook("thumbnails", "media_index.extractors.thumbnails.build", "media_index.storing.store_thumbnails"),
        ExtractorHook("labels", "media_index.extractors.labels.build", "media_index.storing.store_labels"),
        ExtractorHook(
            "embedding",
            "media_index.extractors.embedding.build",
            "media_index.storing.store_embeddings",
            "media_index.encoder_service.encoder_settle",
        ),
        ExtractorHook("palette", "media_index.extractors.palette.build", "media_index.storing.store_palettes"),
    ),
    filters="media_index.search.filters.builtin.FILTERS",
    texts="media_index.search.words.texts.TEXTS",
    vocabulary="media_index.search.naming.own_names.vocabulary",
    suggestions="media_index.search.naming.own_names.suggestions",
    facets="media_index.search.own_facets.facets",
    panels="media_index.views.panels.panels",
    export="media_index.selectors.export",
    checks="media_index.checks.CHECKS",
    actions="media_index.library.own_actions.ACTIONS",
)

PLACES = Plugin(
    name="places",
    vocabulary="media_index.search.naming.place_names.vocabulary",
    facets="media_index.search.naming.place_names.facets",
    panels="media_index.views.places.panels",
)

TAGS = Plugin(
    name="tags",
    filters="media_index.library.tags.search.FILTERS",
    facts="media_index.library.tags.search.FACTS",
    texts="media_index.library.tags.search.TEXTS",
    vocabulary="media_index.library.tags.search.vocabulary",
    facets="media_index.library.tags.search.facets",
    actions="media_index.library.tags.actions.ACTIONS",
    panels="media_index.views.tag_panel.panels",
)

ALBUMS = Plugin(
    name="albums",
    filters="media_index.library.albums.search.FILTERS",
    facts="media_index.library.albums.search.FACTS",
    vocabulary="media_index.library.albums.search.vocabulary",
    facets="media_index.library.albums.search.facets",
    actions="media_index.library.albums.actions.ACTIONS",
    panels="media_index.views.album_panel.panels",
)

ANNOTATIONS = Plugin(
    name="annotations",
    extractors=(
        ExtractorHook(
            "annotations",
            "media_index.extractors.annotations.build",
            "media_index.library.annotations.store_annotations",
        ),
    ),
    export="media_index.library.annotations.export",
)

MARKS = Plugin(
    name="marks",
    filters="media_index.library.search.FILTERS",
    facts="media_index.library.search.FACTS",
    texts="media_index.library.search.TEXTS",
    facets="media_index.library.search.facets",
    panels="media_index.views.editing.panels",
)

DUPLICATES = Plugin(
    name="duplicates",
    extractors=(
        ExtractorHook(
            "fingerprint",
            "media_index.extractors.fingerprint.build",
            "media_index.storing.store_fingerprints",
            "media_index.duplicates.tasks.fingerprints_stored",
        ),
    ),
    clock=(Clock("find duplicates", "media_index.duplicates.tasks.find_duplicates", minutes=5),),
    actions="media_index.library.stack_actions.ACTIONS",
    panels="media_index.views.stacks.panels",
)
