"""What the photo page shows of people: boxes over the picture, names, and forms to change and add."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import ngettext

from media_index.models import Media
from media_index.plugins import Panel
from media_index.search.filters.base import Scope
from media_index.views.tiles import thumbnail_url
from people.models import Face, Person, PersonTag
from people.pages.common import FaceTile, face_tile
from people.persons import selectors

ORDER = 15


@dataclass(frozen=True, slots=True)
class Shown:
    """A face of the photo: ``number`` on its box, the box in pixels of the picture, and how old its person is there."""

    number: int
    tile: FaceTile
    left: float
    top: float
    width: float
    height: float
    age: str

    @property
    def label_at(self) -> float:
        return self.top + self.height

    @property
    def box_percent(self) -> str:
        """Left, top, width and height in percent of the picture, for scripts: no language writes its numbers so."""
        return " ".join(f"{100 * side:.2f}" for side in self.tile.face.box)


def panels(media: Media, member: object) -> list[Panel]:
    """Four statements."""
    if media.kind != Media.Kind.IMAGE or not media.has_preview:
        return []
    scope = Scope.of(member)
    rows = (
        Face.objects.filter(media=media, state=Face.State.FACE).select_related("person", "media").order_by("left", "pk")
    )
    tags = PersonTag.objects.filter(media=media).select_related("person").order_by("person__folded")
    names = selectors.persons(scope).filter(hidden=False).values_list("name", flat=True)
    width, height = media.width or 1, media.height or 1
    context = {
        "media": media,
        "picture": thumbnail_url(media, "large"),
        "width": width,
        "height": height,
        "stroke": max(width, height) / 250,
        "letters": max(width, height) / 18,
        "faces": [_shown(number, face, media) for number, face in enumerate(rows, 1)],
        "tags": [{"person": tag.person, "age": age(tag.person, media)} for tag in tags],
        "names": list(dict.fromkeys(names)),
    }
    return [Panel("people/panels/_people.html", context, order=ORDER)]


def _shown(number: int, face: Face, media: Media) -> Shown:
    width, height = media.width or 1, media.height or 1
    return Shown(
        number=number,
        tile=face_tile(face),
        left=round(face.left * width, 1),
        top=round(face.top * height, 1),
        width=round(face.width * width, 1),
        height=round(face.height * height, 1),
        age=age(face.person, media) if face.person else "",
    )


def age(person: Person, media: Media) -> str:
    """``7 years``, or the months of a baby; nothing where the birth date is not known."""
    years = person.age_at(media.taken_at)
    if years is None or person.birth_date is None:
        return ""
    if years:
        return ngettext("%(years)d year", "%(years)d years", years) % {"years": years}
    taken, born = media.taken_at.date(), person.birth_date
    months = 12 * (taken.year - born.year) + taken.month - born.month - (taken.day < born.day)
    return ngettext("%(months)d month", "%(months)d months", months) % {"months": months}


def export(media: Media) -> dict[str, object]:
    """All that is known of the people in one media, as plain data."""
    faces = Face.objects.filter(media=media).select_related("person").order_by("left", "pk")
    return {
        "faces": [
            {
                "box": [round(side, 4) for side in face.box],
                "state": face.state,
                "origin": face.origin,
                "quality": round(face.quality, 4),
                "group": face.cluster_id,
                "person": face.person.name if face.person else None,
                "confirmed": face.confirmed,
            }
            for face in faces
        ],
        "tags": [tag.person.name for tag in PersonTag.objects.filter(media=media).select_related("person")],
    }
