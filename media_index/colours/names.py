"""The eleven basic colour terms of English (Berlin and Kay, "Basic Color Terms", 1969), and turquoise, which families
say as well, as regions of OKLab.

The borders of the hues were set by eye on swatches of OKLCh in steps of five degrees and on contact sheets of photos:
the words change with lightness, so that dark orange is brown, light red pink, and dark yellow nearly green.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from media_index.colours.oklab import Lab

COLOURS = (
    "black", "white", "grey", "red", "orange", "yellow", "green", "turquoise", "blue", "purple", "pink", "brown",
)  # fmt: skip
_OF = {name: number for number, name in enumerate(COLOURS)}

BLACK_BELOW = 0.27
"""Lightness; sRGB 37 of 255."""
WHITE_ABOVE = 0.90
"""Lightness; sRGB 219 of 255: white in shade is darker, and to the eye of a camera grey."""
GREY_CHROMA = 0.035
"""Distance from grey below which a middling light colour has none; a concrete wall in warm light reaches 0.03."""
DARK_CHROMA = 0.05
"""The same for what is nearly black or nearly white, where a cast is seen less."""
HUES = ((5.0, "pink"), (43.0, "red"), (74.0, "orange"), (115.0, "yellow"), (163.0, "green"), (218.0, "turquoise"),
        (288.0, "blue"), (330.0, "purple"), (360.0, "pink"))  # fmt: skip
"""Up to which angle in degrees, from red-green's red towards yellow, a hue has its name. Pure sRGB: red 29, orange 64,
yellow 110, green 142, cyan 195, blue 264, magenta 328."""
BROWN_BELOW = 0.62
"""Lightness below which orange is brown; the orange of a street lamp's sky has 0.65, a chestnut horse 0.45."""
DARK_YELLOW_BELOW = 0.65
DULL_YELLOW = 0.09
"""Lightness and chroma below which yellow is none: grass and olive from :data:`_GREENISH` degrees on, else the brown of
sand and dry grass, or where it is as light as :data:`CREAM_ABOVE` the white of cream."""
_GREENISH = 105.0
CREAM_ABOVE = 0.85
PINK_ABOVE = 0.66
"""Lightness above which red is pink; a ripe tomato has 0.6, a pink rose 0.75."""
PALE_RED = 0.11
"""Chroma below which a red is the brown of brick and skin, or light and below :data:`_ROSY` degrees, pink."""
_ROSY = 20.0
DULL_ORANGE = 0.09
"""Chroma below which a light orange is brown to the eye: wood, skin, cardboard."""


def names_of(lab: Lab) -> NDArray[np.int64]:
    """The number in :data:`COLOURS` of each colour ``(n, 3)``."""
    lightness, chroma = lab[:, 0], np.hypot(lab[:, 1], lab[:, 2])
    hue = np.degrees(np.arctan2(lab[:, 2], lab[:, 1])) % 360
    numbers = np.array([_OF[name] for _, name in HUES])
    named = numbers[np.searchsorted([angle for angle, _ in HUES], hue, side="left")]
    red, orange, yellow = (named == _OF[name] for name in ("red", "orange", "yellow"))
    named[orange & ((lightness < BROWN_BELOW) | (chroma < DULL_ORANGE))] = _OF["brown"]
    drab = yellow & ((lightness < DARK_YELLOW_BELOW) | (chroma < DULL_YELLOW))
    named[drab] = np.where(hue[drab] >= _GREENISH, _OF["green"], _OF["brown"])
    named[drab & (lightness > CREAM_ABOVE)] = _OF["white"]
    named[red & (chroma < PALE_RED)] = _OF["brown"]
    named[red & (lightness > PINK_ABOVE) & ((chroma >= PALE_RED) | (hue < _ROSY))] = _OF["pink"]
    limit = np.where((lightness < BLACK_BELOW + 0.08) | (lightness > WHITE_ABOVE), DARK_CHROMA, GREY_CHROMA)
    named[chroma < limit] = _OF["grey"]
    named[(lightness < BLACK_BELOW) & (chroma < 2 * DARK_CHROMA)] = _OF["black"]
    named[(lightness > WHITE_ABOVE) & (chroma < DARK_CHROMA)] = _OF["white"]
    return named
