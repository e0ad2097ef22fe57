"""One chunk of a scan: compared, read, and written in one transaction with a fixed number of statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from django.db import connection, transaction
from django.utils import timezone

from media_index import formats, thumbnail_store, work
from media_index.models import Capture, Embedding, Extraction, Label, Location, Media, Scan
from media_index.scanning.contents import Assignment, Content, assign
from media_index.scanning.diff import AsBefore, Known, ToRead, compare, hashed
from media_index.scanning.lock import lock_running
from media_index.scanning.reading import Read, read_files
from media_index.sources.base import Entry, SourceReader, order_key
from scanpix.runtime import queue

DETAIL_LINES = 20
"""How many of the folders that could not be listed are named in the scan's detail."""

REWRITE = """
UPDATE media_index_media m
   SET content_hash = v.hash, size = v.size, kind = v.kind, mime = v.mime,
       has_preview = FALSE, placeholder = NULL, width = NULL, height = NULL, frames = 1
  FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::text[]) AS v (id, hash, size, kind, mime)
 WHERE m.id = v.id
"""

# A file that is back begins anew: a move is told by a file that came and one that went in the same scan.
MARK = """
UPDATE media_index_location
   SET seen_in = %s, gone_at = NULL, created_at = CASE WHEN gone_at IS NULL THEN created_at ELSE %s END
 WHERE id = ANY(%s)
"""

# What cannot be looked at must not be taken for deleted.
SPARE = """
UPDATE media_index_location l
   SET seen_in = %s
  FROM unnest(%s::bytea[]) AS v (path)
 WHERE l.source_id = %s AND l.gone_at IS NULL
       AND (l.raw_path = v.path OR substring(l.raw_path FOR octet_length(v.path) + 1) = v.path || '\\x2f'::bytea)
"""


@dataclass(slots=True)
class Chunk:
    """What became of some entries: those as before, and those read, with what was read."""

    cursor: bytes
    seen: int = 0
    as_before: list[AsBefore] = field(default_factory=list)
    contents: list[Content] = field(default_factory=list)
    problems: list[tuple[ToRead, str]] = field(default_factory=list)
    unlisted: list[bytes] = field(default_factory=list)


def take_chunk(
    scan: Scan, reader: SourceReader, entries: Sequence[Entry], *, last: bool, until: float, file_seconds: float
) -> bool:
    """Deal with these entries, at least with the first, until ``time.monotonic()`` is ``until``; True if with all.

    ``last``: no entries come after these. ``file_seconds`` limits the reading of one file. ``scan`` is brought up to
    date. Raises :class:`media_index.scanning.lock.ScanGoneError`.
    """
    hashes = hashed(entries)
    diff = compare(_known(scan.source_id, hashes), entries, hashes)
    reads = list(read_files(reader, diff.to_read, until=until, file_seconds=file_seconds))
    whole = len(reads) == len(diff.to_read)
    end = len(entries) if whole else diff.to_read[len(reads)].position
    chunk = Chunk(entries[end - 1].raw_path if end else bytes(scan.cursor), end)
    chunk.as_before = [item for item in diff.as_before if item.position < end]
    _sort_out(chunk, diff.to_read, reads)
    # Those behind the cursor will be met again.
    reach = order_key(chunk.cursor)
    chunk.unlisted = [path for path in reader.unlisted if (whole and last) or order_key(path) <= reach]
    reader.unlisted.clear()
    _write(scan, chunk)
    return whole


def _sort_out(chunk: Chunk, files: Sequence[ToRead], reads: Sequence[Read]) -> None:
    for file, read in zip(files, reads, strict=False):
        if isinstance(read, str):
            chunk.problems.append((file, read))
        else:
            chunk.contents.append(Content(file, read))


def _known(source_id: int, hashes: Collection[bytes]) -> dict[bytes, Known]:
    rows = Location.objects.filter(source=source_id, path_hash__in=hashes).order_by()
    fields = ("path_hash", "pk", "size", "mtime_ns", "media_id", "problem", "gone_at")
    return {
        bytes(path_hash): Known(pk, size, mtime_ns, media_id, problem, gone_at is not None)
        for path_hash, pk, size, mtime_ns, media_id, problem, gone_at in rows.values_list(*fields)
    }


@transaction.atomic
def _write(scan: Scan, chunk: Chunk) -> None:
    lock_running(scan)
    assigned = _assign(chunk.contents)
    media = _keep_media(assigned)
    _keep_locations(scan, chunk, media)
    _count(scan, chunk, assigned)
    scan.save(update_fields=["cursor", "followed", "seen", "added", "changed", "unreadable", "detail"])
    returned = [item.media_id for item in chunk.as_before if item.returned]
    touched = {*returned, *(media[content.hash] for content in chunk.contents)}
    if touched:
        work.plan(touched)
        transaction.on_commit(queue.wake_extraction)


def _assign(contents: Sequence[Content]) -> Assignment:
    held = {content.replaced for content in contents if content.replaced is not None}
    rows = Media.objects.filter(content_hash__in={content.hash for content in contents})
    if held:
        rows = rows | Media.objects.filter(pk__in=held)
    hashes = dict(rows.order_by().values_list("pk", "content_hash")) if contents else {}
    changed = [content for content in contents if content.replaced and hashes[content.replaced] != content.hash]
    elsewhere: set[int | None] = set()
    if changed:
        here = [content.file.known.pk for content in changed if content.file.known]
        live = Location.objects.filter(media__in=[content.replaced for content in changed], gone_at__isnull=True)
        elsewhere = set(live.exclude(pk__in=here).values_list("media_id", flat=True))
    return assign(contents, hashes, frozenset(pk for pk in elsewhere if pk is not None))


def _keep_media(assigned: Assignment) -> dict[str, int]:
    """Write the media that are new or have changed; returns the media of every content, by hash."""
    _rewrite(assigned.rewritten)
    made = Media.objects.bulk_create(_new_media(content) for content in assigned.new)
    return {**assigned.media, **{media.content_hash: media.pk for media in made}}


def _new_media(content: Content) -> Media:
    kind, mime = _kind(content)
    return Media(
        content_hash=content.hash,
        size=content.print.size,
        kind=kind,
        mime=mime,
        taken_at=wall_time(content.file.entry.mtime_ns),
        taken_from=Media.TakenFrom.FILE,
    )


def _kind(content: Content) -> formats.Kind:
    return formats.sniff(content.print.head, content.file.entry.name)


def wall_time(mtime_ns: int) -> datetime:
    """Nanoseconds since 1970 as naive wall time in the project's time zone, to the microsecond."""
    seconds, nanoseconds = divmod(mtime_ns, 1_000_000_000)
    instant = datetime.fromtimestamp(seconds, UTC).replace(microsecond=nanoseconds // 1000)
    return instant.astimezone(timezone.get_default_timezone()).replace(tzinfo=None)


def _rewrite(rewritten: dict[int, Content]) -> None:
    """Give media their new content; what was derived from the old one goes, and so do its pictures on the disk."""
    if not rewritten:
        return
    ids = list(rewritten)
    contents = list(rewritten.values())
    kinds = [_kind(content) for content in contents]
    # Locked before the rows that hang on it, as whoever stores derived rows does.
    old = Media.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("content_hash", flat=True)
    for content_hash in list(old):
        transaction.on_commit(partial(thumbnail_store.remove, content_hash))
    with connection.cursor() as cursor:
        cursor.execute(
            REWRITE,
            [
                ids,
                [content.hash for content in contents],
                [content.print.size for content in contents],
                [kind for kind, _ in kinds],
                [mime for _, mime in kinds],
            ],
        )
    for derived in (Embedding, Label, Capture, Extraction):
        derived.objects.filter(media__in=ids).delete()


def _keep_locations(scan: Scan, chunk: Chunk, media: dict[str, int]) -> None:
    rows = [
        _location(scan, content.file, content.file.entry, media[content.hash], "") for content in chunk.contents
    ] + [_problem(scan, file, code) for file, code in chunk.problems]
    Location.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["source", "path_hash"],
        update_fields=["media", "size", "mtime_ns", "problem", "seen_in", "gone_at"],
    )
    with connection.cursor() as cursor:
        if chunk.as_before:
            cursor.execute(MARK, [scan.pk, timezone.now(), [item.pk for item in chunk.as_before]])
        if chunk.unlisted:
            cursor.execute(SPARE, [scan.pk, chunk.unlisted, scan.source_id])


def _location(scan: Scan, file: ToRead, state: Entry | Known, media_id: int | None, problem: str) -> Location:
    return Location(
        source_id=scan.source_id,
        media_id=media_id,
        path=file.entry.path,
        raw_path=file.entry.raw_path,
        path_hash=file.path_hash,
        size=state.size,
        mtime_ns=state.mtime_ns,
        problem=problem,
        seen_in=scan.pk,
    )


def _problem(scan: Scan, file: ToRead, code: str) -> Location:
    """A file that cannot be read stays what it was, if it was anything: size and time go with the content."""
    if file.known is None:
        return _location(scan, file, file.entry, None, code)
    return _location(scan, file, file.known, file.known.media_id, code)


def _count(scan: Scan, chunk: Chunk, assigned: Assignment) -> None:
    scan.cursor = chunk.cursor
    scan.seen += chunk.seen
    scan.added += sum(content.replaced is None for content in chunk.contents)
    scan.added += sum(item.returned for item in chunk.as_before)
    scan.changed += assigned.changed
    scan.unreadable += len(chunk.problems) + len(chunk.unlisted)
    shown = [path.decode("utf-8", "replace") for path in chunk.unlisted]
    lines = [*scan.detail.splitlines(), *(f"could not be looked at: {path}" for path in shown)]
    scan.detail = "\n".join(lines[:DETAIL_LINES])
