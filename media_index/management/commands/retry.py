"""Take up again what failed."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from media_index import selectors
from media_index.management.base import ScanpixCommand
from media_index.management.paths import locations_named, nothing_named
from media_index.reasons import REASONS
from media_index.runner import RUNNER
from scanpix.runtime import queue


class Command(ScanpixCommand):
    help = "Try again what failed or was set aside: one file, all of one reason, or all; alone, tell what there is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="?", help="on this machine, below a source's root, or SOURCE:PATH")
        parser.add_argument("--reason", metavar="CODE", help="all files that failed for this reason")
        parser.add_argument("--all", action="store_true", help="all that failed")
        parser.add_argument("--wait", action="store_true", help="return when they have been tried")

    def handle(self, *args: Any, **options: Any) -> None:
        path, reason, everything = options["path"], options["reason"], options["all"]
        asked = sum((path is not None, reason is not None, everything))
        if asked > 1:
            raise CommandError("name a file, or --reason, or --all: one of the three")
        if not asked:
            self._tell_reasons()
            return
        count = self._of_file(path) if path is not None else self._of_reason(reason)
        self.stdout.write("one file will be tried again" if count == 1 else f"{count} files will be tried again")
        if count:
            queue.wake_extraction()
            if options["wait"]:
                RUNNER.run_until_done(lambda left: self.tell(f"{left} files left to index"))

    def _of_file(self, path: str) -> int:
        media = {location.media_id for location in locations_named(path)}
        if not media:
            raise CommandError(nothing_named(path))
        if media == {None}:
            raise CommandError(f"{path!r} could not be read at all: each scan tries it again")
        return sum(selectors.retry(media_id=one) for one in media if one is not None)

    def _of_reason(self, reason: str | None) -> int:
        if reason is not None and reason not in REASONS:
            raise CommandError(f"{reason!r} is no reason: it is one of {', '.join(REASONS)}")
        return selectors.retry(reason=reason)

    def _tell_reasons(self) -> None:
        counts = selectors.failure_counts()
        if not counts:
            self.stdout.write("nothing has failed")
        for reason, count in counts.items():
            self.stdout.write(f"{count:>7}  {reason.code:<14} {reason.title}. {reason.advice}")
