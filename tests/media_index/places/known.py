"""The list of the world's places, as the set-up left it or the run has made it."""

from __future__ import annotations

from django.conf import settings

from media_index.places import placing, world
from media_index.places.placing import Placed
from media_index.places.world import World


def known_world() -> World:
    return world.world(settings.MODELS)


def placed(latitude: float, longitude: float) -> Placed | None:
    return placing.placed(latitude, longitude, known_world())
