"""The filters over what the index itself knows. One entry in one of these files makes one; the help is made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from media_index.search import likeness
from media_index.search.filters import area, camera, colour, content, file, picture, place, time
from media_index.search.filters.base import Filter


def _under(group: str | Promise, filters: Sequence[Filter]) -> Iterator[Filter]:
    """The filters of one file under its title in the help."""
    return (replace(one, group=one.group or group) for one in filters)


FILTERS = (
    *_under(_("What it is and shows"), content.FILTERS),
    *_under(_("When"), time.FILTERS),
    *_under(_("Where"), place.FILTERS),
    *_under(_("Where"), area.FILTERS),
    *_under(_("Camera"), camera.FILTERS),
    *_under(_("The picture"), picture.FILTERS),
    *_under(_("The picture"), colour.FILTERS),
    *_under(_("The file"), file.FILTERS),
    *_under(_("Like another picture"), likeness.FILTERS),
)
