"""Who runs the pipeline, and for how long: the ml worker in slices, or a command until all is done."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache

from media_index import work
from media_index.decoding.child import DecoderUnavailableError
from media_index.encoders import bundle
from media_index.extractors.base import Lane
from media_index.models import Extraction
from media_index.pipeline import NOTICE, Pipeline
from scanpix.runtime import queue
from scanpix.runtime.locks import ProcessLock

log = logging.getLogger("media_index.runner")

EXTRACTION_LOCK = 0x5C_A9_01
CHEAP_SECONDS = 4.0
"""A slice of the cheap lane. While it has work the other lane gets a third of that, so that what can be browsed first
can also be searched soon; a stop waits for the slice that is under way."""
ML_SECONDS_BESIDE_CHEAP = 1.5
ML_SECONDS = 5.0
UNFINISHED = (Extraction.State.WAITING, Extraction.State.PENDING, Extraction.State.RUNNING)


class ExtractionStuckError(Exception):
    """Work is left that nothing here can do; the message says why."""


class Runner:
    """The extraction of one process, as long as it holds the lock of the installation."""

    def __init__(self) -> None:
        self.pipeline = Pipeline()
        self.lock = ProcessLock(EXTRACTION_LOCK)
        self._recovered = False
        self._stuck = ""
        self._worked_at = time.monotonic()

    def step(self) -> bool:
        """One slice of both lanes. False when there is nothing to do here, or another process does it."""
        if not self._may_run():
            return False
        self._stuck = ""
        try:
            return self._slice()
        except DecoderUnavailableError as error:
            # Tried again by the next step, a minute later at the latest.
            self._stuck = str(error)
            return False
        except BaseException:
            # What was claimed is taken up by the next step.
            self._recovered = False
            raise

    def _slice(self) -> bool:
        cheap = self.pipeline.run(Lane.CHEAP, seconds=CHEAP_SECONDS)
        more_cheap = work.remaining(Lane.CHEAP)
        if more_cheap and not bundle.is_made(settings.MODELS):
            # On the first start the web process has the models made, which may take a minute: browsing does not wait.
            return True
        dealt = cheap + self.pipeline.run(Lane.ML, seconds=ML_SECONDS_BESIDE_CHEAP if more_cheap else ML_SECONDS)
        if dealt:
            self._worked_at = time.monotonic()
        return more_cheap or work.remaining(Lane.ML) or work.remaining(Lane.CHEAP)

    def _may_run(self) -> bool:
        if not self.lock.hold():
            self._recovered = False
            return False
        if not self._recovered:
            left = work.recover()
            if left:
                log.warning("took up %d pieces of work that a worker had left", left)
            work.plan()
            self._recovered = True
        return True

    def unload_when_idle(self) -> None:
        """Give back the models' memory when nothing was done for ``SCANPIX_UNLOAD_MINUTES``."""
        if settings.UNLOAD_MINUTES and time.monotonic() - self._worked_at > settings.UNLOAD_MINUTES * 60:
            self.pipeline.close()

    def run_until_done(self, tell: Callable[[int], None] | None = None) -> None:
        """Return when no extraction is left to do: done here, or by the worker that holds the lock.

        ``tell`` is called now and then with the number of media that are left. Raises :class:`ExtractionStuckError`.
        """
        if self._may_run():
            work.plan()
        told = 0
        while left := unfinished():
            if tell and left != told:
                tell(left)
            told = left
            if self.step():
                continue
            if self._stuck:
                raise ExtractionStuckError(self._stuck)
            if self.lock.hold() and unfinished() and not work.remaining(Lane.CHEAP) and not work.remaining(Lane.ML):
                raise ExtractionStuckError(cache.get(NOTICE) or f"{left} files wait for an extractor that is not there")
            if not self.lock.hold():
                queue.wake_extraction()
                time.sleep(0.5)

    def close(self) -> None:
        self.pipeline.close()
        self.lock.release()


def unfinished() -> int:
    """How many media have work that is not done yet."""
    return Extraction.objects.filter(state__in=UNFINISHED).values("media").distinct().count()


RUNNER = Runner()
"""Of this process; makes nothing until its first step."""
