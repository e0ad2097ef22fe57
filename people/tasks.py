"""What the queue calls for faces. A task takes no more than its time; what is left is done by the next one."""

from __future__ import annotations

import logging

from django.conf import settings

from media_index.encoders.base import EncoderError
from media_index.models import Extraction
from people import waking
from people.describing import faces_describe
from people.grouping import faces_group
from people.models import Face
from scanpix.runtime.priority import make_way

log = logging.getLogger("people.tasks")

WORTH_A_LOOK = 0.2
"""While photos are still being looked through, groups are made anew when there are so many more faces, as a share of
those that are grouped: each round costs as much as there are faces, so all rounds together cost a few of the last."""


def group_faces(force: bool = False) -> None:
    """Group what is new; while more is coming, not after every batch."""
    waking.begun(waking.GROUP)
    faces = Face.objects.filter(state=Face.State.FACE)
    new = faces.filter(placed=False).count()
    if new == 0:
        return
    coming = Extraction.objects.filter(extractor="faces", state__in=["pending", "running"]).exists()
    if coming and not force and new < WORTH_A_LOOK * faces.filter(placed=True).count():
        return
    done = faces_group()
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
