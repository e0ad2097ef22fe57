"""A new password for a member who cannot sign in."""

from __future__ import annotations

import secrets
import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from media_index.management.base import ScanpixCommand
from people.accounts.services import member_password_set
from people.models import Member

GENERATED_BYTES = 12
"""16 characters: nobody guesses that, and it can be typed from a console."""


class Command(ScanpixCommand):
    help = "Give a member a new password, and sign them out everywhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help="as `members` lists it")
        parser.add_argument("--generate", action="store_true", help="make one up and print it")
        parser.add_argument("--administrator", action="store_true", help="and make them an administrator")

    def handle(self, *args: Any, **options: Any) -> None:
        member = Member.objects.filter(username=options["name"]).first()
        if member is None:
            names = ", ".join(Member.objects.order_by("username").values_list("username", flat=True)) or "none"
            raise CommandError(f"there is no member {options['name']!r} (there are: {names})")
        password = secrets.token_urlsafe(GENERATED_BYTES) if options["generate"] else _asked()
        try:
            ended = member_password_set(member, password, administrator=options["administrator"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        if options["generate"]:
            self.stdout.write(password)
        self.tell(f"{member.username} has a new password, and was signed out of {ended} browsers")


def _asked() -> str:
    """From the terminal, twice and unseen; from a pipe, its first line."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass("New password: ")
    if getpass("Again: ") != password:
        raise CommandError("these were two different passwords: nothing is changed")
    return password
