"""Linking folders as sources, and unlinking them. Originals are never touched."""

from __future__ import annotations

from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext

from media_index.errors import SourceError
from media_index.forgetting import media_forget
from media_index.models import Location, Media, Scan, Source
from media_index.scanning.lock import write_alone
from media_index.scanning.queueing import scan_continue
from media_index.scanning.scan import scan_start
from media_index.sources import told
from media_index.sources.folder import FolderSource
from media_index.sources.patience import HangingError, patiently

DELETE_BATCH = 1000
NAME_LENGTH = 200
ANSWER_SECONDS = 15.0
"""Somebody waits for the page."""


def source_link(
    *,
    root: str,
    name: str = "",
    owner: Any = None,
    visibility: str = Source.Visibility.HOUSEHOLD,
    include: str = "",
    exclude: str = "",
) -> Source:
    """Make a source of the folder ``root``, an absolute path. ``owner`` is a member, and needed for a private one.

    Without a ``name`` it is called like the folder. Raises ``ValidationError`` with one clear sentence.
    """
    folder = _folder(root)
    if visibility not in Source.Visibility.values:
        raise ValidationError(f"{visibility!r} is no answer to who may see a source.")
    if visibility == Source.Visibility.PRIVATE and owner is None:
        raise ValidationError(gettext("A private source needs an owner."))
    _check_listable(folder, include, exclude)
    _check_apart(folder)
    name = _name(name, folder)
    source = Source(name=name, root=str(folder), owner=owner, visibility=visibility, include=include, exclude=exclude)
    source.full_clean(exclude=["owner"])
    source.save()
    return source


def source_for_folder(folder: Path | str) -> Source:
    """The source of this folder, relative to the working folder or not; linked for the household if there is none.

    Raises ``ValidationError`` as :func:`source_link` does.
    """
    absolute = Path(folder).expanduser().absolute()
    known = Source.objects.filter(root=str(_resolved(absolute))).first()
    return known or source_link(root=str(absolute))


def source_unlink(source: Source) -> None:
    """Forget a source: its files, and the media that have no file in any other source, with all that is known of them.

    A scan that runs ends by itself. The originals stay as they are.
    """
    with transaction.atomic():
        write_alone()
        # First, so that a chunk that is about to be written finds no scan any more.
        Scan.objects.filter(source=source).delete()
        here = Location.objects.filter(media=OuterRef("pk"), source=source)
        others = Location.objects.filter(media=OuterRef("pk")).exclude(source=source)
        doomed = list(Media.objects.filter(Exists(here), ~Exists(others)).order_by("pk").values_list("pk", flat=True))
        Location.objects.filter(source=source).delete()
        for start in range(0, len(doomed), DELETE_BATCH):
            media_forget(doomed[start : start + DELETE_BATCH])
        source.delete()


def source_scan(source: Source) -> None:
    """Have the worker scan this source, from now on shown as being scanned."""
    transaction.on_commit(partial(scan_continue, scan_start(source)))


def _resolved(path: Path) -> Path:
    try:
        return patiently(str(path), path.resolve, seconds=ANSWER_SECONDS)
    except (OSError, RuntimeError, ValueError):
        raise ValidationError(gettext("This is no path of a folder.")) from None
    except HangingError as error:
        raise ValidationError(f"{error}") from None


def _folder(root: str) -> Path:
    if not root or "\0" in root or not Path(root).is_absolute():
        raise ValidationError(gettext("Give the whole path of the folder, beginning with a slash."))
    folder = _resolved(Path(root))
    try:
        str(folder).encode("utf-8")
    except UnicodeEncodeError:
        raise ValidationError(
            gettext("The path of this folder is no valid UTF-8: rename it, or link one below it.")
        ) from None
    return folder


def _check_listable(folder: Path, include: str, exclude: str) -> None:
    def look() -> None:
        FolderSource(str(folder), include.splitlines(), exclude.splitlines()).check()

    try:
        patiently(str(folder), look, seconds=ANSWER_SECONDS)
    except SourceError as error:
        sentence = told.said(str(error))
        raise ValidationError(f"{sentence[:1].upper()}{sentence[1:]}.") from None


def _check_apart(folder: Path) -> None:
    """Refuse what belongs to scanpix itself or to another source: no file has two rules for who may see it."""
    data = Path(settings.DATA).resolve()
    if folder == data or folder.is_relative_to(data) or data.is_relative_to(folder):
        raise ValidationError(
            gettext("%(folder)s and the data folder of scanpix, %(data)s, must not lie one in the other.")
            % {"folder": folder, "data": data}
        )
    for source in Source.objects.filter(kind=Source.Kind.FOLDER):
        root = _root(source)
        if folder == root:
            raise ValidationError(
                gettext("%(folder)s is linked already, as “%(source)s”.") % {"folder": folder, "source": source.name}
            )
        if folder.is_relative_to(root):
            raise ValidationError(
                gettext("%(folder)s lies in %(root)s, which is linked already, as “%(source)s”.")
                % {"folder": folder, "root": root, "source": source.name}
            )
        if root.is_relative_to(folder):
            raise ValidationError(
                gettext("In %(folder)s lies %(root)s, which is linked already, as “%(source)s”.")
                % {"folder": folder, "root": root, "source": source.name}
            )


def _root(source: Source) -> Path:
    """Where the source's folder really is now; where it was when it was linked if it does not answer."""
    try:
        return patiently(source.root, Path(source.root).resolve, seconds=ANSWER_SECONDS)
    except (HangingError, OSError, RuntimeError):
        return Path(source.root)


def _name(wanted: str, folder: Path) -> str:
    wanted = wanted.strip()
    if wanted:
        if Source.objects.filter(name=wanted).exists():
            raise ValidationError({"name": gettext("Another source is called “%(wanted)s”.") % {"wanted": wanted}})
        return wanted
    base = (folder.name or gettext("Files"))[: NAME_LENGTH - 10]
    tries = (base if number == 1 else f"{base} {number}" for number in count(1))
    return next(name for name in tries if not Source.objects.filter(name=name).exists())
