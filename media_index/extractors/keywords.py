"""Keywords of files as tags: several lists, written by several programs, become levels. Pure.

Lightroom writes a keyword with what it lies below as levels between upright strokes, and once more as plain words;
digiKam and Windows write levels between slashes. What is there as a whole is not taken once more for its parts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

Levels = tuple[str, ...]
"""A tag from the top down."""

MOST = 200
"""Tags of one file; photo agencies ask for 50."""
DEEPEST = 8
LONGEST = 100
"""Levels, and characters of one: what tags of the portal may have (``library.tags.names``)."""

_STROKE = re.compile(r"\|")
_STROKE_OR_SLASH = re.compile(r"[|/]")
_OF_PROGRAMS = re.compile(r"_digikam_internal|darktable$", re.IGNORECASE)
"""First levels that programs keep for themselves."""
_ROOT = "_Digikam_root_tag_"
_JOINERS = "\u200c\u200d"
"""Invisible, and yet a part of words in Persian and of many emoji."""


def one_line(text: str) -> str:
    """As :func:`visible`, with one space between words."""
    return " ".join(visible(text).split())


def visible(line: str) -> str:
    """A line without control characters and signs that turn the direction."""
    return "".join(map(_visible, line))


def _visible(character: str) -> str:
    if character in _JOINERS:
        return character
    kind = unicodedata.category(character)
    if kind == "Cf":
        return ""
    return " " if kind in ("Cc", "Cs", "Cn", "Zl", "Zp") else character


def tags_of(strokes: Iterable[str], slashes: Iterable[str], plain: Iterable[str]) -> tuple[Levels, ...]:
    """The tags in lists whose levels stand between strokes, between slashes, and in those of plain words (where levels
    stand between either, as people type them), each once, in their order, :data:`MOST` at most."""
    strokes = list(strokes)
    deep = [_levels(text, _STROKE) for text in strokes] + [_levels(text, _STROKE_OR_SLASH) for text in slashes]
    parts = {_same(part) for text in strokes for part in _STROKE.split(text)}
    parts |= {_same(part) for levels in deep for part in levels}
    flat = [_levels(text.strip().removeprefix("#"), _STROKE_OR_SLASH) for text in plain if _same(text) not in parts]
    found: dict[Levels, Levels] = {}
    for levels in [*deep, *flat]:
        if levels and not _OF_PROGRAMS.match(levels[0]):
            found.setdefault(tuple(map(_same, levels)), levels)
    above = {key[:end] for key in found for end in range(1, len(key))}
    return tuple(levels for key, levels in found.items() if key not in above)[:MOST]


def _levels(text: str, between: re.Pattern[str]) -> Levels:
    """What is beyond the deepest level and the longest name is cut off."""
    names = (_name(part) for part in between.split(text))
    return tuple(name for name in names if name and name != _ROOT)[:DEEPEST]


def _name(part: str) -> str:
    """One level as tags may be called: no quotation marks, and no slashes where they part no levels."""
    name = one_line(part).replace('"', "'").replace("/", "-")[:LONGEST].strip()
    return name if any(character.isprintable() and not character.isspace() for character in name) else ""


def _same(text: str) -> str:
    return one_line(text).casefold()
