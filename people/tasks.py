"""What the queue calls for faces. A task takes no more than its time; what is left is done by the next one."""

from __future__ import annotations

import logging
import time

from django.conf import settings
from django.core.cache import cache

from media_index.encoders.base import EncoderError
from media_index.models import Extraction
from people import waking
from people.faces.describing import faces_describe
from people.faces.grouping import faces_group
from people.models import Face
from scanpix.runtime.priority import make_way

log = logging.getLogger("people.tasks")

REST = 9
"""While photos are still being looked through, grouping rests so many times as long as it took: in a large library one
round takes a quarter of a minute, and it would be made after every batch. So it takes a tenth of one processor."""
RESTING = "people:grouping-rests"


def group_faces() -> None:
    """Group what is new; while more is coming, not after every batch."""
    waking.begun(waking.GROUP)
    if not Face.objects.filter(state=Face.State.FACE, placed=False).exists():
        return
    coming = Extraction.objects.filter(extractor="faces", state__in=["pending", "running"]).exists()
    if coming and cache.get(RESTING):
        return
    began = time.monotonic()
    done = faces_group()
    cache.set(RESTING, True, max(1.0, REST * (time.monotonic() - began)))
    log.info("looked at %d faces, which are in %d groups", done.faces, done.groups)


def describe_faces() -> None:
    """In the ml worker: what the faces look like that somebody drew."""
    waking.begun(waking.DESCRIBE)
    make_way(settings.NICE)
    try:
        more = faces_describe()
    except EncoderError as error:
        log.error("faces that were drawn cannot be described now: %s", error)
        return
    if more:
        waking.wake_describing()
    waking.wake_grouping()
