"""Memories of a member: what is remembered on a day, and the photos of one memory.

All of it is asked of the scope without what its member keeps out (:mod:`media_index.memories.keeping_out`), so nothing
of that can be chosen, and of the timeline: neither archived, hidden nor thrown away, of each stack the one on top.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from threading import Lock

from django.db.models import BooleanField, Case, Count, DateField, Exists, F, Func, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce

from media_index import plugins
from media_index.memories.choosing import Candidate, best, cover
from media_index.memories.keeping_out import UnreadableError, rows_of, without
from media_index.memories.spans import JOURNEY, Span, journeys, of_today, this_day
from media_index.models import Favourite, Media, Place
from media_index.models.media import MediaQuerySet
from media_index.search.filters.base import Scope
from media_index.search.filters.content import labelled

MOST = 24
"""Photos of one memory."""
LEAST = 2
"""One photo is no memory to open, unless somebody marked it as a favourite."""
MOST_DAYS, MOST_JOURNEYS = 12, 3
"""Memories on one day."""
EARLIEST = 1900
"""Years before are those of cameras without a clock, and of scans."""
PAPERS = "web site|menu|envelope|crossword puzzle|book jacket|comic book|packet"
"""Labels of what was photographed to be read."""
SURE = 0.5
JOURNEYS_LIFE = 600.0
"""Seconds after which it is reckoned anew which journeys there were: they change with the library, not by the hour."""
MOST_KEPT = 16


@dataclass(frozen=True, slots=True)
class Memory:
    """A span with the ids of its photos, in the order of time, and of the one that stands for them. ``place`` is where
    a journey led to."""

    span: Span
    media: tuple[int, ...]
    cover: int
    place: Place | None = None


REGION = Coalesce(F("capture__place__region_id"), F("capture__place__country_id"), F("capture__place_id"))
"""Where journeys are told by: the region, or the country or the town where no more is known."""


class _Day(Func):
    """The day of a wall time."""

    template = "(%(expressions)s)::date"
    output_field = DateField()


@dataclass(slots=True)
class _Journeys:
    """Journeys by scope and what is kept out of it. Only days and places are kept: what is shown is asked anew."""

    _kept: dict[object, tuple[float, list[Span]]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def of(self, key: object, media: MediaQuerySet) -> list[Span]:
        now = time.monotonic()
        with self._lock:
            known = self._kept.get(key)
        if known is None or now >= known[0]:
            known = now + JOURNEYS_LIFE, journeys(_regions(media))
            with self._lock:
                self._kept.pop(key, None)
                self._kept[key] = known
                while len(self._kept) > MOST_KEPT:
                    del self._kept[next(iter(self._kept))]
        return known[1]

    def forget(self) -> None:
        with self._lock:
            self._kept.clear()


JOURNEYS = _Journeys()


def memories(scope: Scope, today: date) -> list[Memory]:
    """What is remembered today, this day in other years first, the latest year first; then journeys. A constant number
    of statements. Raises :class:`media_index.memories.keeping_out.UnreadableError`."""
    rows = rows_of(scope.member_id)
    kept = without(scope, rows)
    media = _timeline(kept)
    earliest = _earliest(media)
    if earliest is None:
        return []
    days = this_day(today, earliest.year)
    key = (scope.member_id, scope.source_ids, tuple(row.query for row in rows))
    trips = of_today(JOURNEYS.of(key, media), today, MOST_JOURNEYS)
    found = _candidates([*days, *trips], kept)
    places = Place.objects.select_related("country").in_bulk([span.region for span in trips])
    made = (_memory(span, found[span], places) for span in days)
    remembered = [one for one in made if one is not None][:MOST_DAYS]
    return remembered + [one for span in trips if (one := _memory(span, found[span], places)) is not None]


def anything_on(scope: Scope, today: date) -> bool:
    """Whether anything was taken around this day in other years; three statements, each answered from an index."""
    try:
        media = _timeline(without(scope, rows_of(scope.member_id)))
    except UnreadableError:
        return False
    earliest = _earliest(media)
    days = this_day(today, earliest.year) if earliest else []
    return bool(days) and media.filter(_any_of(days), has_preview=True).exists()


def memory_of(scope: Scope, span: Span) -> Memory | None:
    """The photos of one span; None where there are too few to remember. Raises
    :class:`media_index.memories.keeping_out.UnreadableError`."""
    kept = without(scope, rows_of(scope.member_id))
    memory = _memory(span, _candidates([span], kept)[span], {})
    return memory if memory is None or span.kind != JOURNEY else replace(memory, place=_led_to(memory.media))


def _led_to(media_ids: tuple[int, ...]) -> Place | None:
    """The region that most of these were taken in."""
    rows = Media.objects.filter(pk__in=media_ids, capture__place__isnull=False).order_by().annotate(region=REGION)
    most = rows.values("region").annotate(count=Count("pk")).order_by("-count", "region").first()
    return Place.objects.select_related("country").filter(pk=most["region"]).first() if most else None


def _timeline(scope: Scope) -> MediaQuerySet:
    media = scope.media
    assert isinstance(media, MediaQuerySet)
    return media.in_timeline()


def _candidates(spans: list[Span], scope: Scope) -> Mapping[Span, list[Candidate]]:
    """What might be shown of each span; one statement. Screenshots and papers are no memories."""
    found: defaultdict[Span, list[Candidate]] = defaultdict(list)
    if not spans:
        return found
    by_day: defaultdict[date, list[Span]] = defaultdict(list)
    for span in spans:
        for day in range((span.last - span.first).days + 1):
            by_day[span.first + timedelta(days=day)].append(span)
    screenshot = plugins.filters()["is"].to_q("screenshot", scope)
    rows = (
        _timeline(scope)
        .filter(_any_of(spans), has_preview=True)
        .filter(~screenshot)
        .exclude(labelled(PAPERS, SURE))
        .annotate(
            liked=Exists(Favourite.objects.filter(media=OuterRef("pk"), member=scope.member_id)),
            peopled=Case(When(_with_faces(scope), then=True), default=False, output_field=BooleanField()),
        )
        .values_list("pk", "taken_at", "liked", "rating", "peopled", "title", "caption", "kind", "width", "height")
    )
    for pk, taken_at, liked, rating, faces, title, caption, kind, width, height in rows:
        one = Candidate(
            pk,
            taken_at,
            favourite=liked,
            rating=rating,
            faces=faces,
            told=bool(title or caption),
            moving=kind == Media.Kind.VIDEO,
            pixels=width * height if width and height else None,
        )
        for span in by_day[taken_at.date()]:
            found[span].append(one)
    return found


def _earliest(media: MediaQuerySet) -> datetime | None:
    dated = media.filter(taken_at__gte=datetime(EARLIEST, 1, 1), has_preview=True)
    return dated.order_by("taken_at", "pk").values_list("taken_at", flat=True).first()


def _any_of(spans: list[Span]) -> Q:
    return Q(*(_taken(span) for span in spans), _connector=Q.OR)


def _taken(span: Span) -> Q:
    start = datetime.combine(span.first, datetime.min.time())
    end = datetime.combine(span.last, datetime.min.time()) + timedelta(days=1)
    return Q(taken_at__gte=start, taken_at__lt=end)


def _with_faces(scope: Scope) -> Q:
    """Where a plug-in knows of people (``has:faces``); without any it is true of nothing."""
    for facts in plugins.resolved("facts"):
        if "faces" in facts:
            found: Q = facts["faces"](scope)
            return found
    return Q(Value(False, output_field=BooleanField()))


def _memory(span: Span, candidates: list[Candidate], places: Mapping[int, Place]) -> Memory | None:
    chosen = best(candidates, MOST)
    if len(chosen) < LEAST and not any(one.favourite for one in chosen):
        return None
    return Memory(span, tuple(one.media for one in chosen), cover(chosen).media, places.get(span.region))


def _regions(media: MediaQuerySet) -> dict[date, dict[int, int]]:
    """For each day how many photos were taken in each region."""
    rows = (
        media.filter(capture__place__isnull=False)
        .order_by()
        .annotate(day=_Day(F("taken_at")), region=REGION)
        .values_list("day", "region")
        .annotate(count=Count("pk"))
    )
    found: defaultdict[date, dict[int, int]] = defaultdict(dict)
    for day, where, count in rows:
        found[day][where] = count
    return found
