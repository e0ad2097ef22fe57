"""The names that free text may mean: persons, places, albums, tags, cameras. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product

from media_index.search.query.lexer import UMLAUTS, fold

LONGEST = 8
"""Words of a name that are compared; a name of more is never found in free text."""
_SEPARATORS = re.compile(r'[\s,;()|"“”„]+')
_ENDING = re.compile(r"[.!?…]+\Z")


@dataclass(frozen=True, slots=True)
class Name:
    """``text`` is what people type, a name or an alias; it means the filter ``key:value``."""

    text: str
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Called:
    """The words up to ``end`` (exclusive) are these names; ``possessive`` where its ending was taken off."""

    end: int
    names: tuple[Name, ...]
    possessive: bool


@dataclass(frozen=True)
class Vocabulary:
    """Names, found by their words without regard to case, accents and apostrophes. Make one and keep it."""

    names: tuple[Name, ...] = ()
    _by_words: dict[tuple[str, ...], list[Name]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _longest: dict[str, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in self.names:
            for words in _spellings(name.text):
                known = self._by_words.setdefault(words, [])
                if not any((one.key, one.value) == (name.key, name.value) for one in known):
                    known.append(name)
                self._longest[words[0]] = max(self._longest.get(words[0], 0), len(words))

    @classmethod
    def of(cls, names: Iterable[tuple[str, str, str]]) -> Vocabulary:
        """From rows of text, key and value."""
        return cls(tuple(Name(*row) for row in names))

    def at(self, place: int, forms: Callable[[int], tuple[str, ...]]) -> Iterator[Called]:
        """Every name that begins at ``place``. ``forms`` gives a word there as it is, then without the ending of a
        possessive; nothing where there is no word."""
        for count_of_first, first in enumerate(forms(place)):
            words: list[str] = [first]
            for length in range(1, self._longest.get(first, 0) + 1):
                if length == 1:
                    yield from self._called(tuple(words), place + 1, count_of_first > 0)
                elif count_of_first:
                    break
                else:
                    last = forms(place + length - 1)
                    for number, form in enumerate(last):
                        yield from self._called((*words, form), place + length, number > 0)
                    if not last:
                        break
                    words.append(last[0])

    def begins_with(self, word: str) -> bool:
        """Whether any name begins with this word, folded."""
        return word in self._longest

    def _called(self, words: tuple[str, ...], end: int, possessive: bool) -> Iterator[Called]:
        names = self._by_words.get(words)
        if names:
            yield Called(end, tuple(names), possessive)


def words_of(text: str) -> tuple[str, ...]:
    """A name as its words are compared: folded, without apostrophes and the punctuation around them."""
    pieces = (_ENDING.sub("", piece) for piece in _SEPARATORS.split(fold(text).replace("'", "").replace("&", " & ")))
    return tuple(piece for piece in pieces if piece)[:LONGEST]


def _spellings(text: str) -> set[tuple[str, ...]]:
    """``Anna-Lena Müller``: with and without the hyphen, as one word, with ü as u or ue."""
    hyphens = {text, text.replace("-", " "), text.replace("-", "")}
    return {words for one, umlauts in product(hyphens, ({}, UMLAUTS)) if (words := words_of(one.translate(umlauts)))}
