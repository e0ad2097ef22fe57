"""Database and settings into one file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from scanpix.management.base import OperationCommand
from scanpix.operations.automatic import nightly_make
from scanpix.operations.backup import backup_make
from scanpix.operations.room import human_size


class Command(OperationCommand):
    help = "Write the database and the settings into one file, and check it by restoring it. Works while serve runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the file to write")
        parser.add_argument("--overwrite", action="store_true", help="replace FILE where it is there")
        parser.add_argument("--no-check", action="store_true", help="do not restore it to see whether it can be")
        parser.add_argument("--nightly", action="store_true", help="the one of this night, into the data folder")

    def handle(self, *args: Any, **options: Any) -> None:
        file = options["file"]
        if (file is None) != options["nightly"]:
            raise CommandError("name one file, or give --nightly")
        if options["nightly"]:
            report = nightly_make()
        else:
            target = file.expanduser().absolute()
            report = backup_make(target, overwrite=options["overwrite"], check=not options["no_check"])
        contents = report.manifest.contents
        checked = "restored and compared: every table is the same" if report.checked else "not checked"
        self.stdout.write(
            f"{report.path}: {human_size(report.size)}, {len(contents.tables)} tables, {contents.rows} rows; {checked}"
        )
