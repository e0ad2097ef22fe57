"""A backup becomes the database."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection

from media_index.previews import previews_check
from scanpix.management.base import OperationCommand
from scanpix.operations import restore
from scanpix.runtime.env import ConfigurationError
from scanpix.runtime.serve import only_one


class Command(OperationCommand):
    help = "Have a backup become the database. Nothing is changed until all of it is restored and compared."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a file that `backup` has written")
        what.add_argument("--undo", action="store_true", help="back to the database from before the last restore")
        what.add_argument("--forget", action="store_true", help="drop the database from before the last restore")

    def handle(self, *args: Any, **options: Any) -> None:
        connection.close()
        if options["forget"]:
            gone = restore.restore_forget()
            self.stdout.write(f"dropped {', '.join(gone)}" if gone else "nothing is kept from before a restore")
            return
        try:
            with only_one(settings.DATA):
                self._undo() if options["undo"] else self._restore(options["file"].expanduser().absolute())
        except ConfigurationError as error:
            raise CommandError(str(error)) from None

    def _undo(self) -> None:
        self.stdout.write(f"the database is again what {restore.restore_undo()} was")

    def _restore(self, file: Path) -> None:
        report = restore.restore(file, tell=self.tell)
        made = f"{report.manifest.made_at:%Y-%m-%d %H:%M} UTC"
        self.stdout.write(f"the database is as of {made}: {report.manifest.contents.rows} rows, compared")
        if report.before:
            self.stdout.write(f"the one before is kept as {report.before}: restore --undo, or restore --forget")
        found = previews_check(remake=True)
        if found.lost:
            self.stdout.write(f"{found.lost} photos lack thumbnails here; those of {found.remade} are made again")
        if report.settings:
            self.stdout.write("settings that the backup had and that are not so now, if you want them again:")
            for line in report.settings:
                self.stdout.write(f"  {line}")
