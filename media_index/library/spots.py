"""A place as people say it: a town's name or degrees, and what it is called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from media_index.library.history import ChangeError
from media_index.place_rows import innermost_code, place_rows
from media_index.places.gazetteer import is_name, nearest_spelling, town_called
from media_index.places.placing import placed
from media_index.search.filters.known_world import NotReadyError, known_world, world_if_ready

_DEGREES = re.compile(r"([+-]?\d{1,3}(?:\.\d{1,15})?)\s*[,;\s]\s*([+-]?\d{1,3}(?:\.\d{1,15})?)")

DECIMALS = 7
"""Of degrees as they are shown: a centimetre."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Degrees (WGS 84), or twice None for no place."""

    latitude: float | None
    longitude: float | None

    NOWHERE: ClassVar[Spot]

    @property
    def rounded(self) -> Spot:
        """As :attr:`written` tells it."""
        if self.latitude is None or self.longitude is None:
            return self
        return Spot(round(self.latitude, DECIMALS), round(self.longitude, DECIMALS))

    @property
    def written(self) -> str:
        """As :func:`spot_said` takes it; "" for no place."""
        if self.latitude is None or self.longitude is None:
            return ""
        return ", ".join(_plain(degrees) for degrees in (self.latitude, self.longitude))


Spot.NOWHERE = Spot(None, None)


def spot_said(text: str) -> Spot:
    """``38.72, -9.14``, ``Lisbon`` or ``Paris, Texas``; nothing is no place. :class:`ChangeError` for anything else."""
    text = text.strip()
    if not text:
        return Spot.NOWHERE
    degrees = _DEGREES.fullmatch(text)
    if degrees:
        return checked_spot(float(degrees[1]), float(degrees[2]))
    try:
        world = known_world()
    except NotReadyError as error:
        raise ChangeError(_("the place %(error)s") % {"error": error}) from None
    town = town_called(world, text) if is_name(text) else None
    if town is None:
        meant = nearest_spelling(world, text) if is_name(text) else None
        if meant:
            raise ChangeError(
                _("no town is called “%(name)s”: “%(meant)s” perhaps?") % {"name": text[:60], "meant": meant}
            )
        raise ChangeError(
            _("no town is called “%(name)s”: degrees are taken, too, like 38.72, -9.14") % {"name": text[:60]}
        )
    return Spot(round(town.town.latitude, 6), round(town.town.longitude, 6))


def _plain(degrees: float) -> str:
    """Never as ``1e-05``."""
    return f"{degrees:.{DECIMALS}f}".rstrip("0").rstrip(".")


def checked_spot(latitude: float, longitude: float) -> Spot:
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise ChangeError(_("degrees go from -90 to 90 north, and from -180 to 180 east"))
    return Spot(latitude, longitude)


def place_id_of(spot: Spot) -> int | None:
    """The place that a spot lies in, whose row is made where there is none yet; None far from all of them. Inside the
    transaction of a change."""
    if spot.latitude is None or spot.longitude is None:
        return None
    world = world_if_ready()
    found = placed(spot.latitude, spot.longitude, world) if world else None
    return place_rows([found])[innermost_code(found)] if found else None
