"""An id for every request: in the log, in the answer, and on the page that says that something went wrong."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from scanpix.runtime import logs

log = logging.getLogger("scanpix.web")

HEADER = "X-Request-Id"
ID_BYTES = 6
"""Twelve letters are read out on the telephone soon, and two requests of one log hardly ever have the same."""
SLOW_SECONDS = 2.0
"""People notice; it is worth a line without being asked for."""


class RequestIdMiddleware:
    """Stands before all others. Logs each request at DEBUG, slow ones at INFO; never what stands behind the question
    mark, where searches are."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = secrets.token_hex(ID_BYTES)
        request.request_id = request_id  # type: ignore[attr-defined]
        began = time.monotonic()
        with logs.bound(request=request_id):
            response = self.get_response(request)
            seconds = time.monotonic() - began
            level = logging.INFO if seconds >= SLOW_SECONDS else logging.DEBUG
            log.log(level, "%s %s: %d in %.3f s", request.method, request.path, response.status_code, seconds)
        response.headers[HEADER] = request_id
        return response
