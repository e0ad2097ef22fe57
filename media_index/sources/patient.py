"""A source whose disk or server may stop answering at any moment: every call ends, in time or with an error."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from media_index.sources.base import Listing, SourceReader
from media_index.sources.patience import Call, outcome, patiently

ANSWER_SECONDS = 60.0
"""Disks that sleep take some 10 s to spin up, and several of them do it one after the other."""
TOGETHER = 5_000
"""Files that are listed by one call: a thread for every folder would cost more than a small folder does."""
FOLDERS_TOGETHER = 1_000


class PatientSource:
    """Wraps ``inner`` so that whatever takes longer than ``seconds`` raises
    :class:`media_index.sources.patience.HangingError`. ``place`` is named in it."""

    def __init__(self, inner: SourceReader, place: str, *, seconds: float = ANSWER_SECONDS) -> None:
        self.inner = inner
        self.place = place
        self.seconds = seconds

    @property
    def followed(self) -> dict[str, str]:
        return self.inner.followed

    def check(self) -> None:
        patiently(self.place, self.inner.check, seconds=self.seconds)

    def is_empty(self) -> bool:
        return patiently(self.place, self.inner.is_empty, seconds=self.seconds)

    def listings(self, after: bytes | None = None) -> Iterator[Listing]:
        walk = patiently(self.place, lambda: self.inner.listings(after), seconds=self.seconds)
        call = Call(lambda: _batch(walk))
        while batch := outcome(self.place, call, seconds=self.seconds):
            # The next ones are listed while these are dealt with.
            call = Call(lambda: _batch(walk))
            yield from batch

    def listing(self, raw_path: bytes) -> Listing | None:
        return patiently(self.place, lambda: self.inner.listing(raw_path), seconds=self.seconds)

    def open(self, raw_path: bytes) -> BinaryIO:
        """As ``inner`` does, without a limit: reading is watched by who reads (:mod:`media_index.scanning.reading`)."""
        return self.inner.open(raw_path)

    def local_path(self, raw_path: bytes) -> bytes | None:
        return self.inner.local_path(raw_path)


def _batch(walk: Iterator[Listing]) -> list[Listing]:
    batch: list[Listing] = []
    files = 0
    for listing in islice(walk, FOLDERS_TOGETHER):
        batch.append(listing)
        files += len(listing.files)
        if files >= TOGETHER:
            break
    return batch
