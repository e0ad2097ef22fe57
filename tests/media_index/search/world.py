"""The household that the tables of phrases speak of: its names, the day it is, all filters there will be."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from media_index.search.query import values
from media_index.search.query.ast import Query
from media_index.search.query.language import read_by
from media_index.search.query.names import Vocabulary
from media_index.search.query.parser import parse

TODAY = date(2026, 11, 22)
KEYS = frozenset(
    {
        "type", "taken", "year", "month", "day", "weekday", "time", "holiday", "before", "after", "added", "camera",
        "lens", "iso", "f", "mm", "width", "height", "mp", "shape", "color", "path", "filename", "source", "ext",
        "size", "duration", "has", "near", "country", "city", "place", "tag", "album", "rating", "favorite", "label",
        "caption", "title", "text", "person", "with", "without", "only", "faces", "similar", "id", "in", "is",
    }
)  # fmt: skip
PLACES = ("Lisbon", "Porto", "Paris", "Berlin", "New York", "Lake Garda", "Nice", "Portugal")
VOCABULARY = Vocabulary.of(
    [
        *(
            (text, "person", person)
            for person, texts in {
                "Anna": ["Anna"], "Ben": ["Ben"], "Carl": ["Carl", "Charly"], "Dora": ["Dora"], "April": ["April"],
                "Grandma Rose": ["Grandma Rose", "Grandma", "Oma"], "Mary Ann": ["Mary Ann"],
                "Lisa Müller": ["Lisa Müller", "Lisa"],
            }.items()
            for text in texts
        ),
        *((name, "place", name) for name in PLACES),
        *((name, "album", name) for name in ("Summer 24", "Wedding", "Best of Ben")),
        *((name, "tag", name) for name in ("garden", "to print")),
        *((name, "camera", name) for name in ("Pixel 7", "iPhone 14", "Canon EOS R6")),
    ]
)  # fmt: skip
GERMAN_NAMES = [
    ("Lissabon", "place", "Lisbon"), ("Gardasee", "place", "Lake Garda"), ("München", "place", "Munich"),
    ("Munich", "place", "Munich"), ("Italien", "place", "Italy"), ("Italy", "place", "Italy"),
    ("Österreich", "place", "Austria"), ("Austria", "place", "Austria"), ("Urlaub", "album", "Urlaub"),
    ("Garten", "tag", "Garten"), ("Opa", "person", "Opa"),
]  # fmt: skip
GERMAN_VOCABULARY = Vocabulary.of([*((one.text, one.key, one.value) for one in VOCABULARY.names), *GERMAN_NAMES])
READERS = {"type": values.kinds, "taken": values.moments, "year": values.years, "month": values.months}


@dataclass(frozen=True)
class Case:
    who: str
    query: str
    tree: str
    problems: tuple[int, ...]


def check(key: str, value: str) -> None:
    if not value.strip():
        raise ValueError("wants a value")
    if key in READERS:
        READERS[key](value)


def understood(query: str) -> Query:
    return parse(query, KEYS, VOCABULARY, today=TODAY, check=check)


def understood_in_german(query: str) -> Query:
    """As for a member whose portal is German."""
    return parse(query, KEYS, GERMAN_VOCABULARY, today=TODAY, languages=read_by("de"), check=check)


@cache
def cases(name: str) -> tuple[Case, ...]:
    """The lines of a table beside this file. A tree is followed by ``!N`` for every problem at position N."""
    return tuple(_cases(Path(__file__).with_name(name)))


def _cases(path: Path) -> Iterator[Case]:
    lines = (line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    for who, query, said in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
        words = said.split(" ")
        marks = [word for word in words if word.startswith("!") and word[1:].isdigit()]
        yield Case(who, query, " ".join(words[: len(words) - len(marks)]), tuple(int(mark[1:]) for mark in marks))
