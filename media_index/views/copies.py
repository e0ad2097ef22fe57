"""A picture as a JPEG, upright and in the colours of screens, for whoever cannot open the file: made on demand by a
child process, sent, and kept by nobody."""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_GET

from media_index.access import media_or_404
from media_index.decoding.child import DecoderChild, DecoderUnavailableError
from media_index.errors import ExtractError
from media_index.models import Location, Media
from media_index.reasons import explain
from media_index.views.originals import AwayError, original_open

log = logging.getLogger("media_index.copies")

LARGEST_COPY = 8192
"""Longest side in pixels of what browsers are given in place of more pixels than they can take."""
WHOLE = 1_000_000
"""No picture is so long: nothing is left out, and nothing is ever enlarged."""
SIZES = {"2048": 2048, "large": LARGEST_COPY, "full": WHOLE}
"""The longest side of each in pixels, at most."""
AT_ONCE = 2
"""Copies that are made at the same time; each may take as much memory as a decoder (``SCANPIX_DECODE_MEMORY_MB``)."""
PATIENCE_SECONDS = 45.0
"""How long one waits for a turn. Browsers wait longer, and a photo takes a second or two."""

_TURNS = threading.BoundedSemaphore(AT_ONCE)


@require_GET
def copy(request: HttpRequest, pk: int, size: str) -> HttpResponseBase:
    """The picture as a JPEG of one of the :data:`SIZES`; ``?download`` has it saved. 404 for what is no picture, 422
    with the reason for one that cannot be opened, 503 while its disk is away or too many copies are wanted."""
    media = media_or_404(request, pk)
    if size not in SIZES or media.kind != Media.Kind.IMAGE:
        raise Http404
    request.META.pop("HTTP_ACCEPT_ENCODING", None)  # a JPEG is compressed already
    try:
        opened = original_open(media, request.user)
    except AwayError as error:
        return render(request, "503.html", {"source": error.source}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    opened.close()
    location = opened.location
    etag = f'"{media.content_hash[:32]}-{size}"' if opened.is_unchanged else ""
    known: HttpResponseBase | None = get_conditional_response(request, etag) if etag else None
    response = known or _made(request, media, location, size)
    if response.status_code in {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED}:
        response.headers["Cache-Control"] = "private, no-cache"
        if etag:
            response.headers["ETag"] = etag
    return response


def _made(request: HttpRequest, media: Media, location: Location, size: str) -> HttpResponseBase:
    if not _TURNS.acquire(timeout=PATIENCE_SECONDS):
        return _refused(request, media, HTTPStatus.SERVICE_UNAVAILABLE)
    try:
        return _converted(request, location, size)
    except ExtractError as error:
        reason = explain(error.reason)
        return _refused(request, media, HTTPStatus.UNPROCESSABLE_ENTITY, name=location.name, reason=reason)
    except DecoderUnavailableError:
        log.exception("no copy of media %d can be made", media.pk)
        return _refused(request, media, HTTPStatus.SERVICE_UNAVAILABLE)
    finally:
        _TURNS.release()


def _refused(request: HttpRequest, media: Media, status: HTTPStatus, **told: object) -> HttpResponse:
    context = {"media": media, "status": status.value, **told}
    return render(request, "media_index/copy_failed.html", context, status=status)


def _converted(request: HttpRequest, location: Location, size: str) -> HttpResponseBase:
    """The file has no name and goes with the response; the disk holds it, as memory is what a NAS lacks."""
    target = tempfile.TemporaryFile(dir=settings.DATA)  # noqa: SIM115  (closed with the response)
    child = DecoderChild(
        seconds=settings.DECODE_SECONDS,
        memory_mb=settings.DECODE_MEMORY_MB,
        max_pixels=settings.MAX_PIXELS,
        output=target.fileno(),
    )
    path = os.path.join(os.fsencode(location.source.root), bytes(location.raw_path))  # noqa: PTH118 - names are bytes
    try:
        child.decode(path, SIZES[size])
    except BaseException:
        target.close()
        raise
    finally:
        child.close()
    target.seek(0)
    suffix = "" if size == "full" else f"-{SIZES[size]}"
    return FileResponse(
        target,
        as_attachment="download" in request.GET,
        filename=f"{Path(location.name).stem}{suffix}.jpg",
        content_type="image/jpeg",
    )
