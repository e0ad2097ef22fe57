"""Patterns of words with slots, compiled into one tree per family, so that all of them are tried in one walk. Pure.

Their notation is told at the top of ``language/en.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from media_index.search.query.lexer import spellings

PART = re.compile(r"<\w+>|\{\w+\}|\[[^\]]*\]|<=?|[^\s<{\[]+")
MOST_VARIANTS = 4000
"""A pattern of more spellings than this is a mistake in the file."""
SLOTS_AFTER_COMMA = frozenset({"year", "day"})
"""A comma may stand before these: "June 5th, 2020"."""
ALIASES = {
    "plus": "n", "decade_word": "decade", "decade_word2": "decade2", "turn": "year", "each_weekday": "weekday",
    "each_daypart": "daypart",
}  # fmt: skip
"""Slots that are other ways to write another one."""
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a pattern means: the ``operation`` on a date, or the templates of ``filters``; and where it holds."""

    operation: str = ""
    filters: tuple[str, ...] = ()
    number: int | None = None
    after: frozenset[str] = frozenset()
    not_after: frozenset[str] = frozenset()
    closed: bool = False
    cued: bool = False
    unlisted: bool = False
    insists: bool = False


@dataclass(slots=True)
class Patterns:
    """A node of the tree: by the next word, by the next slot, and the rules that end here."""

    words: dict[str, Patterns] = field(default_factory=dict)
    slots: dict[str, Patterns] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Match:
    """``rule`` holds for the words up to ``end`` (exclusive), with these values of its slots."""

    rule: Rule
    end: int
    values: Values


Slot = Callable[[str, int], Iterable[tuple[int, Any]]]
"""What a slot takes at a place: pairs of the end and the value."""
WordAt = Callable[[int], str | None]
"""The word at a place as patterns compare it; None where there is none."""


def compiled(rules: Iterable[tuple[Sequence[str], Rule]], macros: Mapping[str, Sequence[str]]) -> Patterns:
    """The tree of patterns. Raises :class:`ValueError` for a macro that is not there or a pattern of too many forms."""
    root = Patterns()
    for says, rule in rules:
        for say in says:
            for form in _forms(say, macros):
                node = root
                for part in form:
                    branches = node.slots if part.startswith("{") else node.words
                    node = branches.setdefault(part.strip("{}"), Patterns())
                if rule not in node.rules:
                    node.rules.append(rule)
    return root


def _forms(say: str, macros: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Every spelling of a pattern as a list of words and ``{slots}``."""
    choices = [list(_choices(part, macros)) for part in PART.findall(say)]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > MOST_VARIANTS:
        raise ValueError(f"the pattern {say!r} has {count} forms; write it as several")
    for combination in product(*choices):
        yield [word for words in combination for word in words]


def _choices(part: str, macros: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    if part.startswith("["):
        yield []
        yield from _forms(part[1:-1], macros)
    elif part.startswith("<") and part.endswith(">"):
        if part[1:-1] not in macros:
            raise ValueError(f"no macro is called {part}")
        for line in macros[part[1:-1]]:
            yield from _forms(line, macros)
    elif part.startswith("{"):
        yield [part]
    else:
        yield from ([form.replace("'", "")] for word in part.split("|") for form in spellings(word))


def matches(
    root: Patterns, start: int, word_at: WordAt, slot: Slot, is_comma: Callable[[int], bool]
) -> Iterator[Match]:
    """Every way to read the words from ``start`` on by one of the patterns."""
    waiting: list[tuple[Patterns, int, Values]] = [(root, start, {})]
    while waiting:
        node, place, values = waiting.pop()
        yield from (Match(rule, place, values) for rule in node.rules)
        word = "," if is_comma(place) else word_at(place)
        if word is not None and word in node.words:
            waiting.append((node.words[word], place + 1, values))
        for name, branch in node.slots.items():
            skip = 1 if name in SLOTS_AFTER_COMMA and place > start and is_comma(place) else 0
            for end, value in slot(name, place + skip):
                waiting.append((branch, end, {**values, ALIASES.get(name, name): value}))
