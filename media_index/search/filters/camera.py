"""The filters over what a camera wrote into the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db.models import Exists, F, OuterRef, Q, TextField, Value
from django.db.models.functions import Concat

from media_index.models import Capture
from media_index.search.filters import ranges, spoken
from media_index.search.filters.base import Filter, Scope, either

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
    wants = "wants a number or a range, like 400 or 1600.."
    return captured(either(value, lambda part: within("iso", ranges.numbers(part, wants, whole=True))))


def _f(value: str, scope: Scope) -> Q:
    wants = "wants an f-number or a range, like 1.8 or 1.8..2.8"
    return captured(either(value, lambda part: within("aperture", ranges.numbers(part, wants, slack=F_SLACK))))


def _mm(value: str, scope: Scope) -> Q:
    """By the lens itself, or by what it is on 35 mm film, as phones tell it."""
    wants = "wants millimetres or a range, like 50 or 24..70"

    def either_length(part: str) -> Q:
        found = ranges.numbers(part, wants, MILLIMETRES)
        return within("focal_length", found) | within("focal_length_35", found)

    return captured(either(value, either_length))


def _said(before: str, after: str = "") -> Callable[[str], str]:
    def sentence(value: str) -> str:
        return before + spoken.alternatives(value, spoken.range_of) + after

    return sentence


FILTERS = (
    Filter("camera", "camera:pixel", "Make or model of the camera.", _camera, _said("camera: ")),
    Filter("lens", 'lens:"50mm"', "The lens.", _lens, _said("lens: ")),
    Filter("iso", "iso:1600..", "The sensitivity.", _iso, _said("ISO ")),
    Filter("f", "f:1.8..2.8", "The f-number.", _f, _said("f/")),
    Filter("mm", "mm:24..70", "The focal length, of the lens or as on 35 mm film.", _mm, _said("", " mm")),
)
