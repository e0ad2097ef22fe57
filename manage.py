#!/usr/bin/env python
"""The command line of scanpix. ``manage.py help`` lists the commands."""

from __future__ import annotations

import os
import sys

from scanpix.runtime.env import ConfigurationError

NEEDS_NO_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "doctor",  # starts it by itself, as it has to tell why that fails
    "help",
    "makemessages",
    "upgradedatabase",
    "version",
    "--version",
}


def take_port(arguments: list[str]) -> None:
    """``serve --port N`` stands for SCANPIX_PORT, which the settings and all children read."""
    for position, argument in enumerate(arguments):
        if argument == "--port" and position + 1 < len(arguments):
            os.environ["SCANPIX_PORT"] = arguments[position + 1]
        elif argument.startswith("--port="):
            os.environ["SCANPIX_PORT"] = argument.removeprefix("--port=")


def main() -> None:
    """Start the embedded database where it is needed, then run the command. A failure is one line and a code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scanpix.settings")
    if sys.argv[1:2] == ["serve"]:
        take_port(sys.argv[2:])
    try:
        from django.conf import settings
        from django.core.management import execute_from_command_line

        command = sys.argv[1] if len(sys.argv) > 1 else "help"
        if settings.EMBEDDED_DATABASE and command not in NEEDS_NO_DATABASE and "--help" not in sys.argv:
            from scanpix.runtime import postgres

            postgres.hold(settings.DATA, settings.POSTGRES_OPTIONS)
        execute_from_command_line(sys.argv)
    except ConfigurationError as error:
        if sys.argv[1:2] == ["doctor"] and "--help" not in sys.argv:
            from scanpix.operations.first_aid import first_aid

            sys.exit(first_aid(str(error), sys.argv[2:]))
        sys.exit(f"scanpix: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
