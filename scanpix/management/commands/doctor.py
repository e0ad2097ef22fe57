"""What is wrong with this installation, and what to do."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError

from media_index import plugins
from media_index.checks import MODELS, thumbnails
from scanpix.management.base import OperationCommand
from scanpix.operations.checks import ALL
from scanpix.operations.doctor import Check, Needs, Result, as_data, as_text, examine, fail, healthy
from scanpix.operations.server import Server
from scanpix.runtime import postgres
from scanpix.runtime.env import ConfigurationError


class Command(OperationCommand):
    help = "Check this installation: machine, settings, data folder, database, workers, models, sources, backups."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON document")
        parser.add_argument("--thumbnails", action="store_true", help="look for every thumbnail on the disk as well")
        parser.add_argument("--models", action="store_true", help="load the models as well")
        parser.add_argument("--remake", action="store_true", help="with --thumbnails: have the missing ones made again")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remake"] and not options["thumbnails"]:
            raise CommandError("--remake goes with --thumbnails")
        checks: list[Check] = [*ALL, *(check for brought in plugins.resolved("checks") for check in brought)]
        if options["thumbnails"]:
            checks.append(thumbnails(remake=options["remake"]))
        if options["models"]:
            checks.append(MODELS)
        problem, able = self._able()
        results = [*problem, *examine(checks, able)]
        if options["json"]:
            self.document(as_data(results))
        else:
            self.stdout.write(as_text(results))
        connection.close()
        if not healthy(results):
            raise SystemExit(1)

    def _able(self) -> tuple[list[Result], Needs]:
        """How far down this installation works, and what keeps it from more."""
        try:
            if settings.EMBEDDED_DATABASE:
                postgres.hold(settings.DATA, settings.POSTGRES_OPTIONS)
            Server.of_django().connect().close()
        except (ConfigurationError, OSError, psycopg.Error) as error:
            where = "logs/postgres.log in the data folder" if settings.EMBEDDED_DATABASE else "DATABASE_URL"
            finding = fail(" ".join(str(error).split()), f"Look at {where}; docs/operations.md goes through it.")
            return [Result("database", "start", finding)], Needs.SETTINGS
        try:
            executor = MigrationExecutor(connection)
            complete = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError:
            complete = False
        return [], Needs.TABLES if complete else Needs.DATABASE
