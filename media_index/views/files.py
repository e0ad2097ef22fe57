"""Pictures and originals: sent only to who may see them."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from media_index import thumbnail_store
from media_index.access import media_by_hash_or_404, media_or_404
from media_index.models import Location, Media
from media_index.views.panels import locations
from media_index.views.ranges import RangeError, parse_range

THUMBNAIL_TYPES = {".webp": "image/webp", ".jpg": "image/jpeg"}
A_YEAR = 365 * 24 * 60 * 60
BLOCK = 64 * 1024

INLINE = frozenset(
    {
        "image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/bmp", "image/heic", "image/heif",
        "video/mp4", "video/webm", "video/ogg", "video/quicktime", "video/x-m4v", "video/x-matroska", "video/3gpp",
        "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/flac",
    }
)  # fmt: skip
"""What a browser may show in place. None of these can hold a script; all else is only ever saved as a file."""


@require_safe
def thumbnail(request: HttpRequest, content_hash: str, size: str) -> HttpResponseBase:
    """A small picture. Its address holds the content's hash, so a browser may keep it for good."""
    media = media_by_hash_or_404(request, content_hash)
    _do_not_compress(request)
    etag = f'"{media.content_hash[:32]}-{size}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag)
    if response is None:
        file = thumbnail_store.file(media.content_hash, size)
        try:
            response = FileResponse(file.open("rb"), content_type=THUMBNAIL_TYPES[file.suffix])
        except FileNotFoundError:
            raise Http404("This picture has not been made yet.") from None
        del response.headers["Content-Disposition"]
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = f"private, max-age={A_YEAR}, immutable"
    return response


@require_safe
def original(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file itself, whole or in ranges; ``?download`` has it saved rather than shown."""
    media = media_or_404(request, pk)
    _do_not_compress(request)
    location, file = _open_any(media, request)
    size = os.fstat(file.fileno()).st_size
    etag = _etag(media, location, file)
    response = _conditional(request, etag) or _body(request, file, size, etag)
    if not response.streaming:
        file.close()
    inline = media.mime in INLINE
    response.headers["Content-Type"] = media.mime if inline else "application/octet-stream"
    as_attachment = not inline or "download" in request.GET
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment, _safe_name(location.name)) or ""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "private, no-cache"
    if etag:
        response.headers["ETag"] = etag
    return response


def _do_not_compress(request: HttpRequest) -> None:
    """Pictures are compressed already, and GZipMiddleware would drop the length and break ranges."""
    request.META.pop("HTTP_ACCEPT_ENCODING", None)


def _open_any(media: Media, request: HttpRequest) -> tuple[Location, IO[bytes]]:
    """The first file of the media, among those that the member may see, that can be opened; else 404."""
    for location in locations(media, request.user):
        with suppress(OSError, ValueError):
            return location, _open(location)
    raise Http404("The file is not where it was. Its disk may not be connected, or it was moved; a rescan will tell.")


def _open(location: Location) -> IO[bytes]:
    path = os.path.join(os.fsencode(location.source.root), bytes(location.raw_path))  # noqa: PTH118 - names are bytes
    # Not blocking: a pipe that took the file's place would hold the thread for ever.
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError("no regular file")
    return file


def _etag(media: Media, location: Location, file: IO[bytes]) -> str:
    """The hash of the content, unless the file has been changed since it was read."""
    now = os.fstat(file.fileno())
    unchanged = (now.st_size, now.st_mtime_ns) == (location.size, location.mtime_ns)
    return f'"{media.content_hash[:32]}"' if unchanged else ""


def _conditional(request: HttpRequest, etag: str) -> HttpResponseBase | None:
    return get_conditional_response(request, etag) if etag else None


def _body(request: HttpRequest, file: IO[bytes], size: int, etag: str) -> HttpResponseBase:
    try:
        wanted = parse_range(_range_header(request, etag), size)
    except RangeError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    if wanted is None:
        return FileResponse(file)
    begin, end = wanted
    response = StreamingHttpResponse(FilePart(file, begin, end), status=206)
    response.headers["Content-Range"] = f"bytes {begin}-{end - 1}/{size}"
    response.headers["Content-Length"] = str(end - begin)
    return response


def _range_header(request: HttpRequest, etag: str) -> str:
    """The wanted range; none if it was asked for a content that is not this one (``If-Range``)."""
    condition = request.headers.get("If-Range", "")
    if request.method != "GET" or (condition and condition != etag):
        return ""
    return request.headers.get("Range", "")


class FilePart:
    """The bytes of ``file`` from ``begin`` up to ``end``, in blocks; closing it closes the file."""

    def __init__(self, file: IO[bytes], begin: int, end: int) -> None:
        self._file = file
        self._left = end - begin
        file.seek(begin)

    def __iter__(self) -> Iterator[bytes]:
        while self._left > 0:
            block = self._file.read(min(BLOCK, self._left))
            if not block:
                return  # the file became shorter meanwhile; the browser sees that bytes are missing
            self._left -= len(block)
            yield block

    def close(self) -> None:
        self._file.close()


def _safe_name(name: str) -> str:
    """A file name for a header, where control characters have no place."""
    return re.sub(r"[\x00-\x1f\x7f]", "_", Path(name).name) or "file"
