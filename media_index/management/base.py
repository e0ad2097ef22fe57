"""What the commands of scanpix share: tables that stand, one document on standard output, one line for a failure."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from media_index.encoders.base import EncoderError
from media_index.errors import SourceError
from media_index.installation import prepare
from media_index.runner import ExtractionStuckError
from scanpix.runtime.env import ConfigurationError

FAILURES = (ConfigurationError, EncoderError, ExtractionStuckError, SourceError)


class ScanpixCommand(BaseCommand):
    """A command that works whether or not ``serve`` is running, on a new data folder as well."""

    requires_system_checks: list[str] = []

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            prepare()
            return super().execute(*args, **options)
        except FAILURES as error:
            raise CommandError(str(error)) from None
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
