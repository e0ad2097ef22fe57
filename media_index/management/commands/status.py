"""How far the index is."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from media_index import selectors
from media_index.encoder_service import encoder_change
from media_index.management.base import ScanpixCommand


class Command(ScanpixCommand):
    help = "How far the index is: counts of media, sources, and what failed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        progress = selectors.progress()
        counts = {
            name: getattr(progress, name) for name in ("media", "indexed", "pending", "failed", "set_aside", "listed")
        }
        sources = selectors.source_overview()
        if options["json"]:
            self.document(
                {
                    **counts,
                    "per_minute": progress.per_minute,
                    "seconds_left": progress.seconds_left,
                    "notice": progress.notice,
                    "paused": progress.paused or None,
                    "encoder": _change(),
                    "sources": [
                        {
                            "name": row.source.name,
                            "root": row.source.root,
                            "state": row.source.state,
                            "detail": row.source.state_detail,
                            "files": row.files,
                            "gone": row.gone,
                            "entries_go_at": row.entries_go_at,
                            "unreadable": row.unreadable,
                            "scanning": row.running_scan is not None,
                            "scanned_at": row.source.scanned_at,
                            "watched": row.source.watched,
                            "watch_detail": row.source.watch_detail,
                        }
                        for row in sources
                    ],
                }
            )
            return
        for name, count in counts.items():
            self.stdout.write(f"{name:<10} {count:>8}")
        for row in sources:
            scanning = ", being scanned" if row.running_scan else ""
            self.stdout.write(f"{row.source.name}: {row.files} files, {row.source.get_state_display()}{scanning}")
        if change := _change():
            self.stdout.write("{coming}: {done} of {total} vectors, then in the place of {active}".format(**change))
        if progress.notice:
            self.stdout.write(progress.notice)


def _change() -> dict[str, Any] | None:
    """The encoder that is on its way to take the place of the active one."""
    change = encoder_change()
    if change is None:
        return None
    return {"active": change.active.key, "coming": change.coming.key, "done": change.done, "total": change.total}
