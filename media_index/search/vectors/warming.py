"""Loads the text side ahead in the web process, and drops it when nobody searches."""

from __future__ import annotations

import logging
import threading
import time

from django.conf import settings
from django.db import DatabaseError, close_old_connections

from media_index.encoders.base import EncoderError
from media_index.search.asking import active_encoder
from media_index.search.vectors.text_side import TEXT_SIDE
from media_index.workshop import options_for

log = logging.getLogger("media_index.search")

LOOK_SECONDS = 15


def start() -> threading.Thread:
    """Begin in a thread of its own that ends with the process."""
    thread = threading.Thread(target=_keep, name="text side", daemon=True)
    thread.start()
    return thread


def _keep() -> None:
    try:
        encoder = active_encoder()
        TEXT_SIDE.ask(encoder.key, "a photo", options_for(encoder.key))
    except (EncoderError, DatabaseError) as error:  # the loop below is needed all the same
        log.warning("text cannot be searched yet: %s", error)
    finally:
        close_old_connections()
    while settings.UNLOAD_MINUTES:
        time.sleep(LOOK_SECONDS)
        if TEXT_SIDE.unload_when_idle(settings.UNLOAD_MINUTES * 60):
            log.info("the text side was idle and gave back its memory")
