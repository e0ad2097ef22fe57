"""Whether ``serve`` runs on this data folder."""

from __future__ import annotations

from django.conf import settings

from scanpix.runtime.env import ConfigurationError
from scanpix.runtime.serve import only_one


def serve_runs() -> bool:
    try:
        with only_one(settings.DATA):
            return False
    except ConfigurationError:
        return True
