"""Originals as one ZIP file, made while it is sent: never whole in memory or on the disk."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from media_index.models import Location, Media, Source
from media_index.views.bulk import back, chosen, seen_of
from media_index.views.originals import AwayError, FilePart, first_open

MOST_FILES = 5_000
MOST_BYTES = 20 * 1024**3
"""Of one ZIP file. While it is sent, half an hour over a slow network, a thread of the web server is busy with it; and
a stick with FAT takes a fifth of that in one file."""
YEARS = (1980, 2107)
"""That a ZIP file can tell (PKWARE, APPNOTE.TXT, section 4.4.6)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A media by its name within the ZIP file, and where its files lie."""

    media: Media
    name: str
    places: tuple[Location, ...]


class Sink(io.RawIOBase):
    """What was written since it was last taken. It cannot be sought, so sizes follow the files in the ZIP."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, block: object) -> int:
        data = bytes(block)  # type: ignore[call-overload]
        self._blocks.append(data)
        return len(data)

    def taken(self) -> bytes:
        data = b"".join(self._blocks)
        self._blocks.clear()
        return data


@require_POST
def zip_file(request: HttpRequest) -> HttpResponseBase:
    """The originals of the ``media`` that the member may see. 404 where they may see none of them."""
    ids = chosen(request)
    if not ids:
        messages.error(request, _("Choose some photos first."))
        return back(request)
    return zip_answer(request, seen_of(request, ids))


def zip_answer(request: HttpRequest, seen: Collection[int]) -> HttpResponseBase:
    """The originals of media that the member may see, or back with a message where that is too much."""
    refused = _too_much(seen)
    if refused:
        messages.error(request, refused)
        return back(request)
    response = StreamingHttpResponse(zipped(entries(seen, request.user)), content_type="application/zip")
    name = f"scanpix-{timezone.localdate():%Y-%m-%d}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _too_much(ids: Collection[int]) -> str:
    size = Media.objects.filter(pk__in=ids).aggregate(size=Sum("size"))["size"] or 0
    if len(ids) <= MOST_FILES and size <= MOST_BYTES:
        return ""
    return _("That is too much for one ZIP file: %(files)s, %(size)s. Choose %(most)s files and %(bytes)s at most.") % {
        "files": ngettext("%(count)s file", "%(count)s files", len(ids)) % {"count": len(ids)},
        "size": filesizeformat(size),
        "most": MOST_FILES,
        "bytes": filesizeformat(MOST_BYTES),
    }


def entries(ids: Collection[int], member: object) -> list[Entry]:
    """By date, each with the name of its file; of several files with one name the later ones are numbered. Three
    statements."""
    sources = Source.objects.visible_to(member).order_by().values("pk")
    live = Location.objects.filter(gone_at__isnull=True, source__in=sources, media__in=ids)
    places: dict[int, list[Location]] = {}
    for one in live.select_related("source").order_by("source__name", "path"):
        places.setdefault(one.media_id or 0, []).append(one)
    taken: Counter[str] = Counter()
    made = []
    for media in Media.objects.filter(pk__in=places).order_by("taken_at", "pk"):
        name = _numbered(PurePosixPath(places[media.pk][0].path).name.replace("\\", "_"), taken)
        made.append(Entry(media, name, tuple(places[media.pk])))
    return made


def _numbered(name: str, taken: Counter[str]) -> str:
    """``IMG_1.jpg``, ``IMG_1 (2).jpg``: Windows and macOS take names that differ in their case for one."""
    path, wanted = PurePosixPath(name or "file"), name or "file"
    while wanted.casefold() in taken:
        taken[name.casefold()] += 1
        wanted = f"{path.stem} ({taken[name.casefold()]}){path.suffix}"
    taken[wanted.casefold()] = 1
    return wanted


def zipped(wanted: Sequence[Entry]) -> Iterator[bytes]:
    """The bytes of the ZIP file. What cannot be read, or not to its end, is told in a text file at the end of it."""
    sink = Sink()
    missing: list[str] = []
    with ZipFile(sink, "w", ZIP_STORED, allowZip64=True) as archive:
        for entry in wanted:
            for _written in _one(archive, entry, missing):
                yield sink.taken()
        if missing:
            told = _("These could not be read. Their disk may not be connected, or they were moved:")
            text = "\n".join([told, *missing, ""]).encode("utf-8", "replace")
            archive.writestr(_info(_("Not in here.txt"), datetime.now(), len(text)), text)
    yield sink.taken()


def _one(archive: ZipFile, entry: Entry, missing: list[str]) -> Iterator[None]:
    """Writes one file, yielding after each block."""
    try:
        original = first_open(entry.places)
    except (AwayError, Http404):
        missing.append(entry.name)
        return
    part = FilePart(original, 0, original.size)
    written = 0
    try:
        with archive.open(_info(entry.name, entry.media.taken_at, original.size), "w") as file:
            for block in part:
                written += file.write(block)
                yield
    except OSError:
        pass
    finally:
        part.close()
    if written < original.size:
        missing.append(_("%(name)s (only its beginning)") % {"name": entry.name})


def _info(name: str, at: datetime, size: int) -> ZipInfo:
    year = min(max(at.year, YEARS[0]), YEARS[1])
    # What is no text for UTF-8 came from names of files that were none either.
    info = ZipInfo(name.encode("utf-8", "replace").decode(), (year, at.month, at.day, at.hour, at.minute, at.second))
    info.file_size = size
    info.external_attr = 0o644 << 16
    return info
