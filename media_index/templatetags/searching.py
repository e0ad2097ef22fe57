"""Pieces of the page of results."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from django import template
from django.http import HttpRequest

from media_index.search.answers import Chip
from media_index.search.filters.base import Scope
from media_index.search.likeness import KEY, examples
from media_index.views.tiles import thumbnail_url

register = template.Library()


@register.simple_tag(takes_context=True)
def chip_picture(context: dict[str, Any], chip: Chip) -> str:
    """The address of the picture that results are to be like, for the chip of ``similar:``; "" for any other."""
    key, _, value = chip.text.partition(":")
    request: HttpRequest = context["request"]
    if key.strip().lower() != KEY:
        return ""
    try:
        (first, *_) = examples(value.strip().strip('"'), Scope.of(request.user))
    except ValueError:
        return ""
    if first.sample is not None:
        picture = first.sample.thumbnail
        return f"data:image/webp;base64,{b64encode(picture).decode()}" if picture else ""
    return thumbnail_url(first.media, "small") if first.media and first.media.has_preview else ""
