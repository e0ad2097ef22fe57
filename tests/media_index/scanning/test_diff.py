"""Telling apart what is new, changed, back, or as it was."""

from __future__ import annotations

import pytest

from media_index.scanning.diff import AsBefore, Known, compare, hashed
from media_index.scanning.fingerprint import PATH_HASH_BYTES, path_hash
from media_index.sources.base import Entry

ENTRY = Entry(b"a.jpg", 10, 20)


def one(known: Known | None) -> tuple[list[AsBefore], list[int | None]]:
    rows = {} if known is None else {path_hash(ENTRY.raw_path): known}
    diff = compare(rows, [ENTRY], hashed([ENTRY]), scan=1)
    return diff.as_before, [file.known.pk if file.known else None for file in diff.to_read]


def test_a_path_never_seen_is_read() -> None:
    assert one(None) == ([], [None])


@pytest.mark.parametrize("gone", [False, True])
def test_same_size_and_time_is_as_before(gone: bool) -> None:
    assert one(Known(7, 10, 20, 3, gone=gone)) == ([AsBefore(0, 7, b"", 3, gone)], [])


@pytest.mark.parametrize(
    "known",
    [
        Known(7, 11, 20, 3),
        Known(7, 10, 21, 3),
        Known(7, 10, 20, None),
        Known(7, 10, 20, 3, problem="unreadable"),
        Known(7, 11, 20, 3, gone=True),
    ],
)
def test_anything_else_is_read(known: Known) -> None:
    assert one(known) == ([], [7])


def test_positions_are_those_of_the_chunk() -> None:
    entries = [Entry(name, 1, 1) for name in (b"a", b"b", b"c", b"d")]
    known = {path_hash(name): Known(9, 1, 1, 1) for name in (b"b", b"c")}
    diff = compare(known, entries, hashed(entries), scan=1)
    assert [item.position for item in diff.as_before] == [1, 2]
    assert [(file.position, file.entry.raw_path) for file in diff.to_read] == [(0, b"a"), (3, b"d")]


def test_path_hashes_tell_unicode_forms_apart() -> None:
    composed, decomposed = "\u00e9".encode(), "e\u0301".encode()
    assert path_hash(composed) != path_hash(decomposed)
    assert len(path_hash(composed)) == PATH_HASH_BYTES
