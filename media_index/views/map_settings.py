"""What every map needs to know."""

from __future__ import annotations

from django.conf import settings


def map_settings() -> dict[str, str]:
    """Where another machine has pictures of the map, if the household wants to ask it, and what is to be said of it."""
    chosen = settings.MAP_TILES
    return {"map_tiles": chosen.address if chosen else "", "map_attribution": chosen.attribution if chosen else ""}
