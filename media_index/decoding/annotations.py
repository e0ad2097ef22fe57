"""What people wrote into a file: the keywords, ratings, titles and descriptions of its XMP, as they stand there.

The names of properties are those of the XMP specification (ISO 16684-1 and Adobe's part 2), of the namespaces of
Lightroom and digiKam, and of Microsoft's "Photo Metadata Policies". Here an XML parser reads them (expat), as lists,
languages and prefixes of a program's own are beyond patterns. It is fed so that nothing explodes: of a document type,
where alone entities are declared, reading ends; any other entity is text; and all that is kept is bounded.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from typing import Any
from xml.parsers import expat

TITLE, DESCRIPTION, SUBJECT = "dc:title", "dc:description", "dc:subject"
RATING, MICROSOFT_RATING = "xmp:Rating", "MicrosoftPhoto:Rating"
LIGHTROOM, DIGIKAM, MICROSOFT = "lr:hierarchicalSubject", "digiKam:TagsList", "MicrosoftPhoto:LastKeywordXMP"
LISTS = frozenset({SUBJECT, LIGHTROOM, DIGIKAM, MICROSOFT})
"""Properties that hold any number of texts; they come as a tuple. Of the others a text comes."""
PROPERTIES = LISTS | {TITLE, DESCRIPTION, RATING, MICROSOFT_RATING}

MAX_BYTES = 1_048_576
"""Of a packet so much is read: one with masks and a history of edits has some 500 kB."""
MAX_TEXT = 10_000
"""Characters of one text; IPTC allows 2,000 for a description."""
MAX_LIST_TEXT = 10_000
"""Characters of one list: all of it goes through the pipe of a decoder in one header."""
MAX_ITEMS = 500
"""Texts of one list; photo agencies ask for 50."""

_PREFIXES = {
    "http://purl.org/dc/elements/1.1": "dc",
    "http://ns.adobe.com/xap/1.0": "xmp",
    "http://ns.adobe.com/lightroom/1.0": "lr",
    "http://www.digikam.org/ns/1.0": "digiKam",
    "http://ns.microsoft.com/photo/1.0": "MicrosoftPhoto",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
}
"""The prefix that each namespace is known by here, by its address without a slash at the end."""
_RDF, _DESCRIPTION, _ITEM = "rdf:RDF", "rdf:Description", "rdf:li"
_DEFAULT_LANGUAGE = "x-default"
_LOOSE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")
_CONTROL = dict.fromkeys((code for code in range(32) if code not in (9, 10, 13)), " ")
_DECLARED = re.compile(r"\A\s*<\?xml\s[^<>]{0,200}\?>")


class _EndError(Exception):
    """Nothing more is to be read."""


def read_annotations(packet: object) -> dict[str, Any]:
    """The properties of :data:`PROPERTIES` in an XMP packet: a text, or a tuple of texts for :data:`LISTS`.

    ``packet`` is ``str``, or ``bytes`` in UTF-8 or UTF-16; what is neither gives an empty dict. Of a broken one comes
    what stands before the place where it breaks.
    """
    text = _decoded(packet)
    if not text:
        return {}
    reader = _Reader()
    try:
        reader.parser.Parse(text.encode("utf-8"), True)
    except (expat.ExpatError, _EndError, ValueError):
        return reader.found
    return reader.found


def _decoded(packet: object) -> str:
    if isinstance(packet, bytes):
        wide = packet[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        packet = packet[:MAX_BYTES].decode("utf-16" if wide else "utf-8", "replace")
    if not isinstance(packet, str):
        return ""
    text = packet[:MAX_BYTES].removeprefix("\ufeff").encode("utf-8", "replace").decode("utf-8")
    return _LOOSE.sub("&amp;", _DECLARED.sub("", text.translate(_CONTROL)))


class _Reader:
    """Follows the elements of a packet down to the properties of the picture itself, and no further: of what else a
    packet tells (regions, the files that it was made of) titles and descriptions stand deeper."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self._prefixes = {prefix: prefix for prefix in _PREFIXES.values()} | {"xap": "xmp"}
        self._depth = 0
        self._rdf = 0
        self._property = ""
        self._items: list[str] = []
        self._parts: list[str] = []
        self._best = False
        self._used = 0

    def _refuse(self, *_declared: object) -> None:
        raise _EndError

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        for key, value in attributes.items():
            if key.startswith("xmlns:"):
                self._prefixes[key[6:]] = _PREFIXES.get(value.strip().rstrip("/"), "")
        name = self._known(name)
        if not self._rdf:
            self._rdf = self._depth if name == _RDF else 0
        elif self._depth == self._rdf + 1 and name == _DESCRIPTION:
            for key, value in attributes.items():
                self._keep(self._known(key), value)
        elif self._depth == self._rdf + 2:
            self._property = name if name in PROPERTIES else ""
            self._items, self._parts, self._best, self._used = [], [], False, 0
        elif self._property and name == _ITEM:
            self._parts = []
            self._best = attributes.get("xml:lang", "").lower() == _DEFAULT_LANGUAGE

    def _end(self, name: str) -> None:
        if self._property and self._depth == self._rdf + 2:
            self._keep(self._property, *(self._items or ["".join(self._parts)]))
            self._property = ""
        elif self._property and self._known(name) == _ITEM:
            text = "".join(self._parts).strip()[:MAX_TEXT]
            self._parts = []
            if text and len(self._items) < MAX_ITEMS and self._used + len(text) <= MAX_LIST_TEXT:
                self._used += len(text)
                # Of a text in several languages the one for all readers stands first.
                self._items.insert(0 if self._best else len(self._items), text)
        self._depth -= 1

    def _text(self, text: str) -> None:
        if self._property:
            self._parts.append(text)

    def _known(self, name: str) -> str:
        """A name with the prefix that its namespace is known by here."""
        prefix, colon, local = name.partition(":")
        return f"{self._prefixes.get(prefix, '')}:{local}" if colon else name

    def _keep(self, name: str, *texts: str) -> None:
        """The first of two where a packet tells twice."""
        told = tuple(text.strip()[:MAX_TEXT] for text in texts if text.strip())
        if name in PROPERTIES and told and name not in self.found:
            self.found[name] = told if name in LISTS else told[0]
