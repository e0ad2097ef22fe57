"""Who runs the pipeline, and for how long: the ml worker in slices, or a command until all is done.

Before each slice it is asked whether work rests (:mod:`media_index.pausing`). Where there is nothing to do for that
reason the lock is given up, so that somebody's explicit command can do the work that the worker leaves.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache

from media_index import pausing, work
from media_index.decoding.child import DecoderUnavailableError
from media_index.encoders import bundle
from media_index.errors import StorageError
from media_index.extractors.base import Lane
from media_index.models import Extraction
from media_index.pausing import Rest, Why
from media_index.pipeline import NOTICE, NOTICE_SECONDS, Pipeline
from media_index.sample_looking import look_at_waiting
from scanpix.runtime import queue, stopping
from scanpix.runtime.locks import ProcessLock

log = logging.getLogger("media_index.runner")

EXTRACTION_LOCK = 0x5C_A9_01
CHEAP_SECONDS = 4.0
"""A slice of the cheap lane. While it has work the other lane gets a third of that, so that what can be browsed first
can also be searched soon; a stop waits for the slice that is under way."""
ML_SECONDS_BESIDE_CHEAP = 1.5
ML_SECONDS = 5.0
TROUBLE_SECONDS = 45.0
"""After a write that failed, nothing is claimed for so long; the worker is called each minute."""
UNFINISHED = (Extraction.State.WAITING, Extraction.State.PENDING, Extraction.State.RUNNING)
CLAIMABLE = (Extraction.State.PENDING, Extraction.State.RUNNING)


class ExtractionStuckError(Exception):
    """Work is left that nothing here can do; the message says why."""


class Runner:
    """The extraction of one process, as long as it holds the lock of the installation."""

    def __init__(self) -> None:
        self.pipeline = Pipeline()
        self.lock = ProcessLock(EXTRACTION_LOCK)
        self.ordered = False
        """Whether somebody asked for it by a command: then only a full disk makes it rest."""
        self._recovered = False
        self._rested: Why | None = None
        self._stuck = ""
        self._trouble = ""
        self._trouble_until = 0.0
        self._worked_at = time.monotonic()

    def step(self) -> bool:
        """One slice of both lanes. False when there is nothing to do here, work rests, or another process does it."""
        rest = self.rest()
        self._tell_change(rest)
        if rest and (rest.stops_all or not _cheap_work()):
            self._stand_down()
            return False
        if not self._may_run():
            return False
        self._stuck = ""
        if self._trouble:
            self._trouble = ""
            cache.delete(NOTICE)
        try:
            return self._slice()
        except DecoderUnavailableError as error:
            # Tried again by the next step, a minute later at the latest.
            self._stuck = str(error)
            cache.set(NOTICE, self._stuck, NOTICE_SECONDS)
            return False
        except StorageError as error:
            self._trouble, self._trouble_until = str(error), time.monotonic() + TROUBLE_SECONDS
            cache.set(NOTICE, f"Indexing waits: {error}", 2 * TROUBLE_SECONDS)
            return False
        except BaseException:
            # What was claimed is taken up by the next step.
            self._recovered = False
            raise

    def rest(self) -> Rest | None:
        """Why this process rests now, if it does."""
        if time.monotonic() < self._trouble_until:
            return Rest(Why.DISK, f"Indexing waits: {self._trouble}. It is tried again each minute.")
        return pausing.disk_rest() if self.ordered else pausing.rest()

    def _tell_change(self, rest: Rest | None) -> None:
        why = rest.why if rest else None
        if why != self._rested:
            log.warning("%s", rest.notice) if rest else log.warning("indexing goes on")
        self._rested = why

    def _slice(self) -> bool:
        cheap = self._run(Lane.CHEAP, CHEAP_SECONDS)
        more_cheap = work.remaining(Lane.CHEAP)
        if more_cheap and not bundle.is_made(settings.MODELS):
            # On the first start the web process has the models made, which may take a minute: browsing does not wait.
            return True
        dealt = cheap + self._run(Lane.ML, ML_SECONDS_BESIDE_CHEAP if more_cheap else ML_SECONDS)
        if dealt:
            self._worked_at = time.monotonic()
        return more_cheap or (self._goes_on(Lane.ML) and work.remaining(Lane.ML)) or work.remaining(Lane.CHEAP)

    def _run(self, lane: Lane, seconds: float) -> int:
        if not self._goes_on(lane):
            return 0
        return self.pipeline.run(lane, seconds=seconds, go_on=lambda: self._goes_on(lane))

    def _goes_on(self, lane: Lane) -> bool:
        if stopping.requested():
            return False
        # Somebody waits for that: between two batches, not behind all of them.
        look_at_waiting(lambda: self.pipeline.pool)
        rest = self.rest()
        return rest is None or not rest.stops(lane)

    def _may_run(self) -> bool:
        if not self.lock.hold():
            self._recovered = False
            return False
        self.pipeline.settle()
        if not self._recovered:
            left = work.recover()
            if left:
                log.warning("took up %d pieces of work that a worker had left", left)
            work.plan()
            self._recovered = True
        return True

    def _stand_down(self) -> None:
        """Leave the work to whoever asks for it while this process rests."""
        self.lock.release()
        self._recovered = False

    def unload_when_idle(self) -> None:
        """Give back the models' memory when nothing was done for ``SCANPIX_UNLOAD_MINUTES``."""
        if settings.UNLOAD_MINUTES and time.monotonic() - self._worked_at > settings.UNLOAD_MINUTES * 60:
            self.pipeline.close()

    def run_until_done(
        self, tell: Callable[[int], None] | None = None, say: Callable[[str], None] | None = None
    ) -> None:
        """Return when no extraction is left to do: done here, or by the worker that holds the lock.

        It is done in spite of a pause and of quiet hours; while the disk is full it waits. ``tell`` is called now and
        then with the number of media that are left, ``say`` with a sentence about why it waits or goes on. Raises
        :class:`ExtractionStuckError`.
        """
        self.ordered = True
        try:
            if say and (rest := pausing.rest()) and rest.why != Why.DISK:
                say(f"{rest.notice} This command works all the same.")
            self._run_until_done(tell or (lambda _left: None), say or (lambda _sentence: None))
        finally:
            self.ordered = False

    def _run_until_done(self, tell: Callable[[int], None], say: Callable[[str], None]) -> None:
        if not self.rest() and self._may_run():
            work.plan()
        told, said = 0, ""
        while left := unfinished():
            if left != told:
                tell(left)
            told = left
            if self.step():
                continue
            if rest := self.rest():
                if rest.notice != said:
                    say(rest.notice)
                said = rest.notice
                time.sleep(pausing.WAIT_SECONDS)
                continue
            if self._stuck:
                raise ExtractionStuckError(self._stuck)
            self._wait_for_others(left)

    def _wait_for_others(self, left: int) -> None:
        """While another process works, be patient; where none does, and there is nothing to do here, say so."""
        if not self.lock.hold():
            queue.wake_extraction()
            time.sleep(0.5)
        elif unfinished() and not work.remaining(Lane.CHEAP) and not work.remaining(Lane.ML):
            raise ExtractionStuckError(cache.get(NOTICE) or f"{left} files wait for an extractor that is not there")

    def close(self) -> None:
        self.pipeline.close()
        self.lock.release()


def _cheap_work() -> bool:
    """Whether the cheap lane has work, or some that a worker has left."""
    return Extraction.objects.filter(lane=Lane.CHEAP, state__in=CLAIMABLE).exists()


def unfinished() -> int:
    """How many media have work that is not done yet, without those that wait for a source that is offline."""
    left = Extraction.objects.filter(state__in=UNFINISHED).exclude(media__in=work.parked())
    return left.values("media").distinct().count()


RUNNER = Runner()
"""Of this process; makes nothing until its first step."""
