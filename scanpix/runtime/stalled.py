"""Lets go of whoever asks for a file and then does not take it: a paused video, a telephone that went out of reach.

Each answer holds one of the web server's few threads until it is sent. The server has no limit of its own for that, and
as many idle players as threads would stop the portal, its health check included. A player that goes on asks anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

STALLED_SECONDS = 20.0
"""How long a client may take nothing at all. Shorter than the supervisor bears a silent web server
(:mod:`scanpix.runtime.watches`), longer than a telephone is out of reach under a bridge."""


class Unstalled:
    """The application, on connections that end where nothing moves for ``seconds``."""

    def __init__(self, application: WSGIApplication, seconds: float = STALLED_SECONDS) -> None:
        self.application = application
        self.seconds = seconds

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        connection = environ.get("gunicorn.socket")
        if connection is not None:
            # Gunicorn makes the connection a blocking one again for each request.
            connection.settimeout(self.seconds)
        return self.application(environ, start_response)
