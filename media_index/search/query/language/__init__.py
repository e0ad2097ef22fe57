"""What the search field understands of a human language: its words, read from a file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from media_index.search.query.lexer import fold, spellings
from media_index.search.query.patterns import Patterns, Rule, compiled

FOLDER = Path(__file__).parent
DEFAULT = "en"


@dataclass(frozen=True, slots=True)
class CompoundRule:
    """The last parts of words of two that it takes apart, the longest first; their first parts, None for any word; and
    whether only a year behind them tells them apart."""

    heads: tuple[str, ...]
    firsts: frozenset[str] | None
    dated: bool


@dataclass(frozen=True, slots=True)
class Compounds:
    """How words of two are told. ``endings`` are all last parts, ``whole`` what only looks like one, ``linking`` the
    letters between the parts, and ``dates`` the first parts that are dates."""

    rules: tuple[CompoundRule, ...]
    endings: tuple[str, ...]
    whole: frozenset[str]
    linking: Mapping[str, str]
    dates: frozenset[str]

    def unlinked(self, first: str) -> str:
        """A first part as a word by itself: ``Hochzeits`` -> ``Hochzeit``."""
        ending = next((one for one in self.linking if first.lower().endswith(one)), None)
        return first if ending is None else first[: len(first) - len(ending)] + self.linking[ending]


@dataclass(frozen=True)
class Language:
    """The tables of a file of this folder; one without any tables is a language of which nothing is known."""

    tables: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
    """As ISO 639 has it: ``de``."""

    @cache  # noqa: B019  # languages are few and live as long as the process
    def words(self, name: str) -> frozenset[str]:
        """The list ``name`` of ``[words]``, folded."""
        return _folded(self.tables.get("words", {}).get(name, ()))

    @cached_property
    def ambiguous(self) -> frozenset[str]:
        return self._ambiguous("words")

    @cached_property
    def persons_to_capitalise(self) -> frozenset[str]:
        return self._ambiguous("persons")

    def _ambiguous(self, name: str) -> frozenset[str]:
        table = self.tables.get("ambiguous", {})
        others = (language(code)._ambiguous(name) for code in table.get("as_in", ()))
        return _folded(table.get(name, ())).union(*others)

    @cached_property
    def spellings(self) -> Mapping[str, str]:
        """What is meant by words that are written in haste, without apostrophes: ``{"ppl": "people"}``."""
        return {key_of(word)[0]: fold(meant) for word, meant in self.tables.get("spellings", {}).items()}

    def meant(self, folded: str) -> str:
        """The word that is meant by a folded one."""
        return self.spellings.get(folded, folded)

    @cached_property
    def possessive(self) -> tuple[str, ...]:
        return tuple(self.tables.get("possessive", ()))

    @cached_property
    def bare_possessive(self) -> tuple[str, ...]:
        return tuple(self.tables.get("bare_possessive", ()))

    @cached_property
    def verb_endings(self) -> tuple[str, ...]:
        return tuple(self.tables.get("verb_endings", ()))

    @cached_property
    def ordinal_endings(self) -> tuple[str, ...]:
        return tuple(self.tables.get("ordinal_endings", ()))

    @cached_property
    def decade_endings(self) -> tuple[str, ...]:
        return tuple(self.tables.get("decade_endings", ()))

    def is_two(self, first: str, second: str) -> bool:
        """Whether a word with a hyphen is two: of a date (``mid-august``, ``mid-2019``), of a measure (``5-star``)."""
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
        entries = self.tables.get(table, {}).items()
        return {form: int(number) for word, number in entries for form in spellings(word)}

    @cache  # noqa: B019
    def named(self, table: str) -> Mapping[tuple[str, ...], str]:
        """What words are called: ``{("working", "days"): "monday..friday"}`` of the table of that name."""
        return {
            key: str(value)
            for value, entry in self.tables.get(table, {}).items()
            for text in (entry["say"] if isinstance(entry, Mapping) else entry)
            for key in keys_of(text)
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
                    after=_folded(table.get("after", ())),
                    not_after=_folded(table.get("not_after", ())),
                    unlisted=table.get("unlisted", False),
                    insists=table.get("insists", False),
                    closed=table.get("closed", False),
                    cued=table.get("cued", False),
                ),
            )

    @cached_property
    def compounds(self) -> Compounds:
        rules = tuple(self._compound_rules())
        endings = tuple(dict.fromkeys(head for rule in rules for head in rule.heads))
        other = self.tables.get("compounds", {})
        dates = self._single_words("seasons", "holidays", "months")
        return Compounds(rules, endings, _folded(other.get("whole", ())), other.get("linking", {}), dates)

    def _compound_rules(self) -> Iterator[CompoundRule]:
        for table in self.tables.get("compound", ()):
            heads = _folded(table.get("heads", ())) | self._single_words(*table.get("tables", ()))
            firsts = self._single_words(*table["firsts"]) if "firsts" in table else None
            ordered = tuple(sorted(heads, key=lambda head: (-len(head), head)))
            yield CompoundRule(ordered, firsts, bool(table.get("dated", False)))

    def _single_words(self, *tables: str) -> frozenset[str]:
        return frozenset(words[0] for table in tables for words in self.named(table) if len(words) == 1)

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """What filters are called in it, by the name that they have: ``{"jahr": "year"}``."""
        return {form: str(key) for name, key in self.tables.get("keys", {}).items() for form in spellings(name)}

    @cache  # noqa: B019
    def values(self, key: str) -> Mapping[str, str]:
        """What values of a filter are called in it: ``{"foto": "photo"}`` of ``type``."""
        entries = self.tables.get("values", {}).get(key, {}).items()
        return {form: str(value) for value, words in entries for word in words for form in spellings(word)}

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(form for word in words for form in spellings(word))


def key_of(text: str) -> tuple[str, ...]:
    """The words of a phrase as they are compared: folded, without apostrophes."""
    return tuple(fold(word).replace("'", "") for word in text.split())


def keys_of(text: str) -> tuple[tuple[str, ...], ...]:
    """As :func:`key_of`, of each way to spell the phrase."""
    return tuple(key_of(form) for form in spellings(text))


@cache
def language(name: str = DEFAULT) -> Language:
    """The language of the file ``NAME.toml`` in this folder."""
    return Language(tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8")), name)


@cache
def known() -> tuple[Language, ...]:
    """All languages there are a file of, English first."""
    names = sorted((file.stem for file in FOLDER.glob("*.toml")), key=lambda name: (name != DEFAULT, name))
    return tuple(language(name) for name in names)


@cache
def read_by(code: str) -> tuple[Language, ...]:
    """What is read for whoever has the portal in the language ``code`` (``de``, ``de-at``): that one first if there is
    a file of it, and English always."""
    own = code.partition("-")[0].lower()
    return tuple(one for one in reversed(known()) if one.code in (own, DEFAULT))


@cache
def named_in_any(table: str) -> Mapping[tuple[str, ...], str]:
    """As :meth:`Language.named`, of all languages. A word of several means what it means in English."""
    return {key: value for one in reversed(known()) for key, value in one.named(table).items()}


@cache
def holidays_of_all() -> Mapping[str, str]:
    """When each holiday is that any language has a name for."""
    return {name: when for one in known() for name, when in one.holidays.items()}
