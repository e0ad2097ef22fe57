"""A folder of real files, and its source."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import BinaryIO

import pytest

from media_index.models import Location, Scan, Source
from media_index.readers import reader_for
from media_index.scanning.scan import scan_run
from media_index.sources.base import SourceReader
from media_index.sources.folder import FolderSource
from media_index.sources.patient import PatientSource
from tests.factories import SourceFactory


class Album:
    """Files below a folder, each with a content of its own unless told."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        self._time = int(time.time()) - 1_000_000

    def put(self, path: str | bytes, content: bytes | None = None) -> Path:
        """Write a file, later than the ones before."""
        file = self.root / os.fsdecode(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"content of " + os.fsencode(path) if content is None else content)
        self._time += 10
        os.utime(file, (self._time, self._time))
        return file


class CountingSource(FolderSource):
    """Notes which files are opened; those in ``refused`` raise what is told there."""

    opened: list[bytes]
    refused: dict[bytes, OSError]

    def open(self, raw_path: bytes) -> BinaryIO:
        self.opened.append(raw_path)
        if raw_path in self.refused:
            raise self.refused[raw_path]
        return super().open(raw_path)


class Readers:
    """Makes counting readers and keeps what they count."""

    def __init__(self) -> None:
        self.opened: list[bytes] = []
        self.refused: dict[bytes, OSError] = {}

    def __call__(self, source: Source, followed: dict[str, str]) -> SourceReader:
        usual = reader_for(source, followed)
        assert isinstance(usual, PatientSource)
        usual.inner.__class__ = CountingSource
        usual.inner.opened, usual.inner.refused = self.opened, self.refused  # type: ignore[attr-defined]
        return usual


@pytest.fixture
def album(tmp_path: Path) -> Album:
    return Album(tmp_path / "album")


@pytest.fixture
def source(album: Album, db: None) -> Source:
    return SourceFactory(root=str(album.root))


@pytest.fixture
def readers() -> Readers:
    return Readers()


def scanned(source: Source, readers: Readers | None = None) -> Scan:
    """A whole scan, which must end well."""
    scan = scan_run(source, readers=readers or reader_for)
    assert scan.state == Scan.State.FINISHED, scan.detail
    return scan


def counts(scan: Scan) -> dict[str, int]:
    """What the scan counted, without the zeros."""
    names = ("seen", "added", "changed", "moved", "gone", "unreadable")
    return {name: getattr(scan, name) for name in names if getattr(scan, name)}


def live(source: Source) -> dict[str, int | None]:
    """The media of every live location, by path."""
    return dict(Location.objects.filter(source=source, gone_at=None).values_list("path", "media_id"))
