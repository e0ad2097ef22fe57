"""Go on after a pause."""

from __future__ import annotations

from typing import Any

from media_index import pausing
from media_index.management.base import ScanpixCommand


class Command(ScanpixCommand):
    help = "Go on with looking for files and indexing after `manage.py pause`."

    def handle(self, *args: Any, **options: Any) -> None:
        pausing.work_resume()
        rest = pausing.rest()
        self.tell(rest.notice if rest else "Indexing goes on.")
