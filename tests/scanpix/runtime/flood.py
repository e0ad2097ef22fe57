"""An application that sends more than any buffer on the way takes, served as the portal is."""

from __future__ import annotations

import os
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

import django

from scanpix.runtime.stalled import Unstalled

PIECE = b"x" * 1_000_000
PIECES = 100


def _flood(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/small":
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]
    start_response("200 OK", [("Content-Length", str(len(PIECE) * PIECES))])
    return (PIECE for _ in range(PIECES))


django.setup()
application = Unstalled(_flood, float(os.environ.get("FLOOD_SECONDS", "2")))
