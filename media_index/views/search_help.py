"""The help of the search, made from what is registered: a plug-in's filters are on it by themselves."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from media_index import plugins
from media_index.search.filters.base import Filter
from media_index.views.search import address

OTHERS = _("More")
"""Filters of no group."""
LANGUAGE = (
    ("dog on the beach", _("Describe the picture. All words together are one description.")),
    ('"beach umbrella"', _("In quotation marks words are only words, never a name, a date or a filter.")),
    ("year:2021", _("A filter: only these. Spaces in its value want quotation marks.")),
    ("year:2019..2021", _("A range; open on one side as well: size:10mb..")),
    ("ext:heic|png", _("Several values with a bar between: any of them.")),
    ("dogs without snow", _("“without”, “not”, “no” and a minus take away: -snow, -year:2021.")),
    ("year:2019 or year:2021", _("Either. A bar between words does the same.")),
    ("dogs -(type:video year:2021)", _("Brackets hold things together.")),
)
PLAIN_WORDS = (
    ("videos of dogs", _("photos, videos, pictures, clips")),
    ("last summer", _("dates: june 2020, yesterday, two years ago, the 90s")),
    ("christmas 2019", _("holidays: easter, halloween, mother's day")),
    ("on sundays in the morning", _("days of the week, times of day, seasons, of any year")),
    ("between 2018 and 2020", _("before, after, since, until")),
    ("vertical photos", _("shapes, panoramas, screenshots, gifs")),
    ("photos over 10 mb", _("sizes, megapixels, iso 3200, f/1.8, at 50 mm")),
    ("photos without location", _("what is known of them: with gps, with text")),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A filter as the help shows it."""

    key: str
    help: str | Promise
    example: str
    url: str
    values: tuple[str, ...]


@require_GET
def search_help(request: HttpRequest) -> HttpResponse:
    groups: defaultdict[str | Promise, list[Line]] = defaultdict(list)
    for one in plugins.filters().values():
        groups[one.group or OTHERS].append(_line(one))
    others = groups.pop(OTHERS, [])
    context = {
        "groups": [*groups.items(), *([(OTHERS, others)] if others else [])],
        "language": [{"example": example, "help": said, "url": address(example)} for example, said in LANGUAGE],
        "plain_words": [{"example": example, "help": said, "url": address(example)} for example, said in PLAIN_WORDS],
    }
    return render(request, "media_index/search_help.html", context)


def _line(one: Filter) -> Line:
    return Line(one.key, one.help, one.example, address(one.example), one.values)
