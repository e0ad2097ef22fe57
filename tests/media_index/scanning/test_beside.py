"""Which files what stands beside them tells of."""

from __future__ import annotations

from media_index.scanning.beside import is_beside, told_of
from media_index.sources.base import Entry


def test_each_tells_of_those_that_it_is_called_after_in_its_folder() -> None:
    paths = (
        b"a.jpg",
        b"a.CR2",
        b"a.xmp",
        b"a.jpg.json",
        b"b.jpg",
        b"b/a.xmp",
        b"b/\xff.jpg",
        b"b/\xff.jpg.xmp",
        b"c.json",
    )
    assert told_of(Entry(path, 1, 1) for path in paths) == {
        b"a.xmp": [b"a.jpg", b"a.CR2"],
        b"a.jpg.json": [b"a.jpg"],
        b"b/a.xmp": [],
        b"b/\xff.jpg.xmp": [b"b/\xff.jpg"],
        b"c.json": [],
    }
    assert told_of([Entry(b"a.jpg", 1, 1)]) == {}
    assert is_beside(b"A.XMP")
    assert not is_beside(b"xmp")
