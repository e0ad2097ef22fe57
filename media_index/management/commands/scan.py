"""Find new, changed, moved and gone files."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import DatabaseError

from media_index import pausing
from media_index.linking import source_for_folder
from media_index.management.base import ScanpixCommand
from media_index.models import Scan, Source
from media_index.runner import RUNNER
from media_index.scanning.scan import scan_run
from media_index.work import parked
from scanpix.runtime import disk


class Command(ScanpixCommand):
    help = "Look through one source, or all of them, for new, changed, moved and gone files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "source", nargs="?", metavar="SOURCE|DIR", help="a source by its name or folder; a new folder is linked"
        )
        parser.add_argument("--wait", action="store_true", help="return when all that was found is indexed as well")

    def handle(self, *_args: Any, **options: Any) -> None:
        failed = [source for source in self._sources(options["source"]) if not self._scan(source)]
        if options["wait"]:
            RUNNER.run_until_done(lambda left: self.tell(f"{left} files left to index"), self.tell)
        if waiting := parked().distinct().count():
            self.tell(f"{waiting} files wait for a source that is offline")
        if failed:
            reasons = Source.objects.filter(pk__in=[source.pk for source in failed])
            raise CommandError("; ".join(f"{source.name}: {source.state_detail}" for source in reasons))

    def _sources(self, wanted: str | None) -> list[Source]:
        if wanted is None:
            sources = list(Source.objects.all())
            if not sources:
                raise CommandError("no folder is linked yet: name one, as in `manage.py scan DIR`")
            return sources
        named = Source.objects.filter(name=wanted).first()
        try:
            return [named or source_for_folder(wanted)]
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None

    def _run(self, source: Source) -> Scan:
        """The scan to its end; while the disk is full it waits and goes on where it was."""
        while True:
            pausing.wait_for_room(self.tell)
            try:
                return scan_run(
                    source, told=lambda step: self.tell(f"{source.name}: {step.seen} files seen, {step.added} new")
                )
            except DatabaseError as error:
                if not disk.is_full(error):
                    raise
                self.tell(f"the scan waits: the database has no room ({' '.join(str(error).split())})")
                time.sleep(pausing.WAIT_SECONDS)

    def _scan(self, source: Source) -> bool:
        scan = self._run(source)
        if scan.state != Scan.State.FINISHED:
            return False
        self.tell(
            f"{source.name}: {scan.seen} files, {scan.added} new, {scan.changed} changed, {scan.moved} moved, "
            f"{scan.gone} gone, {scan.unreadable} not readable"
        )
        return True
