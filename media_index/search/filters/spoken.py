"""Values of filters as a person would say them. Pure: the sentences on the chips are made of these."""

from __future__ import annotations

from collections.abc import Callable

from media_index.search.filters.ranges import bounds
from media_index.search.query import values


def alternatives(value: str, say: Callable[[str], str] = str) -> str:
    """``photo|video`` -> ``photo or video``, each said by ``say``."""
    return " or ".join(say(part) for part in values.parts(value, "|"))


def range_of(part: str, say: Callable[[str], str] = str, *, open_end: str = "or more") -> str:
    """``6..8`` -> ``6 to 8``, ``6..`` -> ``6 or more``, ``..8`` -> ``up to 8``."""
    begin, end = bounds(part)
    if begin == end:
        return say(begin)
    if not begin:
        return f"up to {say(end)}"
    return f"{say(begin)} to {say(end)}" if end else f"{say(begin)} {open_end}"
