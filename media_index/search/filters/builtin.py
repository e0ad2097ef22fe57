"""The filters over what the index itself knows. One entry in one of these files makes one; the help is made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from media_index.search import likeness
from media_index.search.filters import camera, colour, content, file, picture, place, time
from media_index.search.filters.base import Filter


def _under(group: str, filters: Sequence[Filter]) -> Iterator[Filter]:
    """The filters of one file under its title in the help."""
    return (replace(one, group=one.group or group) for one in filters)


FILTERS = (
    *_under("What it is and shows", content.FILTERS),
    *_under("When", time.FILTERS),
    *_under("Where", place.FILTERS),
    *_under("Camera", camera.FILTERS),
    *_under("The picture", picture.FILTERS),
    *_under("The picture", colour.FILTERS),
    *_under("The file", file.FILTERS),
    *_under("Like another picture", likeness.FILTERS),
)
