"""What somebody may have meant who mistyped a name or a filter: "granmda at the beach" -> "Grandma at the beach"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import chain

from media_index.search.completing import TYPOS, Lexicon, plain, typos
from media_index.search.filters.base import Scope
from media_index.search.naming.everyday import everyday_words
from media_index.search.query.ast import Query, Text
from media_index.search.suggesting import LEXICONS, WORDS_ONLY
from media_index.search.understanding import reader

SHORTEST = 4
"""Letters of a word that may be a name with a slip in it: shorter ones are like too many others."""
NO_NAMES = WORDS_ONLY | {"source"}
"""Keys of what is suggested and is no name of free text."""
_WORD = re.compile(r"[^\W\d_]+")
_PAIR = re.compile(r"(?<![^\s(])([a-z]+):(?=\S)", re.IGNORECASE)


def meant(query: str, scope: Scope) -> str:
    """The query with a mistyped filter or name put right, or "": the first word before a colon that is a filter but for
    a letter or two; else the first word, or two, that are no words of every day, and that name something within the
    scope but for a letter or two."""
    read, conditions = reader(scope)
    tree = read(query)
    texts = [text for text in tree.texts if not text.quoted]
    tries = chain(_with_filters(tree, texts, conditions.filters), _with_names(tree, texts, LEXICONS.of(scope)))
    return next((better for better in tries if len(read(better).conditions) > len(tree.conditions)), "")


def _with_filters(tree: Query, texts: list[Text], keys: Collection[str]) -> Iterator[str]:
    for text in texts:
        for found in _PAIR.finditer(tree.source, text.start, text.end):
            key = _key(found[1].lower(), keys)
            if key is not None:
                yield f"{tree.source[: found.start(1)]}{key}{tree.source[found.end(1) :]}"


def _key(typed: str, keys: Collection[str]) -> str | None:
    """The key that is written like this, the likest one."""
    most = max((wrong for letters, wrong in TYPOS if len(typed) >= letters), default=0)
    wrong, key = min((typos(typed, key, most, whole=True), key) for key in keys)
    return key if 0 < wrong <= most else None


def _with_names(tree: Query, texts: list[Text], lexicon: Lexicon) -> Iterator[str]:
    for start, end in (place for text in texts for place in _places(tree.source, text)):
        name = _name(lexicon, tree.source[start:end])
        if name is not None:
            yield f"{tree.source[:start]}{name}{tree.source[end:]}"


def _places(source: str, text: Text) -> Iterator[tuple[int, int]]:
    """Where words that are not of every day stand in a text, each with the next one first."""
    words = [(found.start(), found.end()) for found in _WORD.finditer(source, text.start, text.end)]
    for at, (start, end) in enumerate(words):
        if at + 1 < len(words):
            following = words[at + 1]
            if not _everyday(source[start:end]) or not _everyday(source[slice(*following)]):
                yield start, following[1]
        if not _everyday(source[start:end]):
            yield start, end


def _everyday(word: str) -> bool:
    folded = plain(word)
    return len(folded) < SHORTEST or any(form in everyday_words() for form in (folded, folded.removesuffix("s")))


def _name(lexicon: Lexicon, words: str) -> str | None:
    """The name that is written like these words and is not these very words."""
    alike = (entry.text for entry in lexicon.alike(words, whole=True) if entry.key not in NO_NAMES)
    return next((text for text in alike if plain(text) != plain(words)), None)
