"""The file of a backup: a zip of ``manifest.json``, ``settings.json`` and ``database.dump`` (pg_dump's custom format).

It is written beside its place and put there whole, so there is never half of one. The manifest comes last and holds
size and SHA-256 of the others.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Self

from scanpix.operations.contents import Contents
from scanpix.operations.errors import OperationError

FORMAT = 1
MANIFEST = "manifest.json"
SETTINGS = "settings.json"
DATABASE = "database.dump"
CHUNK = 1 << 20
LONGEST_TEXT = 64 << 20
"""Bytes of a manifest or of settings that are read: no file may fill the memory."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. ``postgres`` and ``vector`` are versions, ``migrations`` pairs of app and name,
    ``size`` is that of the database in the server, in bytes, ``parts`` size and SHA-256 of the other members."""

    scanpix: str
    made_at: datetime
    postgres: str
    vector: str
    size: int
    migrations: list[tuple[str, str]]
    contents: Contents
    parts: dict[str, tuple[int, str]]

    def as_text(self) -> str:
        data = {
            "format": FORMAT,
            "scanpix": self.scanpix,
            "made_at": self.made_at.isoformat(),
            "postgres": self.postgres,
            "pgvector": self.vector,
            "database_bytes": self.size,
            "migrations": [list(pair) for pair in self.migrations],
            **self.contents.as_data(),
            "parts": {name: {"bytes": size, "sha256": digest} for name, (size, digest) in self.parts.items()},
        }
        return json.dumps(data, ensure_ascii=False, indent=1)

    @classmethod
    def from_text(cls, text: bytes) -> Self:
        """Raises ``KeyError``, ``TypeError`` or ``ValueError`` where that is no manifest."""
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise OperationError(f"this backup has format {data['format']}, and this scanpix knows {FORMAT}: update it")
        return cls(
            scanpix=str(data["scanpix"]),
            made_at=datetime.fromisoformat(data["made_at"]),
            postgres=str(data["postgres"]),
            vector=str(data["pgvector"]),
            size=int(data["database_bytes"]),
            migrations=[(str(app), str(name)) for app, name in data["migrations"]],
            contents=Contents.from_data(data),
            parts={name: (int(one["bytes"]), str(one["sha256"])) for name, one in data["parts"].items()},
        )


class Writer:
    """Adds members to a backup that is being made, and remembers what the manifest has to tell of them."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.parts: dict[str, tuple[int, str]] = {}

    @contextmanager
    def member(self, name: str) -> Iterator[Callable[[bytes], None]]:
        """A function that takes the bytes of a member, in order."""
        digest, size = hashlib.sha256(), 0
        with self._archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as handle:

            def write(chunk: bytes) -> None:
                nonlocal size
                handle.write(chunk)
                digest.update(chunk)
                size += len(chunk)

            yield write
        self.parts[name] = (size, digest.hexdigest())

    def text(self, name: str, content: str) -> None:
        with self.member(name) as write:
            write(content.encode())


@contextmanager
def written(target: Path, *, overwrite: bool, check: Callable[[Path], None] | None = None) -> Iterator[Writer]:
    """Make the backup ``target``, readable by its owner alone: whole once the block has ended well, else not at all.

    ``check`` is called with the finished file before that gets its name, and may raise. Raises
    :class:`OperationError` where it exists and may not be replaced, or cannot be written.
    """
    if target.exists() and not overwrite:
        raise OperationError(f"{target} is there already: name another file, or add --overwrite")
    draft = target.with_name(f".{target.name}.part")
    try:
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise OperationError(f"{target} cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(handle, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                yield Writer(archive)
            file.flush()
            os.fsync(file.fileno())
        if check:
            check(draft)
        _put_in_place(draft, target, overwrite=overwrite)
    except OSError as error:
        raise OperationError(f"{target} cannot be written: {error.strerror or error}") from None
    finally:
        with contextlib.suppress(OSError):  # the disk may be gone by now, which has been told
            draft.unlink(missing_ok=True)


def _put_in_place(draft: Path, target: Path, *, overwrite: bool) -> None:
    if overwrite:
        draft.replace(target)
    else:
        try:
            os.link(draft, target)  # unlike a rename it replaces nothing
        except FileExistsError:
            raise OperationError(f"{target} is there already: name another file, or add --overwrite") from None
        except OSError:
            # A file system without hard links, such as FAT on a stick.
            if target.exists():
                raise OperationError(f"{target} is there already: name another file, or add --overwrite") from None
            draft.rename(target)
    with contextlib.suppress(OSError):  # some file systems cannot do this for folders
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class Backup:
    """A backup that was opened: checked as a file, its members readable."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        self._archive = archive

    @contextmanager
    def database(self) -> Iterator[IO[bytes]]:
        """The dump, from its beginning."""
        with self._archive.open(DATABASE) as dumped:
            yield dumped

    def settings(self) -> dict[str, Any]:
        with self._archive.open(SETTINGS) as handle:
            found: dict[str, Any] = json.loads(handle.read(LONGEST_TEXT))
        return found


@contextmanager
def opened(path: Path) -> Iterator[Backup]:
    """The backup at ``path``, after all of it was read and compared with what its manifest says.

    Raises :class:`OperationError` where it is none, or is damaged.
    """
    backup, archive = _open(path)
    with archive:
        yield backup


def _open(path: Path) -> tuple[Backup, zipfile.ZipFile]:
    broken = f"{path} is damaged or no backup of scanpix"
    with contextlib.ExitStack() as stack:
        try:
            archive = stack.enter_context(zipfile.ZipFile(path))
            with archive.open(MANIFEST) as handle:
                manifest = Manifest.from_text(handle.read(LONGEST_TEXT))
            for name in (DATABASE, SETTINGS):
                if _measured(archive, name) != manifest.parts[name]:
                    raise OperationError(f"{broken}: {name} is not what it was")
        except FileNotFoundError:
            raise OperationError(f"{path} is not there") from None
        except (zipfile.BadZipFile, KeyError, TypeError, ValueError, EOFError, NotImplementedError) as error:
            raise OperationError(f"{broken} ({error})") from None
        except OSError as error:
            raise OperationError(f"{path} cannot be read: {error.strerror or error}") from None
        stack.pop_all()
    return Backup(path, archive, manifest), archive


def _measured(archive: zipfile.ZipFile, name: str) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with archive.open(name) as handle:
        while chunk := handle.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()
