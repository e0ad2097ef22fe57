"""Pictures and originals: sent only to who may see them."""

from __future__ import annotations

import re
from pathlib import Path

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from media_index import thumbnail_store
from media_index.access import media_by_hash_or_404, media_or_404
from media_index.previews import preview_noticed_missing
from media_index.views.originals import AwayError, FilePart, Original, original_open
from media_index.views.ranges import RangeError, parse_range

THUMBNAIL_TYPES = {".webp": "image/webp", ".jpg": "image/jpeg"}
A_YEAR = 365 * 24 * 60 * 60

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
            preview_noticed_missing(media)
            raise Http404(gettext("This picture has not been made yet.")) from None
        del response.headers["Content-Disposition"]
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = f"private, max-age={A_YEAR}, immutable"
    return response


@require_safe
def original(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file itself, whole or in ranges; ``?download`` has it saved rather than shown."""
    media = media_or_404(request, pk)
    _do_not_compress(request)
    try:
        opened = original_open(media, request.user)
    except AwayError as error:
        return render(request, "503.html", {"source": error.source}, status=503)
    etag = f'"{media.content_hash[:32]}"' if opened.is_unchanged else ""
    response = _conditional(request, etag) or _body(request, opened, etag)
    if not response.streaming:
        opened.close()
    inline = media.mime in INLINE
    response.headers["Content-Type"] = media.mime if inline else "application/octet-stream"
    as_attachment = not inline or "download" in request.GET
    name = _safe_name(opened.location.name)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment, name) or ""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "private, no-cache"
    if etag:
        response.headers["ETag"] = etag
    return response


def _do_not_compress(request: HttpRequest) -> None:
    """Pictures are compressed already, and GZipMiddleware would drop the length and break ranges."""
    request.META.pop("HTTP_ACCEPT_ENCODING", None)


def _conditional(request: HttpRequest, etag: str) -> HttpResponseBase | None:
    return get_conditional_response(request, etag) if etag else None


def _body(request: HttpRequest, opened: Original, etag: str) -> HttpResponseBase:
    try:
        wanted = parse_range(_range_header(request, etag), opened.size)
    except RangeError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{opened.size}"})
    begin, end = wanted or (0, opened.size)
    response = StreamingHttpResponse(FilePart(opened, begin, end), status=206 if wanted else 200)
    if wanted:
        response.headers["Content-Range"] = f"bytes {begin}-{end - 1}/{opened.size}"
    response.headers["Content-Length"] = str(end - begin)
    return response


def _range_header(request: HttpRequest, etag: str) -> str:
    """The wanted range; none if it was asked for a content that is not this one (``If-Range``)."""
    condition = request.headers.get("If-Range", "")
    if request.method != "GET" or (condition and condition != etag):
        return ""
    return request.headers.get("Range", "")


def _safe_name(name: str) -> str:
    """A file name for a header, where control characters have no place."""
    return re.sub(r"[\x00-\x1f\x7f]", "_", Path(name).name) or "file"
