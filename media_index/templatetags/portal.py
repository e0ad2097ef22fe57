"""What the pages of the portal are made with."""

from __future__ import annotations

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from media_index.pausing import disk_rest

register = template.Library()

SECONDS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite ``icons.svg``; decoration only, so the text beside it must say what it means."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false" width="24" height="24"><use href="{}#{}"/></svg>',
        static("icons.svg"),
        name,
    )


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
    for name, size in SECONDS:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
    return " ".join(parts[:2]) or "less than a minute"


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
