"""Whether sources are there: what an offline one means for the work on its files, and how it comes back.

1. A source that does not answer, cannot be listed, or is empty though files were there, is *offline*; its sentence says
   why. Nothing of it is taken for gone. Work on media of which every file lies in such sources is *parked*: it waits
   and says so, and no claim meets it.
2. Each minute every source is looked at, for a moment (``sources_check``). One that is back is scanned, and is *online*
   when that has ended; its work goes on.
3. A file that cannot be opened may be the first sign: before it is blamed its sources are looked at.
"""

from __future__ import annotations

import logging
from collections.abc import Collection

from django.db import transaction

from media_index import work
from media_index.errors import SourceError
from media_index.models import Location, Source
from media_index.readers import reader_for
from media_index.sources.base import SourceReader
from media_index.sources.told import EMPTY

log = logging.getLogger("media_index.presence")

LOOK_SECONDS = 20.0
"""For a look at the root: longer than a sleeping disk takes to spin up (about 10 s)."""


def check(source: Source, reader: SourceReader) -> None:
    """Raise ``SourceError`` where the source is not what it was: away, exchanged, or an empty mount point."""
    reader.check()
    if reader.is_empty() and Location.objects.filter(source=source.pk, gone_at__isnull=True).exists():
        raise SourceError(EMPTY % {"place": source.root})


def source_look(source: Source) -> SourceError | None:
    """What is wrong with the source now; takes :data:`LOOK_SECONDS` and a little at most."""
    try:
        check(source, reader_for(source, seconds=LOOK_SECONDS))
    except SourceError as error:
        return error
    return None


def sources_check() -> list[Source]:
    """Look at every source; returns those that were offline and answer again, and now want a scan."""
    back = []
    for source in Source.objects.order_by("pk"):
        error = source_look(source)
        if error is not None:
            source_away(source.pk, error)
        elif source.state == Source.State.OFFLINE:
            back.append(source)
    return back


@transaction.atomic
def source_away(source_id: int, error: SourceError) -> None:
    """The source is offline for this reason."""
    told = Source.objects.filter(pk=source_id).exclude(state=Source.State.OFFLINE, state_detail=str(error))
    if told.update(state=Source.State.OFFLINE, state_detail=str(error)):
        log.warning("source %s is offline: %s", source_id, error)
        work.park()


@transaction.atomic
def source_returned(source_id: int, detail: str = "") -> None:
    """The source is online, as a scan has seen."""
    was_offline = Source.objects.filter(pk=source_id, state=Source.State.OFFLINE).exists()
    Source.objects.filter(pk=source_id).update(state=Source.State.ONLINE, state_detail=detail)
    if was_offline:
        log.info("source %s is online again", source_id)
        work.unpark()


def media_away(media_ids: Collection[int]) -> set[int]:
    """Those of these media that cannot be read now, as every source that holds them is away. Looks at the sources that
    count as online, and notes those that are not. A media without any file is not among them."""
    places: dict[int, set[int]] = {}
    rows = Location.objects.filter(media__in=media_ids, gone_at__isnull=True).order_by()
    for media_id, source_id in rows.values_list("media_id", "source_id").distinct():
        if media_id is not None:
            places.setdefault(media_id, set()).add(source_id)
    away = set()
    for source in Source.objects.filter(pk__in=set().union(*places.values())):
        if source.state == Source.State.OFFLINE:
            away.add(source.pk)
        elif error := source_look(source):
            source_away(source.pk, error)
            away.add(source.pk)
    return {media_id for media_id, sources in places.items() if sources <= away}
