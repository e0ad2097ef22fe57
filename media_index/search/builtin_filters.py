"""The filters over what the index itself knows. One entry in one of these files makes one; the help is made of them."""

from __future__ import annotations

from media_index.search import (
    filters_camera,
    filters_content,
    filters_file,
    filters_picture,
    filters_place,
    filters_time,
)

FILTERS = (
    *filters_content.FILTERS,
    *filters_time.FILTERS,
    *filters_place.FILTERS,
    *filters_camera.FILTERS,
    *filters_picture.FILTERS,
    *filters_file.FILTERS,
)
