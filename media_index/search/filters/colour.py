"""The filter over the colours that fill a picture."""

from __future__ import annotations

import numpy as np
from django.db.models import Exists, F, FloatField, OuterRef, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Power
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from media_index.colours.names import COLOURS
from media_index.colours.oklab import from_hex
from media_index.models import Colour
from media_index.search.filters import spoken
from media_index.search.filters.base import Filter, Scope, either, says

LEAST_SHARE = 0.08
"""Share of a picture that a colour must have to be one of its colours; our choice by eye on contact sheets of 1,000
photos: a red coat in a street has some 8 to 15 %."""
LEAST_NEUTRAL_SHARE = 0.25
"""The same for black, white, grey and brown, of which there is some in nearly every photo."""
NEUTRAL = ("black", "white", "grey", "brown")
ALIKE = 0.12
"""Distance in OKLab up to which a colour is like the one asked for; between sRGB's red and orange lie 0.21, between the
red of a tomato and that of a brick 0.1."""
ALSO = {"gray": "grey", "violet": "purple", "lilac": "purple", "cyan": "turquoise", "teal": "turquoise",
        "gold": "yellow", "beige": "brown"}  # fmt: skip
"""Other words for some of the twelve."""
SAID = (
    gettext_noop("black"), gettext_noop("white"), gettext_noop("grey"), gettext_noop("red"), gettext_noop("orange"),
    gettext_noop("yellow"), gettext_noop("green"), gettext_noop("turquoise"), gettext_noop("blue"),
    gettext_noop("purple"), gettext_noop("pink"), gettext_noop("brown"), gettext_noop("gray"), gettext_noop("violet"),
    gettext_noop("lilac"), gettext_noop("cyan"), gettext_noop("teal"), gettext_noop("gold"), gettext_noop("beige"),
)  # fmt: skip
"""All of these words, for the languages."""


def _color(value: str, scope: Scope) -> Q:
    return either(value, _one)


def _one(part: str) -> Q:
    name = ALSO.get(part.lower(), part.lower())
    if name in COLOURS:
        least = LEAST_NEUTRAL_SHARE if name in NEUTRAL else LEAST_SHARE
        return _filled(Q(name=name, share__gte=least))
    if not part.startswith("#"):
        raise ValueError(gettext("wants one of %(list)s, or six digits, like #aa3311") % {"list": ", ".join(COLOURS)})
    return _filled(_alike(from_hex(part)) & Q(share__gte=LEAST_SHARE))


def _filled(condition: Q) -> Q:
    return Q(Exists(Colour.objects.filter(condition, media=OuterRef("pk"))))


def _alike(lab: np.ndarray) -> Q:
    """Colours so near, first by the box around, which is cheap."""
    box, distance = Q(), None
    for field, wanted in zip(("lightness", "green_red", "blue_yellow"), lab.reshape(3).tolist(), strict=True):
        box &= Q(**{f"{field}__range": (wanted - ALIKE, wanted + ALIKE)})
        square: Combinable = Power(F(field) - Value(wanted), 2.0, output_field=FloatField())
        distance = square if distance is None else distance + square
    return box & Q(LessThanOrEqual(distance, ALIKE**2))


def _colours(value: str) -> str:
    return spoken.alternatives(value.lower(), gettext)


FILTERS = (
    Filter(
        "color",
        "color:red|blue",
        _("A colour that fills a good part of the picture."),
        _color,
        says(_("with the colour %(what)s"), _colours),
        values=COLOURS,
    ),
)
