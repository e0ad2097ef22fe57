"""What the pages of the portal are made with."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext_lazy

from media_index import dates
from media_index.pausing import disk_rest
from media_index.views.navigation import Navigation, navigation

register = template.Library()
register.filter("weekday_date", dates.weekday_date)
register.filter("short_weekday_date", dates.short_weekday_date)

SECONDS = (
    (ngettext_lazy("%(number)d day", "%(number)d days", "number"), 86_400),
    (ngettext_lazy("%(number)d hour", "%(number)d hours", "number"), 3_600),
    (ngettext_lazy("%(number)d minute", "%(number)d minutes", "number"), 60),
)

POINTING = frozenset({"chevron-left", "chevron-right", "undo", "stack", "merge"})
"""Icons that point along the line of reading, and so the other way where that runs from right to left."""


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite ``icons.svg``; decoration only, so the text beside it must say what it means."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false" width="24" height="24"><use href="{}#{}"/></svg>',
        " icon-flips" if name in POINTING else "",
        static("icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True, name="navigation")
def places(context: dict[str, Any]) -> Navigation:
    """Where the page at hand may lead the member who looks at it."""
    request = context["request"]
    match = request.resolver_match
    here = match.view_name if match else ""
    return navigation(here or "", is_administrator=request.user.is_staff)


@register.simple_tag
def full_disk() -> str:
    """What an administrator must know wherever he is: that the disk is full; else ""."""
    rest = disk_rest()
    return rest.notice if rest else ""


@register.filter
def duration(seconds: float | None) -> str:
    """About how long: the two largest units, like ``2 hours 5 minutes``."""
    if seconds is None:
        return ""
    left, parts = round(seconds), []
    for words, size in SECONDS:
        count, left = divmod(left, size)
        if count:
            parts.append(words % {"number": count})
    return " ".join(parts[:2]) or gettext("less than a minute")


@register.filter
def clock(seconds: float) -> str:
    """A moment of a video: ``1:05`` or ``1:02:03``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def described(field: BoundField) -> BoundField | SafeString:
    """The field's widget, tied to its errors for screen readers (Django ties the help by itself)."""
    if not field.errors:
        return field
    described_by = [f"{field.auto_id}_error"] + ([f"{field.auto_id}_helptext"] if field.help_text else [])
    return field.as_widget(attrs={"aria-describedby": " ".join(described_by)})
