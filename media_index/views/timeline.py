"""Media in the order of time, part by part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice

from django.db.models import Exists, OuterRef, Q

from media_index.models import Extraction, Media
from media_index.models.media import MediaQuerySet
from media_index.views.keyset import TAKEN, Key, Order

PART = 100
"""How many media one request fetches: some screens on a phone, and a page of about 10 kB on the wire."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Media in an order: the rows of all ``streams``, each of which is read from an index in that order."""

    streams: tuple[MediaQuerySet, ...]
    order: Order = TAKEN

    @classmethod
    def timeline(cls, visible: MediaQuerySet) -> Listing:
        """What the library shows: all that has a preview, and videos without one.

        Two queries rather than one with OR, so that each is read from its index in the order of time.
        """
        shown = visible.in_timeline()
        return cls((shown.filter(has_preview=True), shown.filter(kind=Media.Kind.VIDEO, has_preview=False)))

    def place(self, media: Media) -> tuple[datetime, int]:
        return self.order.moment(media), media.pk

    def down(self, condition: Q, size: int) -> list[Media]:
        """The first ``size`` that meet a condition, the newest first."""
        names = f"-{self.order.column}", "-pk"
        rows = [stream.filter(condition).order_by(*names)[:size] for stream in self.streams]
        return list(islice(merge(*rows, key=self.place, reverse=True), size))

    def up(self, condition: Q, size: int) -> list[Media]:
        """The same, the oldest first."""
        rows = [stream.filter(condition).order_by(self.order.column, "pk")[:size] for stream in self.streams]
        return list(islice(merge(*rows, key=self.place), size))


@dataclass(frozen=True, slots=True)
class Part:
    """Some media, newest first, the key after which older ones come, and that before which newer ones do; ``""`` where
    there are none. Only a part that was asked for upwards knows of newer ones."""

    media: tuple[Media, ...]
    next: str
    newer: str = ""


def part_down(listing: Listing, after: Key | None = None, until: Key | None = None, size: int = PART) -> Part:
    """The newest media, or those that come after a key; none that come after ``until``."""
    order = listing.order
    condition = after.older(order) if after else Q()
    if until:
        condition &= until.newer(order, or_this=True)
    found = listing.down(condition, size + 1)
    shown = _whole_days(found, order, size)
    return Part(shown, str(Key.of(shown[-1], order)) if len(found) > len(shown) else "")


def part_up(listing: Listing, before: Key, size: int = PART) -> Part:
    """Those that come just before a key. There are older ones: that of the key."""
    order = listing.order
    found = listing.up(before.newer(order), size + 1)
    shown = _whole_days(found, order, size)[::-1]
    newer = str(Key.of(shown[0], order)) if len(found) > len(shown) else ""
    return Part(shown, str(Key.of(shown[-1], order)) if shown else "", newer)


def _whole_days(found: Sequence[Media], order: Order, size: int) -> tuple[Media, ...]:
    """At most ``size`` of them, so that no day is cut, unless that would leave less than half."""
    if len(found) <= size:
        return tuple(found)
    cut = order.day(order.moment(found[size]))
    for kept in range(size, size // 2, -1):
        if order.day(order.moment(found[kept - 1])) != cut:
            return tuple(found[:kept])
    return tuple(found[:size])


def timeline(visible: MediaQuerySet, after: Key | None = None, size: int = PART) -> Part:
    """The newest media of the library, or those that come after a key."""
    return part_down(Listing.timeline(visible), after, size=size)


def other_files(visible: MediaQuerySet, after: Key | None = None, size: int = PART) -> Part:
    """What the timeline does not show: files that are no pictures, and pictures that could not be opened."""
    in_vain = Extraction.objects.filter(
        media=OuterRef("pk"),
        extractor="thumbnails",
        state__in=[Extraction.State.FAILED, Extraction.State.SET_ASIDE],
    )
    broken = Q(kind=Media.Kind.IMAGE, has_preview=False) & Exists(in_vain)
    return part_down(Listing((visible.filter(Q(kind=Media.Kind.OTHER) | broken),)), after, size=size)


def neighbours(visible: MediaQuerySet, media: Media) -> tuple[Media | None, Media | None]:
    """The next newer and the next older media of the timeline."""
    listing, key = Listing.timeline(visible), Key.of(media)
    newer, older = listing.up(key.newer(), 1), listing.down(key.older(), 1)
    return (newer[0] if newer else None), (older[0] if older else None)


@dataclass(frozen=True, slots=True)
class Day:
    """The media of one day."""

    date: datetime
    items: tuple[Media, ...]


def days(media: Iterable[Media], order: Order = TAKEN) -> list[Day]:
    """The media by days, in their order."""
    grouped: dict[datetime, list[Media]] = {}
    for item in media:
        grouped.setdefault(order.day(order.moment(item)), []).append(item)
    return [Day(date, tuple(items)) for date, items in grouped.items()]
