"""Where a file lies, as a link."""

from __future__ import annotations

from django import template

from media_index.models import Location
from media_index.views.browsing import folder_url

register = template.Library()


@register.filter
def folder_of(location: Location) -> str:
    """The address of the page of the folder that a file lies in."""
    return folder_url(location.source_id, bytes(location.raw_path).rpartition(b"/")[0])
