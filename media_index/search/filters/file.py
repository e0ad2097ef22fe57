"""The filters over the files themselves. Paths and names of sources are told only to those who may see the source."""

from __future__ import annotations

import re

from django.db.models import CharField, Exists, F, Func, Q, Value
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from media_index.search.filters import ranges, spoken
from media_index.search.filters.base import Filter, Scope, either, says
from media_index.search.filters.camera import within

ALIKE = (("jpg", "jpeg", "jpe"), ("tif", "tiff"), ("mpg", "mpeg"), ("htm", "html"))
"""Endings that are one and the same format."""
_ENDING = re.compile(r"\.?(\w{1,20})")
_ID = re.compile(r"\d{1,18}", re.ASCII)


def _filename(value: str, scope: Scope) -> Q:
    """What stands behind the last slash."""
    name = Func(F("path"), Value("/"), Value(-1), function="split_part", output_field=CharField())
    named = scope.locations().alias(file_name=name)
    return Q(Exists(named.filter(either(value, lambda part: Q(file_name__icontains=part)))))


def _path(value: str, scope: Scope) -> Q:
    return Q(Exists(scope.locations().filter(either(value, lambda part: Q(path__icontains=part)))))


def _source(value: str, scope: Scope) -> Q:
    return Q(Exists(scope.locations().filter(either(value, lambda part: Q(source__name__iexact=part)))))


def _ext(value: str, scope: Scope) -> Q:
    return Q(Exists(scope.locations().filter(either(value, _ends))))


def _ends(part: str) -> Q:
    found = _ENDING.fullmatch(part)
    if found is None:
        raise ValueError(gettext("wants the ending of a file's name, like jpg or heic|png"))
    ending = found[1].lower()
    alike = next((group for group in ALIKE if ending in group), (ending,))
    return Q(*(Q(path__iendswith=f".{one}") for one in alike), _connector=Q.OR)


def _size(value: str, scope: Scope) -> Q:
    wants = gettext("wants a size or a range, like 10mb.. or 200kb..1mb")
    # Below a unit pages change to the smaller one, so nothing else is shown as 1 GB.
    return either(value, lambda part: within("size", ranges.numbers(part, wants, ranges.BYTES, shown=0)))


def _id(value: str, scope: Scope) -> Q:
    return either(value, _numbered)


def _numbered(part: str) -> Q:
    if not _ID.fullmatch(part):
        raise ValueError(gettext("wants the number in the address of a photo's page, like 123"))
    return Q(pk=int(part))


def _said_size(value: str) -> str:
    return spoken.alternatives(value.upper(), spoken.range_of)


FILTERS = (
    Filter(
        "filename",
        "filename:img_20",
        _("Part of the file's name."),
        _filename,
        says(_("file name with %(what)s"), spoken.alternatives),
    ),
    Filter(
        "path",
        "path:holidays/",
        _("Part of the path below the source."),
        _path,
        says(_("path with %(what)s"), spoken.alternatives),
    ),
    Filter(
        "source", "source:Pictures", _("The source it lies in."), _source, says(_("from %(what)s"), spoken.alternatives)
    ),
    Filter(
        "ext", "ext:heic|jpg", _("The ending of the file's name."), _ext, says(_("%(what)s files"), spoken.alternatives)
    ),
    Filter("size", "size:10mb..", _("The size of the file."), _size, says(_("files of %(what)s"), _said_size)),
    Filter(
        "id",
        "id:123",
        _("Its number, as in the address of its page."),
        _id,
        says(_("number %(what)s"), spoken.alternatives),
    ),
)
