"""The filters over what the index itself knows. One entry in one of these files makes one; the help is made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from media_index.search import (
    filters_camera,
    filters_colour,
    filters_content,
    filters_file,
    filters_picture,
    filters_place,
    filters_time,
    likeness,
)
from media_index.search.filters import Filter


def _under(group: str, filters: Sequence[Filter]) -> Iterator[Filter]:
    """The filters of one file under its title in the help."""
    return (replace(one, group=one.group or group) for one in filters)


FILTERS = (
    *_under("What it is and shows", filters_content.FILTERS),
    *_under("When", filters_time.FILTERS),
    *_under("Where", filters_place.FILTERS),
    *_under("Camera", filters_camera.FILTERS),
    *_under("The picture", filters_picture.FILTERS),
    *_under("The picture", filters_colour.FILTERS),
    *_under("The file", filters_file.FILTERS),
    *_under("Like another picture", likeness.FILTERS),
)
