"""The embedded database from one major version of PostgreSQL to the next."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from scanpix.management.base import OperationCommand
from scanpix.operations.upgrade import upgrade, upgrade_forget


class Command(OperationCommand):
    help = "Take the embedded database over to the PostgreSQL of this scanpix. The old one is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "--from-binaries", type=Path, metavar="DIR", help="a folder with bin/postgres of the old version"
        )
        what.add_argument("--forget", action="store_true", help="delete the database from before the last upgrade")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED_DATABASE:
            raise CommandError("this is for the embedded database; DATABASE_URL names a server of your own")
        if options["forget"]:
            gone = upgrade_forget(settings.DATA)
            told = ", ".join(str(path) for path in gone)
            self.stdout.write(f"deleted {told}" if gone else "no old database is kept")
            return
        report = upgrade(settings.DATA, options["from_binaries"].expanduser().absolute(), self.tell)
        rows, tables = report.contents.rows, len(report.contents.tables)
        self.stdout.write(f"from PostgreSQL {report.before} to {report.after}: {tables} tables, {rows} rows, compared")
        self.stdout.write(f"the old database is kept in {report.old}: upgradedatabase --forget deletes it")
