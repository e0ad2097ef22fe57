"""An application that tells how it was called, served as the portal is."""

from __future__ import annotations

import json
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

import django
from django.conf import settings

from scanpix.runtime.proxies import FORWARDED, Forwarded

TOLD = ("wsgi.url_scheme", "REMOTE_ADDR", "HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", *FORWARDED)


def _echo(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({name: environ[name] for name in TOLD if name in environ}).encode()]


django.setup()  # the configuration of the web server has the models loaded
application = Forwarded(_echo, settings.TRUSTED_PROXIES)
