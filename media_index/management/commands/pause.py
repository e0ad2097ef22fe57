"""Have indexing rest."""

from __future__ import annotations

from typing import Any

from media_index import pausing
from media_index.management.base import ScanpixCommand


class Command(ScanpixCommand):
    help = "Stop looking for files and indexing until `manage.py resume`; pages and search go on."

    def handle(self, *args: Any, **options: Any) -> None:
        pausing.work_pause()
        rest = pausing.person_rest()
        self.tell(rest.notice if rest else "Somebody resumed it at the same moment.")
