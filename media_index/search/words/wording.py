"""The words of a query as they are compared with the words of labels, file names and other texts. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from media_index.search.query.lexer import fold

_SMALL = (
    "a an and are as at be by for from has have his her he i in is it its my near next no not of on or our over photo "
    "photos photograph picture pictures image images she some that the their them there they this to two under up was "
    "we were with you your am auf aus bei das dem den der die ein eine einem einen einer im mein meine mit und unter "
    "vom von zu zum zur"
)
SMALL = frozenset(_SMALL.split())
"""Words that say nothing of what is in a picture, in English and in German."""
SHORTEST_STEM = 3
"""Letters that must be left of a word when the ending of its plural is taken off."""
SHORTEST_PREFIX = 4
"""Letters from which on a word may be the beginning of a longer one: "birth" of "birthday", not "cat" of "catering"."""
SHORTEST_TYPO = 5
"""Letters from which on a word may be mistyped: most words of four are one letter away from another."""
SAME_ENOUGH = 0.42
"""Trigram similarity from which on two words are one, mistyped: "lisbn" and "lisbon" have 0.44, "lisabon" 0.5,
"chirstmas" 0.43; but "candle" and "handle" 0.4, "beach" and "peach", "house" and "horse" 0.33."""
WHOLE, BEGINNING, TYPO = 1.0, 0.6, 0.5
"""How much a word counts that is found whole, as the beginning of another, or mistyped. Chosen so that one whole word
counts more than a beginning and less than two; there is no data on names of files to fit them to."""
MOST = 12
"""Words of a query that are looked for; a sentence of more tells more by its meaning."""
OTHER_THINGS = frozenset(
    {
        "bee eater", "bell pepper", "box turtle", "chain mail", "custard apple", "guinea pig", "horse chestnut",
        "hot dog", "house finch", "king crab", "king penguin", "prairie chicken", "rock crab", "rock python",
        "rose hip", "sea cucumber", "sea lion", "snow leopard", "spaghetti squash", "tiger cat", "tiger shark",
    }
)  # fmt: skip
"""Labels of the classifier that are not what one of their words means: they count only where all are asked for."""
_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """The words of a text, folded: what stands between signs and spaces."""
    return _WORD.findall(fold(text))


@lru_cache(maxsize=4096)
def _there(text: str) -> frozenset[str]:
    """The words of a label or a path, which come again and again."""
    return frozenset(words_of(text))


@lru_cache(maxsize=4096)
def forms(word: str) -> frozenset[str]:
    """A word, its singular and its plural: ``boxes`` -> ``box``, ``boxs``, ``boxes``, ``boxe`` ..."""
    stems = {word, *(word[: -len(end)] for end in ("s", "es") if word.endswith(end))}
    long = {stem for stem in stems if stem == word or len(stem) >= SHORTEST_STEM}
    return frozenset(stem + end for stem in long for end in ("", "s", "es"))


def trigrams(word: str) -> frozenset[str]:
    """As pg_trgm makes them of one word: two spaces before it, one behind."""
    padded = f"  {word} "
    return frozenset(padded[place : place + 3] for place in range(len(padded) - 2))


def similarity(one: str, other: str) -> float:
    """The share of trigrams that two words have in common, 0 to 1, as pg_trgm's ``similarity``."""
    these, those = trigrams(one), trigrams(other)
    return len(these & those) / len(these | those)


@dataclass(frozen=True)
class Wording:
    """One way to say what is looked for: its telling words, folded."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Wording:
        """Small words count only where there are no others."""
        found = list(dict.fromkeys(words_of(text)))
        return cls(tuple([word for word in found if word not in SMALL] or found)[:MOST])

    @cached_property
    def forms(self) -> tuple[frozenset[str], ...]:
        return tuple(forms(word) for word in self.words)

    def named_by(self, labels: Iterable[tuple[str, float]]) -> float:
        """What labels (name, probability) say for it, 0 to 1: the square root of the sum of the probabilities of those
        that share a word, for each word, over the square of their number. Of a sentence a label names little."""
        sums = [0.0] * len(self.words)
        for name, score in labels:
            if self.shares_with(name):
                there = _there(name)
                for place, wanted in enumerate(self.forms):
                    if not wanted.isdisjoint(there):
                        sums[place] += score
        return float(sum(min(one, 1.0) ** 0.5 for one in sums)) / max(len(sums), 1) ** 2

    def is_whole_in(self, text: str) -> bool:
        """Whether all of its words stand in the text, in the singular or the plural."""
        there = _there(text)
        return bool(self.words) and all(not wanted.isdisjoint(there) for wanted in self.forms)

    def shares_with(self, label: str) -> bool:
        """Whether the label names something of it: all of it, for one of :data:`OTHER_THINGS`."""
        there = _there(label)
        if label in OTHER_THINGS:
            return all(any(word in wanted for wanted in self.forms) for word in there)
        return any(not wanted.isdisjoint(there) for wanted in self.forms)

    def is_named_by(self, label: str) -> bool:
        """Whether the label names all of it."""
        return self.is_whole_in(label) and self.shares_with(label)

    def share_in(self, text: str) -> float:
        """How much of it stands in the text, 0 to 1: the mean over its words of :data:`WHOLE`, :data:`BEGINNING`,
        :data:`TYPO` or nothing."""
        there = _there(text)
        found = (_found(word, wanted, there) for word, wanted in zip(self.words, self.forms, strict=True))
        return sum(found) / max(len(self.words), 1)


def _found(word: str, wanted: frozenset[str], there: Collection[str]) -> float:
    if not wanted.isdisjoint(there):
        return WHOLE
    if len(word) >= SHORTEST_PREFIX and any(other.startswith(word) for other in there):
        return BEGINNING
    if len(word) >= SHORTEST_TYPO and any(similarity(word, other) >= SAME_ENOUGH for other in there):
        return TYPO
    return 0.0
