"""Each colour of a tag is told from every ground that it lies on: 3 : 1 (WCAG 2.2, 1.4.11)."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings

from media_index.library.tags.colours import COLOURS, KEYS

GROUNDS = {
    "light": ("paper", "surface", "sunken", "accent-soft"),
    "dark": ("paper", "surface", "sunken", "accent-soft"),
}
LEAST = 3.0


SHEETS = {"light": ("tokens.css", "tags.css"), "dark": ("tokens-dark.css", "tokens-dark.css")}


def sheet(name: str) -> str:
    return (Path(settings.BASE_DIR) / "static" / "css" / name).read_text(encoding="utf-8")


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_shows_on_every_ground(scheme: str) -> None:
    of_tokens, of_tags = (sheet(name) for name in SHEETS[scheme])
    tags = dict(re.findall(r"\.tag-(\w+) \{ --tag: (#[0-9a-f]{6}); \}", of_tags))
    tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", of_tokens))
    assert set(tags) == KEYS
    for (key, colour), ground in product(tags.items(), GROUNDS[scheme]):
        assert contrast(colour, tokens[ground]) >= LEAST, (key, ground)


def test_names_are_their_own() -> None:
    assert len({str(colour.name) for colour in COLOURS}) == len(COLOURS) == len(KEYS)
