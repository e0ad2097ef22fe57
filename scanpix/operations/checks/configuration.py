"""The environment: what is set, and what nobody reads."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator

from django.conf import settings

from scanpix.operations.doctor import Check, Finding, ok, warn
from scanpix.operations.kept_settings import SECRET
from scanpix.runtime import env

CLOSE = 0.85
"""Of 1: one letter in ten may be wrong, as in SCANPIX_DECODER; another word is another setting."""


def in_effect() -> Iterator[Finding]:
    given = [name for name in sorted(env.KNOWN) if os.environ.get(name, "").strip()]
    shown = [name if SECRET.search(name) else f"{name}={os.environ[name]}" for name in given]
    yield ok(", ".join(shown) or "all as by default")
    if settings.DEBUG:
        yield warn("SCANPIX_DEBUG is on", "It shows settings and file names to anyone: leave it out.")


def unknown() -> Iterator[Finding]:
    strangers = [name for name in sorted(os.environ) if name.startswith("SCANPIX_") and name not in env.KNOWN]
    for name in strangers:
        close = difflib.get_close_matches(name, env.KNOWN, 1, CLOSE)
        hint = f"Is {close[0]} meant?" if close else "See docs/configuration.md for all there are."
        yield warn(f"{name} is read by nothing", hint)
    if not strangers:
        yield ok("no variable that scanpix does not know")


CHECKS = (Check("settings", "in effect", in_effect), Check("settings", "unknown", unknown))
