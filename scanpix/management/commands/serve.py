"""Database, web and workers until Ctrl-C."""

from __future__ import annotations

import urllib.error
import urllib.request
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from media_index.installation import schedule_housekeeping
from media_index.linking import source_for_folder, source_scan
from media_index.management.base import ScanpixCommand
from people.accounts.setup_code import setup_code
from scanpix.runtime import postgres, serve
from scanpix.runtime.hosts import in_url, lan_address
from scanpix.runtime.repair import DatabaseRepair

START_SECONDS = 120
DATABASE_SECONDS = 20


class Command(ScanpixCommand):
    help = "Run the portal: database, web and workers, until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--photos", metavar="DIR", help="a folder to link and index")
        parser.add_argument("--only", choices=serve.PARTS, help="one part, where the other runs by itself")
        parser.add_argument("--port", type=int, help="instead of SCANPIX_PORT")  # read by manage.py, before settings

    def handle(self, *args: Any, **options: Any) -> None:
        part = options["only"]
        with serve.only_one(settings.DATA, part):
            if part != "workers":
                serve.check_port(settings.BIND, settings.PORT)
                _static_files()
            schedule_housekeeping()
            if options["photos"]:
                self._link(options["photos"])
            self._supervise(part)

    def _link(self, folder: str) -> None:
        try:
            source = source_for_folder(Path(folder))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        source_scan(source)
        self.tell(f"indexing {source.root}")

    def _supervise(self, part: str | None) -> None:
        has_members = get_user_model().objects.exists()
        # What follows may last for months; the children have connections of their own.
        connection.close()
        repair = DatabaseRepair(settings.DATA, settings.POSTGRES_OPTIONS) if settings.EMBEDDED_DATABASE else None
        children = serve.children(settings.BASE_DIR, _own_host(), settings.PORT, part)
        supervisor = serve.Supervisor(children, repair or (lambda: None))
        try:
            if part == "workers":
                self.tell("the workers of scanpix run")
            elif supervisor.wait_for(_web_answers, START_SECONDS):
                self._welcome(has_members)
            elif not supervisor.stopping:
                raise CommandError("the web server did not start: see the lines above")
            supervisor.run()
        finally:
            self.tell("stopping ...")
            supervisor.stop()
            if repair:
                repair.stop()
            _let_database_stop()
            self.tell("stopped")

    def _welcome(self, has_members: bool) -> None:
        everywhere = settings.BIND in {"0.0.0.0", "::"}  # noqa: S104
        names = ["127.0.0.1", lan_address()] if everywhere else [settings.BIND]
        addresses = [f"http://{in_url(name)}:{settings.PORT}/" for name in filter(None, names)]
        told = [str(settings.PORTAL_URL)] if settings.PORTAL_URL else addresses
        for address in told:
            self.tell(f"scanpix is ready: {address}")
        if not has_members:
            code = setup_code(settings.DATA)
            self.tell(f"To make the first account, open that address and enter this code: {code}")
            self.tell(f"Or open this address, which holds the code already: {told[-1]}setup/?code={code}")
        self.tell("Ctrl-C stops it.")


def _static_files() -> None:
    """Gather scripts, styles and icons where the web server sends them from; an image of a container brings them."""
    if settings.PREPARED is None:
        call_command("collectstatic", interactive=False, verbosity=0)


def _let_database_stop() -> None:
    """Wait for the embedded server to write out what it has; other commands that use it may keep it running."""
    if settings.EMBEDDED_DATABASE:
        connection.close()
        postgres.release(settings.DATA)
        postgres.wait_until_stopped(settings.DATA, seconds=DATABASE_SECONDS)


def _own_host() -> str:
    """Where this machine reaches its own web server."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.BIND, settings.BIND)  # noqa: S104


def _web_answers() -> bool:
    try:
        # By a name that is always answered to: SCANPIX_HOSTS need not hold the address that it listens on.
        asked = urllib.request.Request(
            f"http://{in_url(_own_host())}:{settings.PORT}/health/", headers={"Host": "localhost"}
        )
        with urllib.request.urlopen(asked, timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
