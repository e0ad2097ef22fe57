"""Maps on pages."""

from __future__ import annotations

from django import template

from media_index.views.map_settings import map_settings as settings_of_maps

register = template.Library()


@register.inclusion_tag("media_index/_map_settings.html")
def map_settings() -> dict[str, str]:
    """What every map needs, as attributes of its element (static/js/shared/world-map.js)."""
    return settings_of_maps()
