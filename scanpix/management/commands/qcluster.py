"""One cluster of the queue; stands in the place of django-q's command of the same name."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand

from scanpix.runtime.process import forks_die_with_us

log = logging.getLogger("scanpix.queue")


class Command(BaseCommand):
    help = "Run the workers of one queue: `default`, or the one that Q_CLUSTER_NAME names. `serve` starts both."
    requires_system_checks: list[str] = []  # `serve` has made them, and a new start after a death should be quick

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--sign-of-life", type=int, metavar="FD", help=argparse.SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        # Imported here: django-q reads Q_CLUSTER_NAME then, and the help should not want a database.
        from scanpix.runtime.guard import ClusterBrokenError, Guard, sign_of_life

        forks_die_with_us()
        name = os.environ.get("Q_CLUSTER_NAME", "default")
        try:
            Guard(sign_of_life(options["sign_of_life"])).run()
        except ClusterBrokenError as error:
            log.error("the queue %r is broken and ends: %s", name, error)
            sys.exit(1)
