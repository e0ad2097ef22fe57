"""What the commands of the index share: tables that stand."""

from __future__ import annotations

from media_index.encoders.base import EncoderError
from media_index.errors import SourceError
from media_index.installation import prepare
from media_index.runner import ExtractionStuckError
from scanpix.management.base import OperationCommand


class ScanpixCommand(OperationCommand):
    """A command that works whether or not ``serve`` is running, on a new data folder as well."""

    failures = (*OperationCommand.failures, EncoderError, ExtractionStuckError, SourceError)

    def prepare(self) -> None:
        prepare()
