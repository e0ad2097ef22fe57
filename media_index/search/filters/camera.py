"""The filters over what a camera wrote into the file."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Exists, F, OuterRef, Q, TextField, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from media_index.models import Capture
from media_index.search.filters import ranges, spoken
from media_index.search.filters.base import Filter, Scope, either, says

F_SLACK = 0.05
"""Cameras name f-numbers to one decimal: f/1.78 is sold as f/1.8. So f/2 is not f/2.2 either."""
MILLIMETRES: Mapping[str, float] = {"": 1, "mm": 1}


def captured(condition: Q) -> Q:
    """Media with such a capture; one without any meets nothing, so that its opposite has it."""
    named = Concat(F("camera_make"), Value(" "), F("camera_model"), output_field=TextField())
    return Q(Exists(Capture.objects.alias(camera=named).filter(condition, media=OuterRef("pk"))))


def _camera(value: str, scope: Scope) -> Q:
    return captured(either(value, lambda part: Q(camera__icontains=part)))


def _lens(value: str, scope: Scope) -> Q:
    return captured(either(value, lambda part: Q(lens__icontains=part)))


def within(field: str, found: ranges.Range) -> Q:
    """The field lies in the range."""
    condition = Q()
    if found.low is not None:
        condition &= Q(**{f"{field}__gte": found.low})
    if found.high is not None:
        condition &= Q(**{f"{field}__lte": found.high})
    return condition


def _iso(value: str, scope: Scope) -> Q:
    wants = gettext("wants a number or a range, like 400 or 1600..")
    return captured(either(value, lambda part: within("iso", ranges.numbers(part, wants, whole=True))))


def _f(value: str, scope: Scope) -> Q:
    wants = gettext("wants an f-number or a range, like 1.8 or 1.8..2.8")
    return captured(either(value, lambda part: within("aperture", ranges.numbers(part, wants, slack=F_SLACK))))


def _mm(value: str, scope: Scope) -> Q:
    """By the lens itself, or by what it is on 35 mm film, as phones tell it."""
    wants = gettext("wants millimetres or a range, like 50 or 24..70")

    def either_length(part: str) -> Q:
        found = ranges.numbers(part, wants, MILLIMETRES)
        return within("focal_length", found) | within("focal_length_35", found)

    return captured(either(value, either_length))


def _ranges(value: str) -> str:
    return spoken.alternatives(value, spoken.range_of)


FILTERS = (
    Filter("camera", "camera:pixel", _("Make or model of the camera."), _camera, says(_("camera: %(what)s"), _ranges)),
    Filter("lens", 'lens:"50mm"', _("The lens."), _lens, says(_("lens: %(what)s"), _ranges)),
    Filter("iso", "iso:1600..", _("The sensitivity."), _iso, says("ISO %(what)s", _ranges)),
    Filter("f", "f:1.8..2.8", _("The f-number."), _f, says("f/%(what)s", _ranges)),
    Filter(
        "mm", "mm:24..70", _("The focal length, of the lens or as on 35 mm film."), _mm, says("%(what)s mm", _ranges)
    ),
)
