"""Values of filters as a person would say them. Pure: the sentences on the chips are made of these."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

from media_index.search.filters.ranges import bounds
from media_index.search.query import values
from media_index.telling import gettext, gettext_noop

OR_MORE = gettext_noop("%(begin)s or more")
OR_LATER = gettext_noop("%(begin)s or later")


def alternatives(value: str, say: Callable[[str], str] = str) -> str:
    """``photo|video`` -> ``photo or video``, each said by ``say``."""
    return any_of([say(part) for part in values.parts(value, "|")])


def any_of(said: Sequence[str]) -> str:
    """``photo``, ``video`` -> ``photo or video``."""
    return _joined(gettext("%(first)s or %(second)s"), said)


def each_of(said: Sequence[str]) -> str:
    """``dog``, ``cat``, ``bird`` -> ``dog and cat and bird``, for conditions, which may be long."""
    return _joined(gettext("%(first)s and %(second)s"), said)


def _joined(pair: str, said: Sequence[str]) -> str:
    return reduce(lambda first, second: pair % {"first": first, "second": second}, said) if said else ""


def all_of(said: Sequence[str]) -> str:
    """``photo``, ``video``, ``file`` -> ``photo, video and file``."""
    return each_of([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def range_of(part: str, say: Callable[[str], str] = str, *, open_end: str = OR_MORE) -> str:
    """``6..8`` -> ``6 to 8``, ``6..`` -> ``6 or more``, ``..8`` -> ``up to 8``."""
    begin, end = bounds(part)
    if begin == end:
        return say(begin)
    if not begin:
        return gettext("up to %(end)s") % {"end": say(end)}
    if not end:
        return gettext(open_end) % {"begin": say(begin)}
    return gettext("%(begin)s to %(end)s") % {"begin": say(begin), "end": say(end)}
