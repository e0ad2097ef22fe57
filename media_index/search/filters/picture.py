"""The filters over the measures of a picture or a video. Sides are those of the picture upright, in pixels."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import BigIntegerField, F, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThanOrEqual
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from media_index.search.filters import ranges, spoken
from media_index.search.filters.base import Filter, Scope, either, says
from media_index.search.filters.camera import within

SQUARE = 1.02
"""Up to where the longer side is as long as the other to the eye; our choice: a crop by hand is seldom exact."""
PANORAMA = 2.0
"""Times as wide as high from where on a picture is a panorama, as the word is commonly used; 16:9 is 1.78."""
PIXELS: Mapping[str, float] = {"": 1, "px": 1}
MEGAPIXELS: Mapping[str, float] = {"": 1, "mp": 1}


def _side(field: str, value: str) -> Q:
    wants = gettext("wants pixels or a range, like 1920 or 3000..")
    known = Q(**{f"{field}__isnull": False})
    return known & either(value, lambda part: within(field, ranges.numbers(part, wants, PIXELS, whole=True)))


def _width(value: str, scope: Scope) -> Q:
    return _side("width", value)


def _height(value: str, scope: Scope) -> Q:
    return _side("height", value)


def _times(factor: float, field: str) -> Combinable:
    return Cast(F(field), BigIntegerField()) * Value(factor)


def _mp(value: str, scope: Scope) -> Q:
    wants = gettext("wants megapixels or a range, like 12 or 20..")
    area = Cast(F("width"), BigIntegerField()) * F("height")

    def of_size(part: str) -> Q:
        found = ranges.numbers(part, wants, MEGAPIXELS)
        condition = Q()
        if found.low is not None:
            condition &= Q(GreaterThanOrEqual(area, round(found.low * 1_000_000)))
        if found.high is not None:
            condition &= Q(LessThanOrEqual(area, round(found.high * 1_000_000)))
        return condition

    return _measured() & either(value, of_size)


def _measured() -> Q:
    """Sides are known. Without it the opposite of a shape would lack what has none."""
    return Q(width__isnull=False, height__isnull=False)


def panorama() -> Q:
    """Much wider than high. What is much higher than wide is mostly a screenshot of a long page."""
    return _measured() & Q(GreaterThanOrEqual(F("width"), _times(PANORAMA, "height")))


def _shape(value: str, scope: Scope) -> Q:
    return either(value, _of_shape)


def _of_shape(part: str) -> Q:
    wide = Q(GreaterThan(F("width"), _times(SQUARE, "height")))
    high = Q(GreaterThan(F("height"), _times(SQUARE, "width")))
    shapes = {
        "portrait": _measured() & high,
        "landscape": _measured() & wide,
        "square": _measured() & ~wide & ~high,
        "panorama": panorama(),
    }
    if part.lower() not in shapes:
        raise ValueError(gettext("wants one of %(list)s") % {"list": ", ".join(shapes)})
    return shapes[part.lower()]


def _duration(value: str, scope: Scope) -> Q:
    wants = gettext("wants seconds, minutes or hours, or a range of them, like 30s, 10s..2m or 1h..")
    known = Q(duration__isnull=False)
    return known & either(value, lambda part: within("duration", ranges.numbers(part, wants, ranges.SECONDS)))


SHAPES = (gettext_noop("portrait"), gettext_noop("landscape"), gettext_noop("square"), gettext_noop("panorama"))


def _shapes(value: str) -> str:
    return spoken.alternatives(value.lower(), gettext)


def _durations(value: str) -> str:
    return spoken.alternatives(value, lambda part: spoken.range_of(part, _time_said))


def _time_said(text: str) -> str:
    said = {"m": gettext("%(number)s minutes"), "h": gettext("%(number)s hours")}
    seconds = gettext("%(number)s seconds")
    return said.get(text[-1:].lower(), seconds) % {"number": text.rstrip("sSmMhH").strip()}


def _ranges(value: str) -> str:
    return spoken.alternatives(value, spoken.range_of)


FILTERS = (
    Filter(
        "shape",
        "shape:portrait",
        _("Portrait, landscape, square or panorama."),
        _shape,
        says(_("%(what)s format"), _shapes),
        values=SHAPES,
    ),
    Filter("width", "width:3000..", _("The width in pixels."), _width, says(_("%(what)s pixels wide"), _ranges)),
    Filter("height", "height:..1080", _("The height in pixels."), _height, says(_("%(what)s pixels high"), _ranges)),
    Filter("duration", "duration:10s..2m", _("How long a video is."), _duration, says(_("%(what)s long"), _durations)),
    Filter("mp", "mp:20..", _("The size in megapixels."), _mp, says(_("%(what)s megapixels"), _ranges)),
)
