"""The page of patterns: every component of the look, alive, with the markup to copy. For administrators."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import Engine
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from media_index.access import require_administrator
from media_index.views.tokens import icon_names, token_groups

PATTERNS: dict[str, str | Promise] = {
    "buttons": _("Buttons"),
    "segments": _("Segments: one of few"),
    "tabs": _("Tabs"),
    "chips": _("Chips and badges"),
    "messages": _("Messages, notices, errors"),
    "fields": _("Fields"),
    "cards": _("Cards"),
    "menus": _("Menus"),
    "dialogs": _("Dialogs"),
    "empty": _("Nothing to show: what to do next"),
    "progress": _("Progress"),
    "tables": _("Tables"),
}
"""Each by the name of its template in templates/patterns/, with its title."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A component: ``html`` as it is shown, and the template's ``source``."""

    key: str
    title: str | Promise
    html: str
    source: str


@require_GET
def patterns(request: HttpRequest) -> HttpResponse:
    require_administrator(request)
    shown = [_pattern(request, key, title) for key, title in PATTERNS.items()]
    context = {"patterns": shown, "icons": icon_names(), "token_groups": token_groups()}
    return render(request, "media_index/patterns.html", context)


def _pattern(request: HttpRequest, key: str, title: str | Promise) -> Pattern:
    name = f"patterns/{key}.html"
    source = Engine.get_default().get_template(name).source
    return Pattern(key, title, render_to_string(name, request=request), source)
