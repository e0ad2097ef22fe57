"""What the commands of operations share. Unlike the others they do not prepare the database: it may be what is ill."""

from __future__ import annotations

import json
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from scanpix.runtime.env import ConfigurationError


class OperationCommand(BaseCommand):
    """A failure is one line on standard error."""

    requires_system_checks: list[str] = []

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except ConfigurationError as error:
            raise CommandError(str(error)) from None
        except (psycopg.Error, DatabaseError) as error:
            raise CommandError(f"the database: {' '.join(str(error).split())}") from None

    def document(self, content: Any) -> None:
        """One JSON document, and nothing else, on standard output."""
        self.stdout.write(json.dumps(content, ensure_ascii=False, indent=2, default=str))

    def tell(self, line: str) -> None:
        """A line of progress on standard error."""
        self.stderr.write(line, style_func=lambda text: text)
