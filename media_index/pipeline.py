"""Runs the extractors: claims a batch, decodes it once, hands it to every extractor of the lane, stores it.

1. The holder of the extraction lock (one process in all of the installation) works in slices of some seconds.
2. While the models run on one batch, the next one is claimed and decoded in the decoder's processes.
3. A batch is stored in one transaction; what a single file does wrong costs that file only.
4. What is no fault of any file (no room on the disk, no decoder, no database) ends the slice, and the work is given
   back without an attempt being counted.
"""

from __future__ import annotations

import errno
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psycopg
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, Error, transaction

from media_index import plugins, presence, previews, thumbnail_store, work
from media_index.decoding.child import DecoderUnavailableError
from media_index.decoding.decoded import Decoded, DecodeError
from media_index.decoding.pool import DecoderPool
from media_index.encoders.base import EncoderError
from media_index.errors import ExtractError, StorageError
from media_index.extractors.base import Batch, Context, Extractor, Lane, Outcome
from media_index.models import Location, Media, Source
from media_index.places.table import PlacesError
from media_index.reasons import explain
from media_index.work import Claim
from media_index.workshop import WORKSHOP, Key
from scanpix.runtime import disk, logs

log = logging.getLogger("media_index.pipeline")

BATCH = {Lane.CHEAP: 8, Lane.ML: 64}
"""Photos in a batch. A decoded 2,048-pixel picture takes 9 MB and two batches are in memory, so the cheap lane keeps
small ones; those of the ml lane take 1 MB, and models run on 16 of them at a time."""
LARGE_BATCH = 16
"""Photos in a batch of the ml lane where an extractor wants the whole preview."""
LARGE_PIXELS = 1024
"""Longest side in pixels from which on a picture of the ml lane counts as large."""
NOTICE = "media_index.extraction_notice"
RATE = "media_index.extraction_rate"
NOTICE_SECONDS = 600
NO_STORE = disk.OUT_OF_ROOM | {errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM}
"""Errors of the system over writing that are the disk's or the folder's, whatever was to be written."""
CANNOT_RUN = (EncoderError, PlacesError)
"""What an extractor needs beside the file is not there: a model, the list of the world's places."""

Result = Outcome | ExtractError


@dataclass(slots=True)
class Job:
    """A media in a batch: what was claimed of it, and its pixels on their way."""

    media: Media
    claims: dict[Key, Claim]
    name: str
    size: int
    modified: datetime
    decoding: Future[Decoded] | None
    problem: ExtractError | None = None
    results: dict[Key, Result] = field(default_factory=dict)

    def decoded(self) -> Decoded | None:
        """What the file gave, waited for; where there are no pixels, ``problem`` says why."""
        if self.decoding is None:
            return None
        try:
            return self.decoding.result()
        except ExtractError as error:
            self.problem = error
            return error.known if isinstance(error, DecodeError) else None


class Pipeline:
    """The extraction of one process: the decoder's processes and the extractors' models stay from slice to slice."""

    def __init__(self) -> None:
        self._pool: DecoderPool | None = None
        self._left: list[Claim] = []

    @property
    def pool(self) -> DecoderPool:
        if self._pool is None:
            self._pool = DecoderPool(
                settings.DECODERS,
                seconds=settings.DECODE_SECONDS,
                memory_mb=settings.DECODE_MEMORY_MB,
                max_pixels=settings.MAX_PIXELS,
            )
        return self._pool

    def close(self) -> None:
        """Give back processes and models; the next slice starts them again."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None
        WORKSHOP.unload()

    def run(self, lane: Lane, *, seconds: float, go_on: Callable[[], bool] = lambda: True) -> int:
        """Work on a lane for about ``seconds``, while ``go_on`` says so before each batch, or until nothing is left;
        returns how many media were dealt with.

        Raises ``DecoderUnavailableError`` when no file can be opened at all, :class:`StorageError` when nothing can be
        kept, and what Django raises when the database went away: the work is given back, then or by :meth:`settle`.
        """
        began = time.monotonic()
        dealt = 0
        current: list[Job] = []
        following = self._begin(lane)
        try:
            while following:
                current = following
                following = self._begin(lane) if time.monotonic() - began < seconds and go_on() else []
                self._finish(lane, current)
                dealt += len(current)
        except (DecoderUnavailableError, StorageError, Error) as error:
            log.error("the slice ends: %s", error)
            self._left += [taken for job in (*current, *following) for taken in job.claims.values()]
            if not isinstance(error, Error):
                self.settle()
            raise
        if dealt:
            _tell_rate(lane, dealt, time.monotonic() - began)
        return dealt

    def settle(self) -> None:
        """Give back the work of a slice that ended before its time. To be called before anything else is claimed."""
        if self._left:
            work.give_back(self._left)
            self._left = []

    def _begin(self, lane: Lane) -> list[Job]:
        """Claim a batch and have its decoding begin."""
        extractors = WORKSHOP.of_lane(lane)
        if not extractors:
            return []
        claims = work.claim(lane, extractors, limit=_most(lane, extractors))
        by_media: dict[int, dict[Key, Claim]] = {}
        for taken in claims:
            by_media.setdefault(taken.media_id, {})[taken.key] = taken
        media = Media.objects.in_bulk(by_media)
        pixels = {pk: _pixels(lane, extractors, taken) for pk, taken in by_media.items()}
        files = _files(lane, media, pixels)
        return [self._job(media[pk], taken, files.get(pk), pixels[pk]) for pk, taken in by_media.items() if pk in media]

    def _job(self, media: Media, claims: dict[Key, Claim], file: _File | None, pixels: int) -> Job:
        if file is None:
            gone = ExtractError("vanished", "no file of it is there any more")
            return Job(media, claims, "", media.size, datetime.now(UTC), None, gone)
        decoding = self.pool.submit(file.path, pixels)
        return Job(media, claims, file.name, file.size, file.modified, decoding)

    def _finish(self, lane: Lane, jobs: Sequence[Job]) -> None:
        with logs.bound(lane=str(lane), media=[job.media.pk for job in jobs]):
            self._work_on(lane, jobs)

    def _work_on(self, lane: Lane, jobs: Sequence[Job]) -> None:
        contexts = [_context(job) for job in jobs]
        if lane == Lane.ML:
            _look_for_lost_previews(jobs)
        batch = Batch(contexts)
        for key, extractor in WORKSHOP.of_lane(lane).items():
            _extract(key, extractor, batch, jobs)
        if lane == Lane.CHEAP:
            _excuse_absent(jobs)
        _store(jobs)


@dataclass(frozen=True, slots=True)
class _File:
    path: bytes
    name: str
    size: int
    modified: datetime


def _context(job: Job) -> Context:
    decoded = job.decoded()  # which tells of problems as well
    media = job.media
    return Context(media.pk, job.name, job.size, job.modified, media.kind, media.mime, decoded, job.problem)


def _most(lane: Lane, extractors: dict[Key, Extractor]) -> int:
    """Photos in the next batch."""
    large = any(extractor.needs.pixels > LARGE_PIXELS for extractor in extractors.values())
    return min(BATCH[lane], LARGE_BATCH) if large else BATCH[lane]


def _pixels(lane: Lane, extractors: dict[Key, Extractor], claims: dict[Key, Claim]) -> int:
    """The longest side to decode to: what is needed most; of a cached picture all, as its extractors resize anyway."""
    needed = max((extractors[key].needs.pixels for key in claims if key in extractors), default=0)
    return needed if lane == Lane.CHEAP else thumbnail_store.SIDES[thumbnail_store.size_for(needed)]


def _files(lane: Lane, media: dict[int, Media], pixels: dict[int, int]) -> dict[int, _File]:
    """What each media is read from: an original in the cheap lane, a cached picture of it in the other."""
    files: dict[int, _File] = {}
    locations = Location.objects.filter(media__in=media, gone_at__isnull=True, problem="").select_related("source")
    if lane == Lane.CHEAP:
        locations = locations.exclude(source__state=Source.State.OFFLINE)
    # The last one stays: of two files of one content that of the household, as all may see what stands beside it.
    for location in locations.order_by("-source__visibility", "-pk"):
        path = os.fsencode(location.source.root) + b"/" + bytes(location.raw_path)
        pk = location.media_id
        if pk is None:
            continue
        if lane == Lane.ML:
            path = os.fsencode(thumbnail_store.file(media[pk].content_hash, thumbnail_store.size_for(pixels[pk])))
        modified = datetime.fromtimestamp(location.mtime_ns / 1e9, UTC)
        files[pk] = _File(path, location.name, location.size, modified)
    return files


def _look_for_lost_previews(jobs: Sequence[Job]) -> None:
    """The ml lane reads what scanpix itself has made: where that is gone or damaged, it is made again."""
    for job in jobs:
        if job.problem and (job.problem.reason == "vanished" or not explain(job.problem.reason).passing) and job.name:
            helpless = previews.claims_without_preview(list(job.claims.values()), str(job.problem))
            job.claims = {taken.key: taken for taken in helpless}
            job.problem = ExtractError("no_preview", job.problem.detail)


def _excuse_absent(jobs: Sequence[Job]) -> None:
    """What failed because its source went away is given back, and waits until the source is there again."""
    failed = {job.media.pk for job in jobs if any(isinstance(result, ExtractError) for result in job.results.values())}
    away = presence.media_away(failed) if failed else set()
    excused = [job for job in jobs if job.media.pk in away]
    work.give_back(taken for job in excused for taken in job.claims.values())
    for job in excused:
        job.claims, job.results = {}, {}
    if away:
        work.park(away)


def _extract(key: Key, extractor: Extractor, batch: Batch, jobs: Sequence[Job]) -> None:
    """Run one extractor over the jobs that were claimed for it, and note each one's result."""
    keep = []
    for position, job in enumerate(jobs):
        if key not in job.claims:
            continue
        if job.problem and (extractor.needs.decoded or job.decoding is None):
            job.results[key] = job.problem
        else:
            keep.append(position)
    if not keep:
        return
    try:
        results = _results(extractor, batch.narrowed(keep))
    except CANNOT_RUN as error:
        log.error("%s cannot run: %s", key[0], error)
        cache.set(NOTICE, str(error), NOTICE_SECONDS)
        WORKSHOP.halt(key)
        work.give_back(jobs[position].claims.pop(key) for position in keep)
        return
    for position, result in zip(keep, results, strict=True):
        jobs[position].results[key] = result


def _results(extractor: Extractor, batch: Batch) -> Sequence[Result]:
    """What the extractor says of the batch. One file over which it raises is found by running them one by one."""
    try:
        return extractor.extract(batch)
    except CANNOT_RUN:
        raise
    except Exception as error:
        # The edge of the batch: whatever a model raises over one file must not cost the others.
        ids = [context.media_id for context in batch.contexts]
        log.exception("%s failed on media %s", extractor.name, ids)
        if len(ids) == 1:
            return [ExtractError("model_failed", f"{type(error).__name__}: {error}")]
    return [result for position in range(len(ids)) for result in _results(extractor, _single(batch, position))]


def _single(batch: Batch, position: int) -> Batch:
    return Batch([batch.contexts[position]])


def _store(jobs: Sequence[Job]) -> None:
    """Keep a batch in one transaction; where the database refuses it, file by file, so that one pays for itself."""
    try:
        _store_together(jobs)
    except OSError as error:
        if error.errno not in NO_STORE:
            raise
        raise StorageError(f"nothing can be kept: {error.strerror} ({error.filename})") from error
    except DatabaseError as error:
        if disk.is_full(error):
            raise StorageError(f"the database has no room: {' '.join(str(error).split())}") from error
        if _is_away(error):
            raise
        log.exception("storing media %s failed", [job.media.pk for job in jobs])
        if len(jobs) == 1:
            for taken in jobs[0].claims.values():
                work.failed(taken, "not_stored", f"{type(error).__name__}: {error}")
            return
        for job in jobs:
            _store([job])


def _is_away(error: DatabaseError) -> bool:
    """Whether the connection or the server is gone: class 08, class 57P, or an error that no server has sent."""
    cause = error.__cause__
    if not isinstance(cause, psycopg.OperationalError):
        return False
    return cause.sqlstate is None or cause.sqlstate.startswith(("08", "57P"))


def _store_together(jobs: Sequence[Job]) -> None:
    hooks = plugins.extractor_hooks()
    stored: dict[str, list[int]] = {}
    with transaction.atomic():
        current = dict(
            Media.objects.select_for_update()
            .filter(pk__in=[job.media.pk for job in jobs])
            .values_list("pk", "content_hash")
        )
        # What changed on the disk meanwhile is planned anew by the scan that saw it.
        same = [job for job in jobs if current.get(job.media.pk) == job.media.content_hash]
        outcomes: dict[str, list[tuple[int, Outcome]]] = {}
        finished = []
        for job, key, result in _each(same):
            if isinstance(result, ExtractError):
                work.failed(job.claims[key], result.reason, result.detail)
            else:
                outcomes.setdefault(key[0], []).append((job.media.pk, result))
                finished.append(job.claims[key])
        for name, rows in outcomes.items():
            hooks[name].keep(rows)
            stored[name] = [media_id for media_id, _ in rows]
        work.done(finished)
        work.give_back(taken for job in same for key, taken in job.claims.items() if key not in job.results)
        work.previews_made([job.media.pk for job in same])
    for name, ids in stored.items():
        hooks[name].committed(ids)


def _each(jobs: Sequence[Job]) -> Iterator[tuple[Job, Key, Result]]:
    for job in jobs:
        for key, result in job.results.items():
            yield job, key, result


def _tell_rate(lane: Lane, count: int, seconds: float) -> None:
    """Remember how fast this lane goes, for the status page: photos a second, and when it was measured."""
    rates = cache.get(RATE) or {}
    rates[str(lane)] = (count / max(seconds, 1e-3), time.time())
    cache.set(RATE, rates, NOTICE_SECONDS)
