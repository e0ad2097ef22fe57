"""The list of the world's places for the web process, which never waits for it. Missing, it is made meanwhile."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext

from media_index.places import table
from media_index.places.table import PlacesError
from media_index.places.world import World, opened

log = logging.getLogger("media_index.search")

AGAIN_SECONDS = 300.0
"""How long after a failure it is tried again: the same as for models (:data:`media_index.workshop.HALT_SECONDS`)."""


class NotReadyError(ValueError):
    """What needs the list cannot be answered now; the message says why, in words that follow the key of a filter."""


@dataclass(slots=True)
class Background:
    """Makes the list in a thread, one at a time, and remembers why it failed."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None
    _failed: str = ""
    _failed_at: float = 0.0

    def begin(self, models: Path) -> str:
        """Begin, unless it is under way or has just failed; what there is to say meanwhile."""
        with self._lock:
            if self._failed and time.monotonic() - self._failed_at < AGAIN_SECONDS:
                return gettext("cannot be answered: %(failed)s") % {"failed": self._failed}
            if self._thread is None or not self._thread.is_alive():
                self._failed = ""
                self._thread = threading.Thread(target=self._make, args=(models,), name="places", daemon=True)
                self._thread.start()
        return gettext("cannot be answered yet: the list of the world's places is being made. Try again in a minute")

    def wait(self) -> None:
        """Until what has begun is done (tests)."""
        if self._thread is not None:
            self._thread.join()

    def _make(self, models: Path) -> None:
        try:
            table.ensure(models)
        except (PlacesError, OSError) as error:
            log.error("the list of places: %s", error)
            with self._lock:
                self._failed, self._failed_at = str(error), time.monotonic()


BACKGROUND = Background()


def known_world() -> World:
    """The list. Raises :class:`NotReadyError` where it is not there, and begins to make it."""
    try:
        file = table.find(settings.MODELS)
    except PlacesError as error:
        raise NotReadyError(gettext("cannot be answered: %(error)s") % {"error": error}) from error
    if file is None:
        raise NotReadyError(BACKGROUND.begin(settings.MODELS))
    return opened(file)


def world_if_ready() -> World | None:
    """The list, or None where it is not there (yet), for what can be said without it."""
    try:
        return known_world()
    except NotReadyError:
        return None
