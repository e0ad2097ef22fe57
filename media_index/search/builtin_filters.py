"""The filters over what the index itself knows. One entry makes one; the help is made of them."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from media_index.models import Label
from media_index.search import values
from media_index.search.filters import Filter, Scope

SHORTEST_STEM = 3
"""Letters that must be left of a word when the ending of its plural is taken off."""


def _type(value: str, scope: Scope) -> Q:
    return Q(kind__in=values.kinds(value))


def _type_sentence(value: str) -> str:
    return "only " + " and ".join(f"{part.strip().lower()}s" for part in value.split("|"))


def _between(moments: values.Moments) -> Q:
    after, before = moments
    condition = Q()
    if after:
        condition &= Q(taken_at__gte=after)
    if before:
        condition &= Q(taken_at__lt=before)
    return condition


def _camera(value: str, scope: Scope) -> Q:
    return Q(capture__camera_model__icontains=value) | Q(capture__camera_make__icontains=value)


def _label(value: str, scope: Scope) -> Q:
    """Whole words, in the singular or the plural on either side."""
    stems = [value, *(value[: -len(end)] for end in ("s", "es") if value.lower().endswith(end))]
    either = "|".join(_escaped(stem) for stem in stems if stem == value or len(stem) >= SHORTEST_STEM)
    # Not \m and \M: these want a letter beside them, and a label may end in a bracket.
    return Q(Exists(Label.objects.filter(media=OuterRef("pk"), name__iregex=rf"(?<!\w)({either})(s|es)?(?!\w)")))


def _escaped(value: str) -> str:
    """``value`` for a regular expression of PostgreSQL, every special character taken literally."""
    return "".join(char if char.isalnum() or char.isspace() else f"\\{char}" for char in value)


def _filename(value: str, scope: Scope) -> Q:
    return scope.with_location(path__iregex=rf"(^|/)[^/]*{_escaped(value)}[^/]*$")


def _path(value: str, scope: Scope) -> Q:
    return scope.with_location(path__icontains=value)


def _source(value: str, scope: Scope) -> Q:
    return scope.with_location(source__name__iexact=value)


def _has(value: str, scope: Scope) -> Q:
    things = {
        "gps": Q(capture__latitude__isnull=False),
        "camera": ~Q(capture__camera_model="") & Q(capture__isnull=False),
    }
    if value.lower() not in things:
        raise ValueError(f"wants one of {', '.join(sorted(things))}")
    return things[value.lower()]


FILTERS = (
    Filter("type", "type:video", "Photos, videos or other files.", _type, _type_sentence),
    Filter(
        "year",
        "year:2019..2021",
        "The year it was taken.",
        lambda v, _: _between(values.years(v)),
        lambda v: f"taken in {v}",
    ),
    Filter(
        "taken",
        "taken:2020-06..2020-08",
        "The day, month or year it was taken.",
        lambda v, _: _between(values.moments(v)),
        lambda v: f"taken {v}",
    ),
    Filter("camera", "camera:pixel", "Make or model of the camera.", _camera, lambda v: f"camera: {v}"),
    Filter("lens", 'lens:"50mm"', "The lens.", lambda v, _: Q(capture__lens__icontains=v), lambda v: f"lens: {v}"),
    Filter("label", "label:dog", "A thing the classifier saw.", _label, lambda v: f"labelled {v}"),
    Filter("filename", "filename:img_20", "Part of the file's name.", _filename, lambda v: f"file name with {v}"),
    Filter("path", "path:holidays/", "Part of the path below the source.", _path, lambda v: f"path with {v}"),
    Filter("source", "source:Pictures", "The source it lies in.", _source, lambda v: f"from {v}"),
    Filter("has", "has:gps", "What is known of it: gps, camera.", _has, lambda v: f"with {v}"),
)
