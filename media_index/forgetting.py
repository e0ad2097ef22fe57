"""Forgetting media: with all that is known of them and the pictures that were made of them. Originals stay as they are.

1. What is unlinked is forgotten at once (:mod:`media_index.linking`).
2. A media of which every file is gone waits for ``SCANPIX_GONE_DAYS``, as a disk may have been emptied by mistake: if a
   file of that content comes back before, all is as it was. Then it is forgotten, unless one of its files was gone in a
   source that is offline now: what is there cannot be known.
3. A media that no location tells of any more (another content that was known already took the place of its only file)
   waits as long from when that was noticed.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from media_index import thumbnail_store
from media_index.models import Location, Media, Source
from media_index.scanning.lock import write_alone

BATCH = 500
"""Media in one transaction: scans and extraction wait for it."""
PURGE_SECONDS = 8.0
"""A task of the queue is short (design)."""


def gone_before() -> datetime | None:
    """What was gone by then need not be waited for any more; None where it is waited for ever."""
    return timezone.now() - timedelta(days=settings.GONE_DAYS) if settings.GONE_DAYS else None


def gone_purge(*, seconds: float = PURGE_SECONDS) -> int:
    """Forget what was gone for so long, in batches, for about ``seconds``; returns how many media."""
    before = gone_before()
    if before is None:
        return 0
    until = time.monotonic() + seconds
    purged = 0
    _note_lost()
    while time.monotonic() < until:
        batch = _purge_batch(before)
        purged += batch
        if batch < BATCH:
            _purge_places(before)
            break
    return purged


def _note_lost() -> None:
    """Note since when media are without any location; one that has got one again is as any other."""
    anywhere = Exists(Location.objects.filter(media=OuterRef("pk")))
    Media.objects.filter(~anywhere, lost_at=None).update(lost_at=timezone.now())
    Media.objects.filter(anywhere, lost_at__isnull=False).update(lost_at=None)


@transaction.atomic
def _purge_batch(before: datetime) -> int:
    # First, so that no scan brings any of them back meanwhile.
    write_alone()
    here = Location.objects.filter(media=OuterRef("pk"))
    gone = Location.objects.filter(gone_at__lt=before)
    kept = here.filter(Q(gone_at=None) | Q(gone_at__gte=before) | Q(source__state=Source.State.OFFLINE))
    doomed = list(
        Media.objects.filter(~Exists(kept), pk__in=gone.values("media"))
        .order_by("pk")
        .values_list("pk", flat=True)[:BATCH]
    )
    lost = Media.objects.filter(~Exists(here), lost_at__lt=before).order_by("pk").values_list("pk", flat=True)
    return media_forget([*doomed, *lost[: BATCH - len(doomed)]])


def _purge_places(before: datetime) -> None:
    """Where files were that have long been elsewhere, or could never be read."""
    with transaction.atomic():
        write_alone()
        elsewhere = Location.objects.filter(media=OuterRef("media"), gone_at=None)
        gone = Location.objects.filter(gone_at__lt=before).exclude(source__state=Source.State.OFFLINE)
        old = gone.filter(Exists(elsewhere) | Q(media=None)).order_by("pk").values("pk")[: 10 * BATCH]
        Location.objects.filter(pk__in=old).delete()


def media_forget(media_ids: Collection[int]) -> int:
    """Delete these media with all that hangs on them; returns how many there were. In a transaction of the caller."""
    # Locked, so that extraction does not store anything for them meanwhile.
    doomed = Media.objects.select_for_update().filter(pk__in=media_ids).order_by("pk")
    hashes = list(doomed.values_list("content_hash", flat=True))
    Media.objects.filter(pk__in=media_ids).delete()
    transaction.on_commit(partial(_remove_pictures, hashes))
    return len(hashes)


def _remove_pictures(hashes: list[str]) -> None:
    for content_hash in hashes:
        thumbnail_store.remove(content_hash)
