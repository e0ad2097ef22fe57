"""The panel of the photo page that names the place."""

from __future__ import annotations

from dataclasses import dataclass

from media_index.models import Media, Place
from media_index.plugins import Panel
from media_index.views.search import address


@dataclass(frozen=True, slots=True)
class PlaceLink:
    """A place, and the address of the search for all photos of it."""

    name: str
    url: str


def panels(media: Media, member: object) -> list[Panel]:  # noqa: ARG001  (the hook's shape)
    """The town with what it lies in, from the inside out; nothing where the place is not known. One statement."""
    place = Place.objects.filter(captures__media=media).select_related("city", "region", "country").first()
    if place is None:
        return []
    links = [PlaceLink(one.name, address(f'{one.kind}:"{one.name}"')) for one in place.levels()]
    return [Panel("media_index/panels/_places.html", {"places": links}, order=15)]
