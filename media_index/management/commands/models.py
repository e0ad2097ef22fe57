"""The encoders: which there are, adding one, building its vectors, and the switch to it."""

from __future__ import annotations

import shutil
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from media_index import encoder_service
from media_index.encoders import registry
from media_index.encoders.catalog import BUNDLED, CATALOG, CONSE
from media_index.encoders.smoke import smoke
from media_index.management.base import ScanpixCommand
from media_index.models import Encoder
from media_index.runner import RUNNER
from media_index.workshop import options_for


class Command(ScanpixCommand):
    help = "List, add, build, activate, roll back and remove encoders."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        listing = actions.add_parser("list", help="encoders that are known or built here")
        listing.add_argument("--json", action="store_true", help="one JSON document")
        add = actions.add_parser("add", help="try an encoder with a few drawings, and keep its weights file")
        add.add_argument("name", help="as in the list; with --file the model's name: open_clip:ViT-B-32")
        add.add_argument("--file", type=Path, help="weights that were downloaded elsewhere")
        build = actions.add_parser("build", help="make its vectors in the background, beside those in use")
        build.add_argument("name", help="NAME, or NAME@VERSION for one that was in use before")
        build.add_argument("--wait", action="store_true", help="return when all vectors are there")
        activate = actions.add_parser("activate", help="have search use it")
        activate.add_argument("name")
        activate.add_argument("--force", action="store_true", help="even though vectors are missing")
        actions.add_parser("rollback", help="go back to the encoder that was active before")
        remove = actions.add_parser("remove", help="drop an encoder's vectors")
        remove.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['action']}")(options)

    def _list(self, options: dict[str, Any]) -> None:
        notes = {known.name: known.note for known in CATALOG}
        built = list(Encoder.objects.exclude(encoder_service.TAKEN_AWAY).order_by("pk"))
        rows: list[dict[str, Any]] = [
            {
                "name": encoder.name,
                "version": encoder.version,
                "state": encoder.state,
                "missing": encoder_service.encoder_missing(encoder),
                "note": notes.get(encoder.name, "added here"),
            }
            for encoder in built
        ]
        rows += [
            {"name": name, "version": None, "state": "", "missing": None, "note": note}
            for name, note in notes.items()
            if name not in {encoder.name for encoder in built}
        ]
        if options["json"]:
            self.document(rows)
            return
        for row in rows:
            left = f", {row['missing']} to do" if row["missing"] else ""
            key = f"{row['name']}@{row['version']}" if row["version"] else row["name"]
            self.stdout.write(f"{key:<48} {row['state'] or '-'}{left}  {row['note']}")

    def _add(self, options: dict[str, Any]) -> None:
        if options["name"] in {BUNDLED, CONSE}:
            raise CommandError(f"{options['name']} comes with scanpix: go on with `manage.py models build`")
        name = self._keep_file(options["name"], options["file"]) if options["file"] else options["name"]
        encoder = registry.load(name, options_for())
        report = smoke(encoder)
        for text, picture, similarity in report.best:
            self.stdout.write(f"{text!r:<28} -> {picture:<16} {similarity:.3f}")
        self.stdout.write(
            f"{report.right} of {report.total} right; {report.images_per_second:.1f} pictures a second; "
            f"{report.text_milliseconds:.0f} ms for a text"
        )
        if report.right * 2 < report.total:
            self.tell("These weights hardly know a circle from a square: are they the right file for this model?")
        self.stdout.write(f"Next: manage.py models build {name}")

    def _keep_file(self, model: str, file: Path) -> str:
        if not file.is_file():
            raise CommandError(f"{file} is no file")
        settings.MODELS.mkdir(parents=True, exist_ok=True)
        kept = settings.MODELS / file.name
        if kept.resolve() != file.resolve():
            draft = kept.with_name(f".{kept.name}.part")
            shutil.copyfile(file, draft)
            draft.replace(kept)
        return f"{model.split('/')[0]}/{file.name}"

    def _build(self, options: dict[str, Any]) -> None:
        encoder = encoder_service.encoder_build(options["name"])
        self.stdout.write(f"{encoder_service.encoder_missing(encoder)} pictures to do by {encoder.key}")
        if options["wait"]:
            began = time.monotonic()
            RUNNER.run_until_done(lambda left: self.tell(f"{left} left"))
            self.stdout.write(f"done in {time.monotonic() - began:.0f} s")

    def _activate(self, options: dict[str, Any]) -> None:
        encoder = encoder_service.encoder_named(options["name"])
        encoder_service.encoder_activate(encoder, force=options["force"])
        self.stdout.write(f"search uses {encoder.key}")

    def _rollback(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"search uses {encoder_service.encoder_rollback().key} again")

    def _remove(self, options: dict[str, Any]) -> None:
        encoder = encoder_service.encoder_named(options["name"])
        self.stdout.write(f"{encoder_service.encoder_remove(encoder)} vectors of {encoder.key} dropped")
