"""Opening originals for whoever waits for a page: a server that does not answer costs seconds, and not the thread."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from django.http import Http404
from django.utils.translation import gettext

from media_index.errors import SourceError
from media_index.models import Location, Media, Source
from media_index.sources.patience import patiently
from media_index.views.panels import locations

OPEN_SECONDS = 15.0
"""A sleeping disk takes some 10 s to spin up."""
BLOCK = 256 * 1024


class AwayError(Exception):
    """The files of a media lie in sources that cannot be reached now; ``source`` is one of them."""

    def __init__(self, source: Source) -> None:
        super().__init__(source.name)
        self.source = source


@dataclass(frozen=True, slots=True)
class Original:
    """An open file: where it lies, its size in bytes, and its time in nanoseconds since 1970."""

    location: Location
    file: BinaryIO
    size: int
    mtime_ns: int

    @property
    def is_unchanged(self) -> bool:
        """Whether it is what it was when it was scanned."""
        return (self.size, self.mtime_ns) == (self.location.size, self.location.mtime_ns)

    def close(self) -> None:
        self.file.close()


class FilePart:
    """The bytes of an original from ``begin`` up to ``end``, in blocks; closing it closes the file.

    Raises ``OSError`` where a block does not come: the browser sees that bytes are missing.
    """

    def __init__(self, original: Original, begin: int, end: int) -> None:
        self._original = original
        self._at, self._end = begin, end

    def __iter__(self) -> Iterator[bytes]:
        while self._at < self._end:
            block = self._read(min(BLOCK, self._end - self._at))
            if not block:
                return  # the file became shorter meanwhile
            self._at += len(block)
            yield block

    def _read(self, count: int) -> bytes:
        descriptor, at = self._original.file.fileno(), self._at
        try:
            root = self._original.location.source.root
            return patiently(root, lambda: os.pread(descriptor, count, at), seconds=OPEN_SECONDS)
        except SourceError as error:
            raise OSError(str(error)) from None

    def close(self) -> None:
        self._original.close()


def original_open(media: Media, member: object) -> Original:
    """The first file of the media, among those that the member may see, that can be opened.

    Raises :class:`AwayError` where one may be there and cannot be reached, else 404.
    """
    return first_open(locations(media, member))


def first_open(places: Iterable[Location]) -> Original:
    """The first of these files that can be opened, as :func:`original_open` does; each with its source."""
    away: Source | None = None
    for location in places:
        source = location.source
        if source.state == Source.State.OFFLINE:
            away = source
            continue
        try:
            with suppress(OSError, ValueError):
                return patiently(source.root, lambda place=location: _open(place), seconds=OPEN_SECONDS)  # type: ignore[misc]
        except SourceError:
            away = source
    if away is not None:
        raise AwayError(away)
    raise Http404(
        gettext("The file is not where it was. Its disk may not be connected, or it was moved; a rescan will tell.")
    )


def _open(location: Location) -> Original:
    path = os.path.join(os.fsencode(location.source.root), bytes(location.raw_path))  # noqa: PTH118 - names are bytes
    # Not blocking: a pipe that took the file's place would hold the thread for ever.
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb", buffering=0)
    found = os.fstat(file.fileno())
    if not stat.S_ISREG(found.st_mode):
        file.close()
        raise OSError("no regular file")
    return Original(location, file, found.st_size, found.st_mtime_ns)
