"""Memories on pages of others."""

from __future__ import annotations

from typing import Any

from django import template

from media_index.access import member_id_of
from media_index.searches import is_new_to_search
from media_index.views.memories import strip_is_expected

register = template.Library()


@register.simple_tag(takes_context=True)
def has_memories(context: dict[str, Any]) -> bool:
    """Whether the strip of memories is going to stand on this page, so that room is left for it."""
    return strip_is_expected(context["request"])


@register.simple_tag(takes_context=True)
def awaits_ideas(context: dict[str, Any]) -> bool:
    """Whether first searches are going to stand on this page, so that room is left for them. Two statements at most."""
    return is_new_to_search(member_id_of(context["request"]))
