"""Persons and faces from the shell."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from media_index.management.base import ScanpixCommand
from media_index.search.filters.base import Scope
from people.faces.engine_service import engine_activate, engine_named, engine_rows
from people.faces.grouping import faces_group, faces_settle
from people.persons import listing
from people.persons.history import DecisionError
from people.persons.portable import PortableError, names_export, names_import
from people.persons.sidecars import SidecarError, sidecars_write


class Command(ScanpixCommand):
    help = "Who is in the pictures: list them, list faces, group anew, take names out and in."
    failures = (*ScanpixCommand.failures, DecisionError, PortableError, SidecarError, OSError)

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        for name, about in (("list", "persons, with their photos"), ("faces", "every face")):
            shown = actions.add_parser(name, help=about)
            shown.add_argument("--json", action="store_true", help="one JSON document")
        actions.add_parser("recluster", help="group all faces anew; what somebody decided stays")
        out = actions.add_parser("export", help="write all names to a file")
        out.add_argument("file", metavar="FILE", help="a new file, or with --xmp a folder")
        out.add_argument("--xmp", action="store_true", help="XMP sidecars into a folder instead")
        out.add_argument("--copies", action="store_true", help="with --xmp: copies of the photos beside them")
        into = actions.add_parser("import", help="take over names from such a file")
        into.add_argument("file", metavar="FILE")
        engines = actions.add_parser("engines", help="list the face engines, or use another one")
        engines.add_argument("--activate", metavar="NAME", help="group and suggest by this one from now on")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['action']}")(options)

    def _list(self, options: dict[str, Any]) -> None:
        faces_settle()
        rows = listing.persons(Scope.everything())
        if options["json"]:
            self.document(rows)
            return
        for row in rows:
            told = f" ({', '.join(row['aliases'])})" if row["aliases"] else ""
            self.stdout.write(f"{row['photos']:>6}  {row['name']}{told}{', hidden' if row['hidden'] else ''}")
        if not rows:
            self.stdout.write("nobody has a name yet: name a group on the page People")

    def _faces(self, options: dict[str, Any]) -> None:
        faces_settle()
        rows = listing.faces(Scope.everything())
        if options["json"]:
            self.document(list(rows))
            return
        for row in rows:
            who = row["person"] or ("-" if row["cluster"] is None else f"group {row['cluster']}")
            sure = " (confirmed)" if row["confirmed"] else ""
            self.stdout.write(f"{row['path']}  {','.join(map(str, row['box']))}  {who}{sure}")

    def _recluster(self, options: dict[str, Any]) -> None:
        done = faces_group(whole=True)
        self.tell(f"{done.faces} faces are in {done.groups} groups")

    def _export(self, options: dict[str, Any]) -> None:
        target = Path(options["file"])
        if options["xmp"]:
            written = sidecars_write(target, copies=options["copies"])
            away = f"; {written.away} originals could not be read" if written.away else ""
            self.tell(f"{written.sidecars} sidecars and {written.copies} copies in {target}{away}")
            return
        if target.exists():
            raise CommandError(f"{target} is there already: name another file")
        document = names_export()
        target.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
        self.tell(f"{len(document['persons'])} persons in {target}")

    def _import(self, options: dict[str, Any]) -> None:
        file = Path(options["file"])
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} is no JSON: {error}") from None
        done = names_import(document)
        self.tell(
            f"{done.persons} new persons, {done.faces} faces named, {done.tags} tags; "
            f"{done.missing} photos of the file are not here"
        )

    def _engines(self, options: dict[str, Any]) -> None:
        if options["activate"]:
            engine = engine_named(options["activate"])
            engine_activate(engine)
            self.tell(f"{engine} groups and suggests from now on; all faces are grouped anew")
            faces_group(whole=True)
            return
        for row in engine_rows():
            self.stdout.write(
                f"{row.engine.state:<10} {row.faces:>8} faces  {row.missing:>8} photos left  {row.engine}"
            )
