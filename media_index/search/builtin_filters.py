"""The filters over what the index itself knows. One entry makes one; the help is made of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from media_index.models import Label
from media_index.search.filters import Filter, Scope

YEARS = range(1826, 2101)
"""The oldest photograph that is left was taken in 1826 or 1827."""


def _type(value: str, scope: Scope) -> Q:
    kinds = {"photo": "image", "image": "image", "video": "video", "file": "other", "other": "other"}
    wanted = [part.strip().lower() for part in value.split("|")]
    unknown = [part for part in wanted if part not in kinds]
    if unknown:
        raise ValueError("wants photo, video or file")
    return Q(kind__in={kinds[part] for part in wanted})


def _type_sentence(value: str) -> str:
    return "only " + " and ".join(f"{part.strip().lower()}s" for part in value.split("|"))


def _span(value: str) -> tuple[datetime, datetime]:
    """The first moment of a date and the first after it: ``2019``, ``2019-06`` or ``2019-06-30``."""
    try:
        numbers = [int(part) for part in value.split("-")]
    except ValueError:
        raise ValueError("wants a date, like 2019, 2019-06 or 2019-06-30") from None
    if not 1 <= len(numbers) <= 3 or numbers[0] not in YEARS:
        raise ValueError("wants a date, like 2019, 2019-06 or 2019-06-30")
    year, month, day = [*numbers, 1, 1][:3]
    try:
        first = datetime(year, month, day)
    except ValueError:
        raise ValueError(f"names a date that does not exist: {value}") from None
    if len(numbers) == 3:
        return first, first + timedelta(days=1)
    if len(numbers) == 2:
        return first, datetime(year + month // 12, month % 12 + 1, 1)
    return first, datetime(year + 1, 1, 1)


def _taken(value: str, scope: Scope) -> Q:
    begin, dots, end = value.partition("..")
    if not value or value == "..":
        raise ValueError("wants a date or a range, like 2019 or 2020-06..2020-08")
    condition = Q()
    if begin:
        condition &= Q(taken_at__gte=_span(begin)[0])
    if end or not dots:
        condition &= Q(taken_at__lt=_span(end or begin)[1])
    return condition


def _year(value: str, scope: Scope) -> Q:
    for part in value.split(".."):
        if part and not (part.isascii() and part.isdigit() and len(part) == 4):
            raise ValueError("wants a year or a range of years, like 2019 or 2019..2021")
    return _taken(value, scope)


def _camera(value: str, scope: Scope) -> Q:
    return Q(capture__camera_model__icontains=value) | Q(capture__camera_make__icontains=value)


def _label(value: str, scope: Scope) -> Q:
    return Q(Exists(Label.objects.filter(media=OuterRef("pk"), name__iregex=rf"\m{_escaped(value)}(s|es)?\M")))


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
    Filter("year", "year:2019..2021", "The year it was taken.", _year, lambda v: f"taken in {v}"),
    Filter("taken", "taken:2020-06..2020-08", "The day, month or year it was taken.", _taken, lambda v: f"taken {v}"),
    Filter("camera", "camera:pixel", "Make or model of the camera.", _camera, lambda v: f"camera: {v}"),
    Filter("lens", 'lens:"50mm"', "The lens.", lambda v, _: Q(capture__lens__icontains=v), lambda v: f"lens: {v}"),
    Filter("label", "label:dog", "A thing the classifier saw.", _label, lambda v: f"labelled {v}"),
    Filter("filename", "filename:img_20", "Part of the file's name.", _filename, lambda v: f"file name with {v}"),
    Filter("path", "path:holidays/", "Part of the path below the source.", _path, lambda v: f"path with {v}"),
    Filter("source", "source:Pictures", "The source it lies in.", _source, lambda v: f"from {v}"),
    Filter("has", "has:gps", "What is known of it: gps, camera.", _has, lambda v: f"with {v}"),
)
