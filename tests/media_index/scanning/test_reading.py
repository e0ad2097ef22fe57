"""Reading files side by side, in order, with an end to every wait."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from typing import BinaryIO

import pytest

from media_index.scanning import reading
from media_index.scanning.diff import ToRead
from media_index.scanning.fingerprint import Fingerprint
from media_index.scanning.reading import AHEAD, THREADS, Limits, read_files
from media_index.sources.base import Entry
from media_index.sources.folder import FolderSource
from media_index.sources.patience import HangingError
from tests.waiting import PATIENCE, until


class Shelf(FolderSource):
    """Files in memory, whose opening may hang."""

    def __init__(self, hanging: frozenset[bytes] = frozenset(), *, together: bool = False) -> None:
        super().__init__("/shelf")
        self.hanging = hanging
        self.gate = threading.Event()
        self.together = together
        self.open_now = 0
        self.most = 0
        self.opened: list[bytes] = []

    def open(self, raw_path: bytes) -> BinaryIO:
        self.open_now += 1
        self.most = max(self.most, self.open_now)
        self.opened.append(raw_path)
        try:
            if raw_path in self.hanging:
                self.gate.wait(PATIENCE)
            if self.together:
                until(lambda: self.most > 1)
            return io.BytesIO(raw_path)
        finally:
            self.open_now -= 1


def files(count: int) -> list[ToRead]:
    names = [b"%03d" % number for number in range(count)]
    return [ToRead(at, Entry(name, len(name), 1), name, None) for at, name in enumerate(names)]


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    made = Shelf(frozenset({b"002"}))
    yield made
    made.gate.set()


def test_in_order_and_some_at_once() -> None:
    shelf = Shelf(together=True)
    found = list(read_files(shelf, files(40), Limits(), place="/shelf/one"))
    assert [each.head for each in found if isinstance(each, Fingerprint)] == [file.path_hash for file in files(40)]
    assert 1 < shelf.most <= THREADS


def test_a_long_one_does_not_keep_the_others_waiting(shelf: Shelf) -> None:
    reads = read_files(shelf, files(40), Limits(), place="/shelf/two")
    assert [next(reads), next(reads)]
    opener = threading.Thread(target=lambda: [until(lambda: len(shelf.opened) >= AHEAD), shelf.gate.set()])
    opener.start()
    assert isinstance(next(reads), Fingerprint)
    opener.join()
    assert len(list(reads)) == 37


def test_one_that_hangs_ends_the_reading(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = read_files(shelf, files(5), Limits(), place="/shelf/three")
    assert [next(reads), next(reads)]
    monkeypatch.setattr(reading, "STUCK_SECONDS", 0.3)
    with pytest.raises(HangingError, match="/shelf/three"):
        next(reads)


def test_none_is_begun_when_the_time_is_over() -> None:
    shelf = Shelf()
    assert len(list(read_files(shelf, files(5), Limits(until=0.0), place="/shelf/four"))) == 1
