"""The library in the order of time, part by part: a part begins after a key, never at an offset."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge

from django.core.exceptions import BadRequest
from django.db.models import Exists, OuterRef, Q

from media_index.models import Extraction, Media
from media_index.models.media import MediaQuerySet

PART = 100
"""How many media one request fetches: some screens on a phone, and a page of about 10 kB on the wire."""


@dataclass(frozen=True, slots=True)
class Key:
    """The place of a media in the timeline."""

    taken_at: datetime
    pk: int

    @classmethod
    def of(cls, media: Media) -> Key:
        return cls(media.taken_at, media.pk)

    @classmethod
    def parse(cls, text: str) -> Key:
        """The key that ``str`` made; raises ``BadRequest`` for anything else."""
        taken_at, _, pk = text.rpartition("_")
        try:
            key = cls(datetime.fromisoformat(taken_at), int(pk))
        except ValueError:
            raise BadRequest(f"{text!r} is no place in the timeline") from None
        if key.taken_at.tzinfo is not None or not 0 <= key.pk < 2**63:
            raise BadRequest(f"{text!r} is no place in the timeline")
        return key

    def __str__(self) -> str:
        return f"{self.taken_at.isoformat()}_{self.pk}"

    # The outer bound is what an index can use; the inner one settles what was taken at the same moment.
    def older(self) -> Q:
        return Q(taken_at__lte=self.taken_at) & (Q(taken_at__lt=self.taken_at) | Q(pk__lt=self.pk))

    def newer(self) -> Q:
        return Q(taken_at__gte=self.taken_at) & (Q(taken_at__gt=self.taken_at) | Q(pk__gt=self.pk))


@dataclass(frozen=True, slots=True)
class Part:
    """Some media, newest first, and the key after which the next ones come ("" at the end)."""

    media: tuple[Media, ...]
    next: str


def _streams(visible: MediaQuerySet) -> tuple[MediaQuerySet, MediaQuerySet]:
    """What the timeline shows: all that has a preview, and videos without one.

    Two queries rather than one with OR, so that each is read from its index in the order of time.
    """
    return visible.filter(has_preview=True), visible.filter(kind=Media.Kind.VIDEO, has_preview=False)


def _place(media: Media) -> tuple[datetime, int]:
    return media.taken_at, media.pk


def _part(found: Iterable[Media], size: int) -> Part:
    media = tuple(item for item, _ in zip(found, range(size + 1), strict=False))
    return Part(media[:size], str(Key.of(media[size - 1])) if len(media) > size else "")


def timeline(visible: MediaQuerySet, after: Key | None = None, size: int = PART) -> Part:
    """The newest media, or those that come after a key."""
    streams = [stream.filter(after.older()) if after else stream for stream in _streams(visible)]
    rows = [stream.newest_first()[: size + 1] for stream in streams]
    return _part(merge(*rows, key=_place, reverse=True), size)


def other_files(visible: MediaQuerySet, after: Key | None = None, size: int = PART) -> Part:
    """What the timeline does not show: files that are no pictures, and pictures that could not be opened."""
    in_vain = Extraction.objects.filter(
        media=OuterRef("pk"),
        extractor="thumbnails",
        state__in=[Extraction.State.FAILED, Extraction.State.SET_ASIDE],
    )
    broken = Q(kind=Media.Kind.IMAGE, has_preview=False) & Exists(in_vain)
    found = visible.filter(Q(kind=Media.Kind.OTHER) | broken)
    if after:
        found = found.filter(after.older())
    return _part(found.newest_first()[: size + 1], size)


def neighbours(visible: MediaQuerySet, media: Media) -> tuple[Media | None, Media | None]:
    """The next newer and the next older media of the timeline."""
    key = Key.of(media)
    newer = [row for stream in _streams(visible) for row in stream.filter(key.newer()).order_by("taken_at", "pk")[:1]]
    older = [row for stream in _streams(visible) for row in stream.filter(key.older()).newest_first()[:1]]
    return min(newer, key=_place, default=None), max(older, key=_place, default=None)


@dataclass(frozen=True, slots=True)
class Day:
    """The media of one day. ``continues`` tells that the part before this one began it."""

    date: datetime
    items: tuple[Media, ...]
    continues: bool = False


def days(media: Sequence[Media], after: Key | None = None) -> list[Day]:
    """The media by the days of the wall clock, in their order."""
    grouped: dict[datetime, list[Media]] = {}
    for item in media:
        grouped.setdefault(item.taken_at.replace(hour=0, minute=0, second=0, microsecond=0), []).append(item)
    last = after.taken_at.date() if after else None
    return [Day(date, tuple(items), date.date() == last) for date, items in grouped.items()]
