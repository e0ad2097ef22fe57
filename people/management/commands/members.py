"""The accounts of this household."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from media_index.management.base import ScanpixCommand
from people.models import Member


class Command(ScanpixCommand):
    help = "List the members: who administrates, who may sign in, and when they last did."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = [
            {
                "name": member.username,
                "full_name": member.get_full_name(),
                "administrator": member.is_staff,
                "active": member.is_active,
                "last_sign_in": member.last_login,
            }
            for member in Member.objects.order_by("username")
        ]
        if options["json"]:
            self.document(rows)
            return
        for row in rows:
            kind = "administrator" if row["administrator"] else "member"
            seen = f"last signed in {row['last_sign_in']:%Y-%m-%d}" if row["last_sign_in"] else "never signed in"
            self.stdout.write(f"{row['name']:<20} {kind:<14} {seen}{'' if row['active'] else ', switched off'}")
        if not rows:
            self.stdout.write("no account yet: `serve` shows the code for the first one")
