"""The page that says that something went wrong."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from media_index.pausing import disk_rest
from scanpix.runtime import disk

RETRY_SECONDS = "60"


def server_error(request: HttpRequest) -> HttpResponse:
    """500 with the id of the request, to be found in the log; 503 where the disk is full or the database is away, with
    what to do.

    Needs neither the database nor a session: either may be what went wrong.
    """
    error = sys.exc_info()[1]
    full = error is not None and disk.is_full(error)
    away = not full and isinstance(error, (OperationalError, InterfaceError))
    full = full or (away and disk_rest() is not None)
    context = {"full": full, "away": away, "request_id": getattr(request, "request_id", "")}
    response = HttpResponse(render_to_string("500.html", context), status=503 if full or away else 500)
    if full or away:
        response.headers["Retry-After"] = RETRY_SECONDS
    return response
