"""Folders that a scan has listed: those that are as they were are passed over whole; the files of the others are
compared, read, and written in chunks of one transaction and a fixed number of statements each."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial

from django.db import connection, transaction
from django.utils import timezone

from media_index import formats, thumbnail_store, work
from media_index.library.standing import places_stand
from media_index.models import Capture, Colour, Embedding, Extraction, Label, Location, Media, Palette, Scan
from media_index.scanning.beside import is_beside, told_of
from media_index.scanning.contents import Assignment, Content, assign
from media_index.scanning.diff import AsBefore, Known, ToRead, compare, hashed
from media_index.scanning.fingerprint import Fingerprint, path_hash
from media_index.scanning.folders import Met, keep, meet, touch_new, unchanged
from media_index.scanning.lock import lock_running
from media_index.scanning.reading import Later, Limits, Read, read_files
from media_index.sources.base import Entry, Listing, SourceReader
from scanpix.runtime import queue

FIRST_CHUNK = 50
"""The first pictures are there a moment after a folder was linked."""
CHUNK = 500
DETAIL_LINES = 20
"""How many of the folders that could not be listed are named in the scan's detail."""

REWRITE = """
UPDATE media_index_media m
   SET content_hash = v.hash, size = v.size, kind = v.kind, mime = v.mime,
       has_preview = FALSE, placeholder = NULL, width = NULL, height = NULL, frames = 1, duration = NULL
  FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::text[]) AS v (id, hash, size, kind, mime)
 WHERE m.id = v.id
"""

# A file that is back begins anew: a move is told by a file that came and one that went in the same scan.
MARK = """
UPDATE media_index_location l
   SET seen_in = %s, gone_at = NULL, created_at = CASE WHEN gone_at IS NULL THEN created_at ELSE %s END,
       folder_hash = v.folder_hash
  FROM unnest(%s::bigint[], %s::bytea[]) AS v (id, folder_hash)
 WHERE l.id = v.id
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
    """What became of some entries: those as before, those read with what was read, and those that must wait; the
    folders of which these are the last; ``told_of``: path hashes of files with something new beside them."""

    seen: int = 0
    cursor: bytes | None = None
    as_before: list[AsBefore] = field(default_factory=list)
    contents: list[Content] = field(default_factory=list)
    problems: list[tuple[ToRead, str]] = field(default_factory=list)
    waiting: list[ToRead] = field(default_factory=list)
    kept: list[Listing] = field(default_factory=list)
    met: list[Met] = field(default_factory=list)
    unlisted: list[bytes] = field(default_factory=list)
    told_of: set[bytes] = field(default_factory=set)
    followed: dict[str, str] = field(default_factory=dict)


@dataclass
class Batch:
    """Listings that a scan is at, in order, with the entries of those that have changed, and how far it is with them.

    ``ends``: for each listing the number of entries up to its end.
    """

    listings: Sequence[Listing]
    kept: set[bytes]
    entries: list[Entry] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    closed: int = 0
    at: int = 0
    unsure: set[bytes] = field(default_factory=set)
    again: set[bytes] = field(default_factory=set)

    @cached_property
    def told_of(self) -> dict[bytes, list[bytes]]:
        """The files of each one that lies beside them."""
        return told_of(self.entries)


def take_listings(scan: Scan, reader: SourceReader, listings: Sequence[Listing], limits: Limits) -> bool:
    """Deal with these folders, in chunks of one transaction each, as long as ``limits`` say; True if with all.

    ``scan`` is brought up to date; of a whole scan its cursor as well. Raises
    :class:`media_index.scanning.lock.ScanGoneError`, and ``SourceError`` where the source stops answering.
    """
    batch = Batch(listings, unchanged(scan.source_id, listings))
    for listing in listings:
        if listing.raw_path not in batch.kept:
            batch.entries += listing.entries()
        batch.ends.append(len(batch.entries))
    while True:
        size = CHUNK if scan.seen else FIRST_CHUNK
        whole = _take_chunk(scan, reader, batch, batch.entries[batch.at : batch.at + size], limits)
        if batch.closed == len(listings):
            return True
        if not whole or time.monotonic() >= limits.until:
            return False


def _take_chunk(scan: Scan, reader: SourceReader, batch: Batch, entries: Sequence[Entry], limits: Limits) -> bool:
    """Deal with these entries, at least with the first; True if with all."""
    hashes = hashed(entries)
    diff = compare(_known(scan.source_id, hashes), entries, hashes, scan=scan.pk)
    reads = list(read_files(reader, diff.to_read, limits, place=scan.source.root))
    whole = len(reads) == len(diff.to_read)
    end = len(entries) if whole else diff.to_read[len(reads)].position
    chunk = Chunk(end - sum(position < end for position in diff.met))
    chunk.as_before = [item for item in diff.as_before if item.position < end]
    _sort_out(chunk, batch, diff.to_read, reads)
    batch.unsure |= {entries[position].folder for position in diff.troubled}
    batch.at += end
    _close_folders(scan, batch, chunk)
    # A copy: the reader lists ahead meanwhile.
    chunk.followed = dict(reader.followed)
    _write(scan, chunk)
    return whole


def _sort_out(chunk: Chunk, batch: Batch, files: Sequence[ToRead], reads: Sequence[Read]) -> None:
    for file, read in zip(files, reads, strict=False):
        if isinstance(read, Fingerprint):
            chunk.contents.append(Content(file, read))
            continue
        batch.unsure.add(file.entry.folder)
        if isinstance(read, str):
            chunk.problems.append((file, read))
        elif read is Later.BEING_WRITTEN:
            batch.again.add(file.entry.folder)
            chunk.waiting.append(file)
    beside = (one.file.entry.raw_path for one in chunk.contents if is_beside(one.file.entry.raw_path))
    chunk.told_of = {path_hash(path) for one in beside for path in batch.told_of.get(one, ())}


def _close_folders(scan: Scan, batch: Batch, chunk: Chunk) -> None:
    """Those of which nothing is left to deal with."""
    while batch.closed < len(batch.listings) and batch.ends[batch.closed] <= batch.at:
        listing = batch.listings[batch.closed]
        path = listing.raw_path
        if path in batch.kept:
            chunk.kept.append(listing)
            chunk.seen += len(listing.files)
        else:
            sure = path not in batch.unsure and not listing.unlisted
            chunk.met.append(Met(listing, sure, path in batch.again))
        chunk.unlisted += listing.unlisted
        if scan.whole:
            chunk.cursor = path + b"/"
        batch.closed += 1


def _known(source_id: int, hashes: Collection[bytes]) -> dict[bytes, Known]:
    if not hashes:
        return {}
    rows = Location.objects.filter(source=source_id, path_hash__in=hashes).order_by()
    fields = ("path_hash", "pk", "size", "mtime_ns", "media_id", "problem", "gone_at", "seen_in")
    return {
        bytes(path_hash): Known(pk, size, mtime_ns, media_id, problem, gone_at is not None, seen_in)
        for path_hash, pk, size, mtime_ns, media_id, problem, gone_at, seen_in in rows.values_list(*fields)
    }


@transaction.atomic
def _write(scan: Scan, chunk: Chunk) -> None:
    lock_running(scan)
    assigned = _assign(chunk.contents)
    media = _keep_media(assigned)
    _keep_locations(scan, chunk, media)
    keep(scan, [listing.raw_path for listing in chunk.kept])
    meet(scan, chunk.met)
    if not scan.whole:
        touch_new(scan, [*chunk.kept, *(met.listing for met in chunk.met)])
    _count(scan, chunk, assigned)
    scan.save(update_fields=["cursor", "followed", "seen", "added", "changed", "unreadable", "detail"])
    returned = [item.media_id for item in chunk.as_before if item.returned]
    touched = {*returned, *(media[content.hash] for content in chunk.contents)}
    if touched:
        work.plan(touched)
        work.unpark(touched)
        _read_again(scan, chunk)
        transaction.on_commit(queue.wake_extraction)


def _read_again(scan: Scan, chunk: Chunk) -> None:
    """What lies beside a file is read with it."""
    if chunk.told_of:
        here = Location.objects.filter(source=scan.source_id, path_hash__in=chunk.told_of, gone_at__isnull=True)
        work.read_again(here.order_by().values_list("media_id", flat=True))


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
    for derived in (Embedding, Label, Palette, Colour, Capture, Extraction):
        derived.objects.filter(media__in=ids).delete()
    places_stand(ids)


def _keep_locations(scan: Scan, chunk: Chunk, media: dict[str, int]) -> None:
    rows = [
        _location(scan, content.file, content.file.entry, media[content.hash], "") for content in chunk.contents
    ] + [_problem(scan, file, code) for file, code in chunk.problems]
    Location.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["source", "path_hash"],
        update_fields=["media", "size", "mtime_ns", "problem", "folder_hash", "seen_in", "gone_at"],
    )
    marks = [(item.pk, item.folder) for item in chunk.as_before]
    marks += [(file.known.pk, file.entry.folder) for file in chunk.waiting if file.known and not file.known.gone]
    with connection.cursor() as cursor:
        if marks:
            hashes = [path_hash(folder) for _, folder in marks]
            cursor.execute(MARK, [scan.pk, timezone.now(), [pk for pk, _ in marks], hashes])
        if chunk.unlisted:
            cursor.execute(SPARE, [scan.pk, chunk.unlisted, scan.source_id])


def _location(scan: Scan, file: ToRead, state: Entry | Known, media_id: int | None, problem: str) -> Location:
    return Location(
        source_id=scan.source_id,
        media_id=media_id,
        path=file.entry.path,
        raw_path=file.entry.raw_path,
        path_hash=file.path_hash,
        folder_hash=path_hash(file.entry.folder),
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
    scan.followed = chunk.followed
    if chunk.cursor is not None:
        scan.cursor = chunk.cursor
    scan.seen += chunk.seen
    scan.added += sum(content.replaced is None for content in chunk.contents)
    scan.added += sum(item.returned for item in chunk.as_before)
    scan.changed += assigned.changed
    scan.unreadable += len(chunk.problems) + len(chunk.unlisted)
    shown = [path.decode("utf-8", "replace") for path in chunk.unlisted]
    lines = [*scan.detail.splitlines(), *(f"could not be looked at: {path}" for path in shown)]
    scan.detail = "\n".join(lines[:DETAIL_LINES])
