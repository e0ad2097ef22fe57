"""What all commands share: one document on standard output, one line for a failure."""

from __future__ import annotations

import json
import sys
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from scanpix.runtime.env import ConfigurationError


class OperationCommand(BaseCommand):
    """A failure is one line on standard error; ``--traceback`` shows where it comes from.

    Unlike :class:`media_index.management.base.ScanpixCommand` it does not prepare the database, which may be what is
    ill.
    """

    requires_system_checks: list[str] = []
    failures: tuple[type[Exception], ...] = (ConfigurationError,)

    def prepare(self) -> None:
        """Called before anything else."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            self.prepare()
            return super().execute(*args, **options)
        except self.failures as error:
            raise CommandError(str(error)) from error
        except (psycopg.Error, DatabaseError) as error:
            raise CommandError(f"the database: {' '.join(str(error).split())}") from error
        except BrokenPipeError:
            # Whoever read the output has had enough of it (`| head`).
            sys.stderr.close()
            return None

    def document(self, content: Any) -> None:
        """One JSON document, and nothing else, on standard output."""
        self.stdout.write(json.dumps(content, ensure_ascii=False, indent=2, default=str))

    def tell(self, line: str) -> None:
        """A line of progress on standard error."""
        self.stderr.write(line, style_func=lambda text: text)
