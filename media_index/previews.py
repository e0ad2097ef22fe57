"""Pictures of the thumbnail store that are gone from the disk: they are made again from the original.

Until then the media has no preview and is not shown; what would read the preview waits for it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from media_index import presence, thumbnail_store, work
from media_index.extractors.base import Lane
from media_index.models import Extraction, Location, Media, Source
from media_index.work import Claim
from scanpix.runtime import queue

log = logging.getLogger("media_index.previews")

State = Extraction.State
CHECKED_AT_ONCE = 1_000
SHOWN = 20


@dataclass(frozen=True, slots=True)
class PreviewCheck:
    """``checked`` media have pictures by the database; ``lost`` of them lack some on the disk, of which ``remade`` are
    made again now: the original of the others cannot be reached. ``examples`` are the first ids of those lost.
    ``drafts``: half-written files of killed workers that were removed."""

    checked: int
    lost: int
    remade: int
    examples: tuple[int, ...]
    drafts: int = 0


@transaction.atomic
def previews_redo(media_ids: Collection[int]) -> set[int]:
    """Have the pictures of these media made again; returns the ids of those of which an original can be reached.

    The others stay as they are: what is left of their pictures is better than nothing. Call ``wake_extraction`` after
    the commit.
    """
    reachable = Location.objects.filter(media__in=media_ids, gone_at__isnull=True, problem="")
    ids = set(reachable.exclude(source__state=Source.State.OFFLINE).values_list("media_id", flat=True))
    # Locked before the rows that hang on it, as whoever stores derived rows does.
    Media.objects.filter(pk__in=ids, has_preview=True).update(has_preview=False)
    rows = Extraction.objects.filter(media__in=ids)
    rows.filter(lane=Lane.ML, state=State.PENDING).update(state=State.WAITING, updated_at=Now())
    newest = rows.filter(extractor="thumbnails").order_by().values("media").annotate(newest=Max("pk")).values("newest")
    # Failed as well: an older version may have made those that are lost.
    rows.filter(pk__in=newest, state__in=[State.DONE, State.FAILED, State.SET_ASIDE]).update(
        state=State.PENDING, attempts=0, reason="", detail="", updated_at=Now()
    )
    return {pk for pk in ids if pk is not None}


def claims_without_preview(claims: Collection[Claim], detail: str) -> list[Claim]:
    """What was claimed in the ml lane of media whose cached picture is not there or is damaged: it waits for another,
    and where the original lies in sources that are offline, for these.

    Returns the claims for which there is no help: those of media of which no file is left, and those that were tried
    too often, so that a disk that spoils all that is written does not keep the lanes busy for ever.
    """
    away = presence.media_away({taken.media_id for taken in claims})
    work.park_claims(taken for taken in claims if taken.media_id in away)
    claims = [taken for taken in claims if taken.media_id not in away]
    hopeful = {taken.media_id for taken in claims if taken.attempts < Extraction.MAX_ATTEMPTS}
    redone = previews_redo(hopeful)
    waiting = [taken.pk for taken in claims if taken.media_id in redone]
    Extraction.objects.filter(pk__in=waiting, state=State.RUNNING).update(state=State.WAITING, updated_at=Now())
    if redone:
        log.warning("the pictures of media %s are made again: %s", sorted(redone), detail)
    return [taken for taken in claims if taken.media_id not in redone]


def preview_noticed_missing(media: Media) -> None:
    """Somebody wanted a picture that should be there and is not."""
    if media.has_preview and previews_redo([media.pk]):
        log.warning("a picture of media %d is missing; it is made again", media.pk)
        queue.wake_extraction()


def previews_check(*, remake: bool = False) -> PreviewCheck:
    """Whether all pictures are on the disk that the database knows of; ``remake`` has the lost ones made again, and
    removes what was left half-written.

    Four looks into the file system for each media.
    """
    checked, lost, remade = 0, 0, 0
    examples: list[int] = []
    for some in _in_parts():
        missing = [pk for pk, content_hash in some if not thumbnail_store.is_whole(content_hash)]
        checked += len(some)
        lost += len(missing)
        examples += missing[: SHOWN - len(examples)]
        if remake and missing:
            remade += len(previews_redo(missing))
    if remade:
        queue.wake_extraction()
    drafts = thumbnail_store.drafts_remove() if remake else 0
    return PreviewCheck(checked, lost, remade, tuple(examples), drafts)


def _in_parts() -> Iterator[list[tuple[int, str]]]:
    """Id and content hash of all media with pictures, in short statements, so that nothing is held meanwhile."""
    after = 0
    rows = Media.objects.filter(has_preview=True).order_by("pk").values_list("pk", "content_hash")
    while some := list(rows.filter(pk__gt=after)[:CHECKED_AT_ONCE]):
        yield some
        after = some[-1][0]
