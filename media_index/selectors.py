"""What pages and commands ask of the index: counts, failures, sources, all that is known of one file."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.forms.models import model_to_dict

from media_index import pausing, work
from media_index.extractors.base import Lane
from media_index.models import Capture, Extraction, Location, Media, Scan, Source
from media_index.pipeline import NOTICE, RATE
from media_index.reasons import Reason, explain

State = Extraction.State
RATE_COUNTS_SECONDS = 60
"""A rate that was measured longer ago says nothing of now."""

COUNTS = """
WITH present AS (
    SELECT m.id, m.has_preview FROM media_index_media m
     WHERE EXISTS (SELECT FROM media_index_location l
                    WHERE l.media_id = m.id AND l.gone_at IS NULL AND l.source_id = ANY(%s::bigint[]))),
unfinished AS (
    SELECT e.media_id, bool_or(e.state IN ('waiting', 'pending', 'running')) AS pending,
           bool_or(e.state = 'set_aside') AS set_aside
      FROM media_index_extraction e WHERE e.state <> 'done' GROUP BY e.media_id)
SELECT count(*), count(*) FILTER (WHERE u.pending),
       count(*) FILTER (WHERE NOT u.pending AND NOT u.set_aside),
       count(*) FILTER (WHERE NOT u.pending AND u.set_aside),
       count(*) FILTER (WHERE u.media_id IS NULL AND p.has_preview)
  FROM present p LEFT JOIN unfinished u ON u.media_id = p.id
"""


@dataclass(frozen=True, slots=True)
class LaneProgress:
    """How far one lane is, in media; ``per_minute`` is None where nothing was measured just now."""

    name: str
    todo: int
    per_minute: float | None


@dataclass(frozen=True, slots=True)
class Progress:
    """All counts are media: ``media`` = ``indexed`` + ``pending`` + ``failed`` + ``set_aside`` + ``listed``, the last
    being files that no extractor can open yet. ``notice`` says why work stands still, if it does, ``paused`` what keeps
    it (:class:`media_index.pausing.Why`, or "")."""

    media: int
    indexed: int
    pending: int
    failed: int
    set_aside: int
    lanes: tuple[LaneProgress, ...]
    scanning: bool
    notice: str
    paused: str = ""

    @property
    def listed(self) -> int:
        return self.media - self.indexed - self.pending - self.failed - self.set_aside

    @property
    def working(self) -> bool:
        return bool(self.pending) or self.scanning

    @property
    def per_minute(self) -> float | None:
        """Of the lane that is behind."""
        return max(self.lanes, key=lambda lane: lane.todo).per_minute

    @property
    def seconds_left(self) -> float | None:
        """The lanes share the machine, so their times add up; None while nothing has been measured."""
        busy = [lane for lane in self.lanes if lane.todo]
        if not busy or any(not lane.per_minute for lane in busy):
            return None
        return sum(lane.todo / lane.per_minute * 60 for lane in busy if lane.per_minute)


@dataclass(frozen=True, slots=True)
class Failure:
    media_id: int
    source: str
    path: str
    extractors: tuple[str, ...]
    reason: Reason
    detail: str
    state: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source with the numbers of its files: there, gone, and there but not readable. ``gone_since``: when the first
    of those that are gone went."""

    source: Source
    files: int
    gone: int
    unreadable: int
    running_scan: Scan | None
    gone_since: datetime | None = None

    @property
    def entries_go_at(self) -> datetime | None:
        """When the first entries of files that are gone go, too; None if none do."""
        if self.gone_since is None or not settings.GONE_DAYS or self.source.state == Source.State.OFFLINE:
            return None
        return self.gone_since + timedelta(days=settings.GONE_DAYS)


def progress(member: object | None = None) -> Progress:
    """How far the index is of what ``member`` may see, of the whole installation without one; six statements at any
    size. How fast it goes and why work stands still is told of the whole."""
    sources = Source.objects.all() if member is None else Source.objects.visible_to(member)
    ids = list(sources.order_by().values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, [ids])
        media, pending, failed, set_aside, indexed = cursor.fetchone()
    left = Extraction.objects.filter(state__in=[State.WAITING, State.PENDING, State.RUNNING])
    if member is not None:
        live = Location.objects.filter(media=OuterRef("media"), gone_at__isnull=True, source__in=ids)
        left = left.filter(Exists(live))
    todo: dict[str, int] = dict(left.values_list("lane").annotate(count=Count("media", distinct=True)).order_by())
    rates = cache.get(RATE) or {}
    lanes = tuple(LaneProgress(str(lane), todo.get(lane, 0), _per_minute(rates.get(str(lane)))) for lane in Lane)
    scanning = Scan.objects.filter(state=Scan.State.RUNNING, source__in=ids).exists()
    rest = pausing.rest()
    notice = rest.notice if rest else cache.get(NOTICE) or ""
    return Progress(media, indexed, pending, failed, set_aside, lanes, scanning, notice, str(rest.why) if rest else "")


def _per_minute(measured: tuple[float, float] | None) -> float | None:
    if measured is None or time.time() - measured[1] > RATE_COUNTS_SECONDS:
        return None
    return measured[0] * 60


def failures(sources: Any = None, *, limit: int = 500) -> list[Failure]:
    """What yielded no facts, one row for each file and reason; of these sources only, if given.

    A preview that could not be made is told once and not again for everything that would have read it.
    """
    rows = _failed(sources)
    grouped: dict[tuple[int, str], list[Extraction]] = {}
    for row in rows.order_by("reason", "media", "extractor")[:limit]:
        grouped.setdefault((row.media_id, row.reason), []).append(row)
    places = {
        location.media_id: location
        for location in _live(sources).filter(media__in={media for media, _ in grouped}).select_related("source")
    }
    return [
        Failure(
            media_id,
            places[media_id].source.name,
            places[media_id].path,
            tuple(row.extractor for row in found),
            explain(reason),
            next((row.detail for row in found if row.detail), ""),
            found[0].state,
        )
        for (media_id, reason), found in grouped.items()
        if media_id in places
    ]


def failure_counts() -> dict[Reason, int]:
    """How many files yielded no facts, by reason, the most frequent first. One statement."""
    counts: Counter[Reason] = Counter()
    by_code = _failed(None).order_by().values("reason").annotate(files=Count("media", distinct=True))
    for code, files in by_code.values_list("reason", "files"):
        counts[explain(code)] += files
    return dict(counts.most_common())


def _failed(sources: Any) -> QuerySet[Extraction]:
    """Without what never began for want of a preview, which the preview's own row tells; a preview that is spoilt again
    and again on our own disk has no such row."""
    rows = Extraction.objects.filter(state__in=[State.FAILED, State.SET_ASIDE])
    rows = rows.exclude(state=State.FAILED, reason="no_preview")
    return rows.filter(Exists(_live(sources).filter(media=OuterRef("media"))))


def _live(sources: Any) -> Any:
    live = Location.objects.filter(gone_at__isnull=True)
    return live if sources is None else live.filter(source__in=sources.order_by().values("pk"))


def retry(*, reason: str | None = None, media_id: int | None = None) -> int:
    """Take up again what failed: of one reason, of one file, or all. Returns how many media."""
    return work.retry(reason=reason, media_ids=None if media_id is None else [media_id])


def source_overview(member: object | None = None) -> list[SourceRow]:
    """The sources that ``member`` may see (all without one), with their counts; two statements."""
    sources = Source.objects.all() if member is None else Source.objects.visible_to(member)
    live = Q(locations__gone_at__isnull=True)
    # A file that was only moved is not gone.
    elsewhere = Location.objects.filter(media=OuterRef("locations__media"), gone_at__isnull=True)
    gone = Q(locations__gone_at__isnull=False) & ~Exists(elsewhere)
    counted = sources.annotate(
        files=Count("locations", filter=live & Q(locations__isnull=False)),
        gone=Count("locations", filter=gone),
        gone_since=Min("locations__gone_at", filter=gone),
        unreadable=Count("locations", filter=live & ~Q(locations__problem="") & Q(locations__isnull=False)),
    ).order_by("name")  # said again, as a query that groups leaves out the model's own order
    running = {scan.source_id: scan for scan in Scan.objects.filter(state=Scan.State.RUNNING)}
    return [
        SourceRow(row, files, gone, unreadable, running.get(row.pk), since)
        for row, files, gone, unreadable, since in ((row, *_counts(row)) for row in counted)
    ]


def _counts(row: Any) -> tuple[int, int, int, datetime | None]:
    """The annotations of :func:`source_overview`."""
    return row.files, row.gone, row.unreadable, row.gone_since


def location_names(locations: Any, sources: Any) -> Iterator[tuple[Location, str]]:
    """Each location with its path, and ``SOURCE:`` before it where another of these sources has the same path."""
    rows = list(locations.select_related("source"))
    shared = set(
        _live(sources)
        .filter(path__in={row.path for row in rows})
        .values_list("path")
        .annotate(count=Count("source", distinct=True))
        .filter(count__gt=1)
        .values_list("path", flat=True)
    )
    for row in rows:
        yield row, f"{row.source.name}:{row.path}" if row.path in shared else row.path


def export(media: Media) -> dict[str, Any]:
    """All that the index itself knows of one media, as plain data."""
    levels = ("place__city", "place__region", "place__country")
    captured = Capture.objects.select_related(*levels).filter(pk=media.pk).first()
    return {
        "id": media.pk,
        "content_hash": media.content_hash,
        "kind": media.kind,
        "mime": media.mime,
        "size": media.size,
        "width": media.width,
        "height": media.height,
        "taken_at": media.taken_at.isoformat(),
        "taken_offset": media.taken_offset,
        "taken_from": media.taken_from,
        "duration": media.duration,
        "capture": model_to_dict(captured, exclude=["media", "place"]) if captured else None,
        "place": [place.name for place in captured.place.levels()] if captured and captured.place else None,
        "colours": {colour.name: round(colour.share, 4) for colour in media.colours.all()},
        "labels": {label.name: round(label.score, 4) for label in media.labels.all()},
        "embeddings": list(media.embeddings.values(name=F("encoder__name"), seconds=F("moment"))),
        "extractions": list(
            media.extractions.order_by("lane", "extractor").values(
                "extractor", "version", "state", "attempts", "reason", "detail"
            )
        ),
    }
