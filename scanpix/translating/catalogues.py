"""The catalogues of a project: renewed from its code, and compiled to what Django reads."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from scanpix.translating.finding import marked

WIDTH = 110
_IDLE = (b"POT-Creation-Date", b"PO-Revision-Date", b"Last-Translator", b"Generated-By", b"Project-Id-Version",
         b"Report-Msgid-Bugs-To", b"Language-Team")  # fmt: skip
_IDLE_LINES = re.compile(rb'^"(?:%s): .*\n' % b"|".join(_IDLE), re.MULTILINE)
"""Lines of the header that change with every renewal, or say nothing."""


def catalogues(root: Path) -> Iterator[Path]:
    """The ``django.po`` of every language but English, whose texts stand in the code."""
    yield from sorted(root.glob("locale/*/LC_MESSAGES/django.po"))


def read(path: Path) -> Catalog:
    """The catalogue in a ``django.po``. Raises OSError, or Babel's ``PoFileError`` with the line where it is none."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name, domain="django", abort_invalid=True)


def renewed(path: Path, root: Path) -> Catalog:
    """The catalogue with what the code has now: new texts without a translation, and without those that are gone."""
    catalogue = read(path)
    catalogue.update(marked(root), no_fuzzy_matching=True)
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """As it is kept: sorted by text, with the names of files and no line numbers or dates, so that a change shows only
    what has changed."""
    file = BytesIO()
    write_po(file, catalogue, width=WIDTH, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return _IDLE_LINES.sub(b"", file.getvalue())


def renew(path: Path, root: Path) -> int:
    """Rewrites a ``django.po``; the number of texts in it that have no translation yet."""
    catalogue = renewed(path, root)
    path.write_bytes(written(catalogue))
    return sum(1 for message in catalogue if message.id and not is_translated(message.string))


def is_translated(text: str | tuple[str, ...] | list[str] | None) -> bool:
    """Whether a translation is whole, in all its plural forms."""
    return all(text) if isinstance(text, (tuple, list)) else bool(text)


def compile_all(root: Path) -> None:
    """Makes the ``django.mo`` beside each ``django.po``. Fuzzy texts are left out: they stay English.

    Whole at once, as a server may be reading the old one, and two may do this at a time.
    """
    for path in catalogues(root):
        target = path.with_suffix(".mo")
        fresh = target.with_name(f"{target.name}.{os.getpid()}")
        with fresh.open("wb") as file:
            write_mo(file, read(path))
        fresh.replace(target)
