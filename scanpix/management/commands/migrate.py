"""Django's command, with a backup before it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS

from scanpix.operations.automatic import dump_before_migration
from scanpix.operations.errors import OperationError

HARMLESS = ("plan", "check_unapplied", "fake", "skip_dump")


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--skip-dump", action="store_true", help="make no backup before")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] == DEFAULT_DB_ALIAS and not any(options[name] for name in HARMLESS):
            try:
                dump_before_migration()
            except OperationError as error:
                raise CommandError(str(error)) from None
        super().handle(*args, **options)
