"""The colours that a tag may have: few, with names, told apart on light and dark ground. Pure.

What they look like stands in static/css/tags.css; each has a contrast of at least 3 : 1 to the ground it lies on
(WCAG 2.2, 1.4.11), and a tag's name stands beside its colour wherever it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Colour:
    """``key`` is what the table keeps and the class in the style sheet ends with (``tag-green``)."""

    key: str
    name: str | Promise


COLOURS = (
    Colour("red", _("Red")),
    Colour("orange", _("Orange")),
    Colour("yellow", _("Yellow")),
    Colour("green", _("Green")),
    Colour("teal", _("Teal")),
    Colour("blue", _("Blue")),
    Colour("purple", _("Purple")),
    Colour("pink", _("Pink")),
    Colour("brown", _("Brown")),
    Colour("grey", _("Grey")),
)
KEYS = frozenset(colour.key for colour in COLOURS)
