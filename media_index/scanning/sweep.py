"""The end of a scan: what it did not meet is gone, and what it found is what the table says."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from media_index.errors import SourceError
from media_index.models import Location, Scan, Source
from media_index.presence import source_returned
from media_index.scanning import folders
from media_index.scanning.lock import lock_running
from media_index.sources.told import HOLDS_NOTHING

SCANS_KEPT = 20

# A media moved as often as one of its files came and one went.
SWEEP = """
WITH swept AS (
    UPDATE media_index_location SET gone_at = %(now)s
     WHERE source_id = %(source)s AND gone_at IS NULL AND seen_in <> %(scan)s
           AND folder_hash NOT IN (SELECT path_hash FROM media_index_folder
                                    WHERE source_id = %(source)s AND kept_in = %(scan)s)
           AND (%(whole)s OR folder_hash IN (SELECT path_hash FROM media_index_folder
                                              WHERE source_id = %(source)s AND seen_in = %(scan)s))
    RETURNING media_id),
went AS (SELECT media_id, count(*) AS files FROM swept GROUP BY media_id),
came AS (
    SELECT media_id, count(*) AS files FROM media_index_location
     WHERE source_id = %(source)s AND gone_at IS NULL AND seen_in = %(scan)s AND created_at >= %(began)s
           AND media_id IN (SELECT media_id FROM went)
     GROUP BY media_id)
SELECT coalesce(sum(went.files), 0)::int, coalesce(sum(least(went.files, coalesce(came.files, 0))), 0)::int
  FROM went LEFT JOIN came USING (media_id)
"""


@transaction.atomic
def scan_finish(scan: Scan) -> bool:
    """End a scan that met all there is. False if it has to go on, as somebody asked for a whole one meanwhile.

    Raises ``SourceError`` where nothing at all would be left: then it is the disk that went.
    """
    lock_running(scan)
    if Scan.objects.filter(pk=scan.pk).values_list("whole", flat=True).get() != scan.whole:
        return False
    names: dict[str, Any] = {
        "now": timezone.now(),
        "source": scan.source_id,
        "scan": scan.pk,
        "whole": scan.whole,
        "began": scan.started_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(SWEEP, names)
        went, scan.moved = cursor.fetchone()
    if went and not Location.objects.filter(source=scan.source_id, gone_at__isnull=True).exists():
        raise SourceError(HOLDS_NOTHING % {"place": scan.source.root})
    folders.close(scan)
    scan.gone = went - scan.moved
    scan.added -= scan.moved
    scan.save(update_fields=["moved", "gone", "added"])
    scan_end(scan, Scan.State.FINISHED, scan.detail)
    if scan.whole:
        told = "Some folders could not be listed; what was known of them is kept." if scan.detail else ""
        Source.objects.filter(pk=scan.source_id).update(scanned_at=scan.finished_at)
        source_returned(scan.source_id, told)
    return True


def scan_end(scan: Scan, state: Scan.State, detail: str) -> None:
    """Note how it ended, and forget scans of long ago."""
    scan.state = state
    scan.detail = detail
    scan.finished_at = timezone.now()
    Scan.objects.filter(pk=scan.pk).update(state=scan.state, detail=scan.detail, finished_at=scan.finished_at)
    like = Scan.objects.filter(source=scan.source_id, whole=scan.whole)
    kept = like.order_by("-pk").values("pk")[:SCANS_KEPT]
    like.exclude(pk__in=kept).delete()
