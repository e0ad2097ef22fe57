"""The index's own panels of the photo page: facts, labels, where the files lie."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from django.template.defaultfilters import filesizeformat
from django.utils.formats import get_format, number_format
from django.utils.translation import gettext, pgettext

from media_index.dates import weekday_moment
from media_index.models import Capture, Location, Media, Source
from media_index.plugins import Panel
from media_index.views.search import address

MINUTES = 60


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the facts: an icon of the sprite, what it is, and one or two lines of text."""

    icon: str
    title: str
    text: str
    more: str = ""


def panels(media: Media, member: object) -> list[Panel]:
    made = [Panel("media_index/panels/_facts.html", {"facts": facts(media)}, order=10)]
    labels = [{"name": label.name, "url": address(f'label:"{label.name}"')} for label in media.labels.all()]
    if labels:
        made.append(Panel("media_index/panels/_labels.html", {"labels": labels}, order=20))
    made.append(Panel("media_index/panels/_locations.html", {"locations": locations(media, member)}, order=90))
    return made


def locations(media: Media, member: object) -> list[Location]:
    """The files of a media, only those in sources that the member may see."""
    visible = Source.objects.visible_to(member).values("pk")
    found = media.locations.filter(gone_at__isnull=True, source__in=visible)
    return list(found.select_related("source").order_by("source__name", "path"))


def facts(media: Media) -> list[Fact]:
    capture = media.captured
    found: list[Fact | None] = [_taken(media)]
    if capture is not None:
        found += [_camera(capture), _place(capture)]
    found.append(_file(media))
    return [fact for fact in found if fact is not None]


def _taken(media: Media) -> Fact:
    when = weekday_moment(media.taken_at)
    return Fact("calendar", gettext("Taken"), f"{when}{_offset(media.taken_offset)}", media.get_taken_from_display())


def _offset(minutes: int | None) -> str:
    if minutes is None:
        return ""
    hours, rest = divmod(abs(minutes), MINUTES)
    return f" UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def _camera(capture: Capture) -> Fact | None:
    make, model = capture.camera_make, capture.camera_model
    # Many cameras begin their model with the make: "NIKON CORPORATION", "NIKON D70".
    repeated = bool(make) and model.lower().startswith(make.split()[0].lower())
    name = model if repeated else f"{make} {model}".strip()
    more = " · ".join(part for part in (capture.lens, exposure(capture)) if part)
    if not name and not more:
        return None
    return Fact("camera", gettext("Camera"), name or more, more if name else "")


def exposure(capture: Capture) -> str:
    """``1/125 s · f/2.8 · ISO 200 · 35 mm``, as far as it is known. The focal length is the lens's own."""
    parts = []
    if capture.exposure:
        parts.append(f"{_seconds(capture.exposure)} s")
    if capture.aperture:
        parts.append(f"f/{_decimal(capture.aperture)}")
    if capture.iso:
        parts.append(f"ISO {capture.iso}")
    if capture.focal_length:
        parts.append(f"{_decimal(capture.focal_length)} mm")
    return " · ".join(parts)


def _decimal(value: float) -> str:
    """Three digits that count, with the comma or point of the language."""
    return f"{value:.3g}".replace(".", get_format("DECIMAL_SEPARATOR"))


# From about a third of a second on, cameras show decimals and no longer fractions.
_LONGEST_FRACTION = 0.3


def _seconds(value: float) -> str:
    if value >= _LONGEST_FRACTION:
        return _decimal(value)
    return str(Fraction(1, max(1, round(1 / value))))


def _place(capture: Capture) -> Fact | None:
    if capture.latitude is None or capture.longitude is None:
        return None
    north = pgettext("north", "N") if capture.latitude >= 0 else pgettext("south", "S")
    east = pgettext("east", "E") if capture.longitude >= 0 else pgettext("west", "W")
    # Five decimals are about a metre.
    latitude, longitude = number_format(abs(capture.latitude), 5), number_format(abs(capture.longitude), 5)
    text = f"{latitude}° {north}, {longitude}° {east}"
    more = (
        ""
        if capture.altitude is None
        else gettext("%(altitude)s m above the sea") % {"altitude": f"{capture.altitude:.0f}"}
    )
    return Fact("place", gettext("Place"), text, more)


def _file(media: Media) -> Fact:
    parts = [filesizeformat(media.size)]
    if media.width and media.height:
        megapixels = media.width * media.height / 1e6
        parts.insert(0, f"{media.width} × {media.height}")
        parts.insert(1, f"{number_format(megapixels, 1)} MP")
    if media.duration:
        parts.insert(0, length(media.duration))
    return Fact("file", gettext("File"), " · ".join(parts), media.mime)


def length(seconds: float) -> str:
    """``0:05``, ``1:02:03``: a duration as players show it, a moment as one second."""
    minutes, rest = divmod(max(round(seconds), 1), MINUTES)
    hours, minutes = divmod(minutes, MINUTES)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
