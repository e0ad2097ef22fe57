"""What the search field understands of a human language: its words, read from a file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from media_index.search.query.lexer import fold
from media_index.search.query.patterns import Patterns, Rule, compiled

FOLDER = Path(__file__).parent
DEFAULT = "en"


@dataclass(frozen=True)
class Language:
    """The tables of a file of this folder; one without any tables is a language of which nothing is known."""

    tables: Mapping[str, Any] = field(default_factory=dict)

    @cache  # noqa: B019  # languages are few and live as long as the process
    def words(self, name: str) -> frozenset[str]:
        """The list ``name`` of ``[words]``, folded."""
        return frozenset(fold(word) for word in self.tables.get("words", {}).get(name, ()))

    @cached_property
    def ambiguous(self) -> frozenset[str]:
        return frozenset(fold(word) for word in self.tables.get("ambiguous", {}).get("words", ()))

    @cached_property
    def persons_to_capitalise(self) -> frozenset[str]:
        return frozenset(fold(word) for word in self.tables.get("ambiguous", {}).get("persons", ()))

    @cached_property
    def possessive(self) -> tuple[str, ...]:
        return tuple(self.tables.get("possessive", ()))

    @cached_property
    def ordinal_endings(self) -> tuple[str, ...]:
        return tuple(self.tables.get("ordinal_endings", ()))

    @cached_property
    def decade_endings(self) -> tuple[str, ...]:
        return tuple(self.tables.get("decade_endings", ()))

    def is_two(self, first: str, second: str) -> bool:
        """Whether a word with a hyphen is two: of a date (``mid-august``, ``mid-2019``) or of a measure (``5-star``)."""
        if second in self.words("counted"):
            return first.isdigit() or first in self.numbers("numbers")
        known = second.isdigit() or any((second,) in self.named(table) for table in ("months", "seasons", "decades"))
        return known and first in self.words("hyphened")

    @property
    def day_first(self) -> bool:
        """Whether 5/6 is the fifth of June."""
        return bool(self.tables.get("day_first", True))

    @cache  # noqa: B019
    def numbers(self, table: str) -> Mapping[str, int]:
        """Words for numbers (``numbers``) or places in a row (``ordinals``)."""
        return {fold(word): int(number) for word, number in self.tables.get(table, {}).items()}

    @cache  # noqa: B019
    def named(self, table: str) -> Mapping[tuple[str, ...], str]:
        """What words are called: ``{("working", "days"): "monday..friday"}`` of the table of that name."""
        return {
            key_of(text): str(value)
            for value, entry in self.tables.get(table, {}).items()
            for text in (entry["say"] if isinstance(entry, Mapping) else entry)
        }

    @cache  # noqa: B019
    def openers(self, table: str) -> Mapping[str, int]:
        """The first words of what is called something in a table, each with the words of the longest."""
        longest: dict[str, int] = {}
        for words in self.named(table):
            longest[words[0]] = max(longest.get(words[0], 0), len(words))
        return longest

    @cached_property
    def holidays(self) -> Mapping[str, str]:
        """When each holiday is, in the notation of :mod:`media_index.search.query.calendar`."""
        return {name: str(entry["when"]) for name, entry in self.tables.get("holidays", {}).items()}

    @cached_property
    def measures(self) -> Mapping[str, Mapping[str, str]]:
        """Per kind of measure, what its units are called: ``{"size": {"megabyte": "mb"}}``."""
        return {
            kind: {key_of(word)[0]: str(unit) for unit, words in units.items() for word in words}
            for kind, units in self.tables.get("measures", {}).items()
        }

    @cache  # noqa: B019
    def patterns(self, family: str) -> Patterns:
        """The compiled patterns of one of the families: phrase, year, date, bound, start, idiom, take_away."""
        return compiled(self._rules(family), self.tables.get("macros", {}))

    def _rules(self, family: str) -> Iterator[tuple[Sequence[str], Rule]]:
        tables = self.tables.get(family, [])
        for table in [tables] if isinstance(tables, Mapping) else tables:
            filters = table.get("filter", ())
            yield (
                table["say"],
                Rule(
                    operation=table.get("is", ""),
                    filters=(filters,) if isinstance(filters, str) else tuple(filters),
                    number=table.get("n"),
                    after=frozenset(fold(word) for word in table.get("after", ())),
                    not_after=frozenset(fold(word) for word in table.get("not_after", ())),
                    unlisted=table.get("unlisted", False),
                    closed=table.get("closed", False),
                    cued=table.get("cued", False),
                ),
            )

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other


def key_of(text: str) -> tuple[str, ...]:
    """The words of a phrase as they are compared: folded, without apostrophes."""
    return tuple(fold(word).replace("'", "") for word in text.split())


@cache
def language(name: str = DEFAULT) -> Language:
    """The language of the file ``NAME.toml`` in this folder."""
    return Language(tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8")))
