"""The health check of the container image: ``python -m scanpix.runtime.healthy`` ends with 0 if all is well."""

from __future__ import annotations

import http.client
import sys

from scanpix.runtime import env

PATH = "/health/"
SECONDS = 8.0
"""Less than the engine waits, so that the reason is told."""


def problem() -> str | None:
    """What is wrong with the web server of this machine; None if nothing is. Asks it directly, past any proxy."""
    port = env.integer("SCANPIX_PORT", 8000, least=1, most=65535)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", PATH)
        answer = connection.getresponse()
        said = answer.read().decode(errors="replace").strip()
    except (OSError, http.client.HTTPException) as error:
        return f"no answer at port {port}: {error}"
    finally:
        connection.close()
    return None if answer.status == http.HTTPStatus.OK else f"{answer.status}: {said}"


if __name__ == "__main__":
    sys.exit(problem())
