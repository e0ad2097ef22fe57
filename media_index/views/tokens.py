"""The tokens and the icons of the look, read from where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TOKENS = "css/tokens.css"
SPRITE = "icons.svg"
SYMBOL = re.compile(r'<symbol id="([\w-]+)"')
ROOT = re.compile(r":root\s*\{(.*?)\n\}", re.DOTALL)
TOKEN = re.compile(r"--([\w-]+):\s*(.+?);", re.DOTALL)
GROUPS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (_("Letters"), ("font", "text")),
    (_("Room"), ("space", "edge", "touch", "bar", "bottom")),
    (_("Edges and shadows"), ("round", "shadow")),
    (_("Layers"), ("above",)),
    (_("Motion"), ("quick", "calm")),
)
"""By how their names begin; all others are colours."""


@dataclass(frozen=True, slots=True)
class Token:
    """A custom property with the value that it has in light."""

    name: str
    value: str


def tokens() -> dict[str, str]:
    """All custom properties of ``:root`` in their order, with their values for light."""
    return _read(_static_file(TOKENS))


def icon_names() -> list[str]:
    """All symbols of the sprite, by name."""
    return sorted(SYMBOL.findall(_static_file(SPRITE)))


def _static_file(name: str) -> str:
    where = finders.find(name)
    if where is None:
        raise FileNotFoundError(f"{name} is not among the static files")
    return Path(where).read_text()


@cache
def _read(sheet: str) -> dict[str, str]:
    found = ROOT.search(sheet)
    assert found is not None, f"{TOKENS} has no :root"
    return {name: " ".join(value.split()) for name, value in TOKEN.findall(found[1])}


def token_groups() -> list[tuple[str | Promise, list[Token]]]:
    """The tokens by what they are for, the colours first."""
    all_tokens = [Token(*pair) for pair in tokens().items()]
    named = [(title, [one for one in all_tokens if one.name.split("-")[0] in begins]) for title, begins in GROUPS]
    known = {one.name for _title, group in named for one in group}
    return [(_("Colours"), [one for one in all_tokens if one.name not in known]), *named]
