"""Pages of media by day: the timeline of the library and all that looks like it, from any place in it on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import HttpRequest

from media_index.views.keyset import Key, end_of
from media_index.views.parts import wants_part
from media_index.views.tiles import Tile, tiles
from media_index.views.timeline import PART, Day, Listing, Part, days, part_down, part_up

FEW = 3.2
"""A day whose pictures are together no wider than this, as a multiple of their height, shares a row with its
neighbours. That much still fits a phone's screen (390 CSS pixels) in the rows of static/css/grid.css."""
FIRST = 60
"""How many media a page begins with: more than any window shows, and quickly made, laid out and seen. What comes as one
scrolls is a whole :data:`media_index.views.timeline.PART`."""
AT_ONCE = 6
"""How many pictures of a page are asked for before it is laid out: about a row and a half of a desk, two of a phone."""
PLACES = ("at", "after", "before", "from")
"""The parameters that say where in a listing a page begins; at most one of them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The part of a listing that an address asks for: what comes after a key, or just before one.

    ``?at=2019-06`` begins with a date, ``?after=KEY`` and ``?before=KEY`` go on from a part, ``?from=KEY&until=KEY`` is
    a part that was there before, its first and its last media included.
    """

    after: Key | None = None
    before: Key | None = None
    until: Key | None = None

    @classmethod
    def of(cls, request: HttpRequest) -> Wanted:
        given = {name: text for name in (*PLACES, "until") if (text := request.GET.get(name, ""))}
        if len(given.keys() & set(PLACES)) > 1:
            raise BadRequest("an address says one place to begin at, not several")
        until = Key.parse(given["until"]) if "until" in given else None
        if "at" in given:
            return cls(after=end_of(given["at"]), until=until)
        if "before" in given:
            return cls(before=Key.parse(given["before"]))
        if "from" in given:
            first = Key.parse(given["from"])
            return cls(after=Key(first.moment, first.pk + 1), until=until)
        return cls(after=Key.parse(given["after"]) if "after" in given else None, until=until)

    @property
    def is_first(self) -> bool:
        return self.after is None and self.before is None

    def part(self, listing: Listing, size: int) -> Part:
        if self.before:
            return part_up(listing, self.before, size)
        return part_down(listing, self.after, self.until, size)


def by_day(request: HttpRequest, listing: Listing, suffix: str = "") -> dict[str, Any]:
    """The context of ``media_index/_timeline.html``: the part of a listing that the request asks for.

    ``suffix`` goes to the addresses of the pages of the media. Six statements at most for a listing of two streams,
    however many media there are.
    """
    wanted = Wanted.of(request)
    goes_on = wants_part(request) and not request.GET.get("at")
    part = wanted.part(listing, PART if goes_on else FIRST)
    made = tiles(part.media, request.user, suffix=suffix)
    for media in () if wants_part(request) else part.media[:AT_ONCE]:
        made[media.pk] = replace(made[media.pk], at_once=True)
    ends = [Key.of(media, listing.order) for media in (part.media[:1] + part.media[-1:])]
    return {
        "days": [_day(day, [made[media.pk] for media in day.items]) for day in days(part.media, listing.order)],
        "part": address(request, **{"from": ends[0], "until": ends[-1]}) if ends else "",
        "next": _older(request, wanted, part),
        "newer": _newer(request, wanted, part, listing),
        "is_first": wanted.is_first,
    }


def address(request: HttpRequest, **place: object) -> str:
    """The same page from another place on."""
    kept = {name: value for name, value in request.GET.items() if name not in (*PLACES, "until")}
    return f"{request.path}?{urlencode({**kept, **place})}"


def _older(request: HttpRequest, wanted: Wanted, part: Part) -> str:
    if not part.next or (wanted.before and wants_part(request)):
        return ""  # what is older is on the page already
    bound = {"until": wanted.until} if wanted.until else {}
    return address(request, after=part.next, **bound)


def _newer(request: HttpRequest, wanted: Wanted, part: Part, listing: Listing) -> str:
    if wanted.before:
        return address(request, before=part.newer) if part.newer else ""
    # A part that goes on, or was there before, stands below what is newer.
    if wanted.is_first or not part.media or (wants_part(request) and not request.GET.get("at")):
        return ""
    first = Key.of(part.media[0], listing.order)
    return address(request, before=first) if listing.up(first.newer(listing.order), 1) else ""


def _day(day: Day, shown: Sequence[Tile]) -> dict[str, datetime | bool | Sequence[Tile]]:
    return {"date": day.date, "few": sum(tile.ratio for tile in shown) <= FEW, "tiles": shown}
