"""The address of the portal."""

from __future__ import annotations

import socket
from collections.abc import Iterator

from django.conf import settings

from scanpix.operations.doctor import Check, Finding, fail, ok, warn
from scanpix.runtime import healthy
from scanpix.runtime.env import ConfigurationError
from scanpix.runtime.serve import check_port, parts_running


def port() -> Iterator[Finding]:
    place = f"{settings.BIND} port {settings.PORT}"
    running = parts_running(settings.DATA)
    if running and "web" not in running:
        yield warn("the workers run on this data folder, and no portal", "Start the portal: the container `web`.")
        return
    if running and running["web"] not in {"", socket.gethostname()}:
        yield ok(f"the portal runs apart, on {running['web']}: a doctor there sees whether it answers")
        return
    if running:
        problem = healthy.problem() if settings.BIND in {"0.0.0.0", "127.0.0.1", "localhost"} else None  # noqa: S104
        if problem:
            yield fail(f"{place}: {problem}", "Wait a minute, as a start takes that long; then restart scanpix.")
        else:
            yield ok(f"{place}: the portal answers" if settings.BIND != "::" else f"{place}: in use by scanpix")
        return
    try:
        check_port(settings.BIND, settings.PORT)
    except ConfigurationError as error:
        yield fail(str(error), "Stop what has the port, or choose another.")
        return
    yield ok(f"{place}: free, as `serve` does not run")


CHECKS = (Check("network", "port", port),)
